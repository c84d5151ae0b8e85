/**
 * How often a password or a code can be wrong before there is a pause: for each account, and for each network address. A
 * browser in which the account's owner has signed in before is counted by itself, so that a stranger who guesses does not
 * lock the owner out. Kept in memory: passwords are long, so what a restart forgets helps nobody.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { MINUTE } from '../../clock/time.js'
import { clientNetwork } from '../client-network.js'
import { PageRefused } from '../errors.js'

const WITHIN_SECONDS = 15 * 60
const WRONG_PER_ACCOUNT = 10
/** An office may have one address for all. */
const WRONG_PER_ADDRESS = 50

/** Who tries to get in. */
export interface Try {
  readonly address: string
  /** What names the account: an e-mail address as it was typed, or an admin's number; null: nothing does yet. */
  readonly account: string | null
  /** The token of a browser that is known for this account. */
  readonly browser: string | null
}

export class SignInLimits {
  readonly #accounts = new RateLimiterMemory({ points: WRONG_PER_ACCOUNT, duration: WITHIN_SECONDS })
  readonly #addresses = new RateLimiterMemory({ points: WRONG_PER_ADDRESS, duration: WITHIN_SECONDS })

  /** Counts a try as wrong, before it is looked at. @throws PageRefused when there were too many */
  async count(one: Try): Promise<void> {
    try {
      if (one.browser === null) await this.#addresses.consume(clientNetwork(one.address))
      const key = keyOf(one)
      if (key !== null) await this.#accounts.consume(key)
    } catch (rejection) {
      if (!(rejection instanceof RateLimiterRes)) throw rejection
      const minutes = Math.max(1, Math.ceil(rejection.msBeforeNext / MINUTE))
      const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
      throw new PageRefused(429, `Too many wrong tries. Try again in ${wait}.`, minutes * 60)
    }
  }

  /** It was right after all. */
  async forgive(one: Try): Promise<void> {
    if (one.browser === null) await this.#addresses.reward(clientNetwork(one.address))
    const key = keyOf(one)
    if (key !== null) await this.#accounts.delete(key)
  }
}

function keyOf({ account, browser }: Try): string | null {
  if (browser !== null) return `browser ${browser}`
  return account === null ? null : `account ${account.trim().toLowerCase()}`
}
