/**
 * How much one network address may ask of the setup links' pages, which may face the world. A whole office may have one
 * address, so links that there are count only against floods; guessing at links that there are not ends soon.
 */
import type { RequestHandler } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { clientNetwork } from '../client-network.js'
import { PageRefused } from '../errors.js'

/** 300 people within an hour, each with a few requests, come nowhere near. */
const REQUESTS_A_MINUTE = 300
/** Links that are not known: somebody copied one badly, or guesses. */
const UNKNOWN_IN_TEN_MINUTES = 20

export class LinkLimits {
  readonly #requests = new RateLimiterMemory({ points: REQUESTS_A_MINUTE, duration: 60 })
  readonly #unknown = new RateLimiterMemory({ points: UNKNOWN_IN_TEN_MINUTES, duration: 600 })

  /** @throws PageRefused when an address asks too much */
  readonly againstFloods: RequestHandler = async (req, _res, next) => {
    await consume(this.#requests, req.ip)
    next()
  }

  /** A link was asked for that there is not. @throws PageRefused when that was too often */
  async countUnknown(address: string | undefined): Promise<void> {
    await consume(this.#unknown, address)
  }
}

async function consume(limiter: RateLimiterMemory, address: string | undefined): Promise<void> {
  try {
    await limiter.consume(clientNetwork(address))
  } catch (rejection) {
    if (!(rejection instanceof RateLimiterRes)) throw rejection
    const seconds = Math.max(1, Math.ceil(rejection.msBeforeNext / 1000))
    const sentence =
      'Too much was asked for from your network. Wait ten minutes, then open the link in your mail again.'
    throw new PageRefused(429, sentence, seconds)
  }
}
