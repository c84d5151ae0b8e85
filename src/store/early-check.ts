/**
 * The check of a PIN, begun while its caller still reaches for `#`: when that comes, the hash's time has mostly passed. It is no
 * attempt, since nobody learns what came of it until the caller ends the entry and it is judged (judging.ts).
 */
import { UsualLength } from '../clock/usual-length.js'
import type { Database } from './database.js'
import { type PinKey, verifyPin } from './hashing.js'
import { employeeWithPin } from './phone-clock-ids.js'

/** Of all right PINs of this run together: whose has how many digits is kept nowhere. */
const usualLengths = new WeakMap<Database, UsualLength>()

export function usualLengthIn(db: Database): UsualLength {
  const usual = usualLengths.get(db) ?? new UsualLength()
  usualLengths.set(db, usual)
  return usual
}

interface Begun {
  readonly pin: string
  /** What the PIN was compared with, and whether it matched. */
  readonly compared: Promise<{ readonly hash: string | null; readonly matching: Promise<boolean> }>
}

export class EarlyCheck {
  readonly #db: Database
  readonly #key: PinKey
  readonly #phoneClockId: string
  #begun: Begun | null = null

  constructor(db: Database, key: PinKey, phoneClockId: string) {
    this.#db = db
    this.#key = key
    this.#phoneClockId = phoneClockId
  }

  /** Told of the digits so far, begins once: who clears a PIN and keys another has no more hashes made than that. */
  keyed(digits: string): void {
    if (this.#begun || digits.length !== usualLengthIn(this.#db).digits) return
    const compared = this.#compare(digits)
    compared.catch(() => {})
    this.#begun = { pin: digits, compared }
  }

  /** Whether `pin` is the PIN of the hash `stored`; null: of nobody, after the same work. */
  async matches(stored: string | null, pin: string): Promise<boolean> {
    if (this.#begun?.pin === pin) {
      // What failed early is done again, and fails as it would have without.
      const early = await this.#begun.compared.catch(() => null)
      if (early?.hash === stored) return early.matching
    }
    return verifyPin(stored, pin, this.#key)
  }

  async #compare(pin: string): Promise<{ hash: string | null; matching: Promise<boolean> }> {
    const employee = await employeeWithPin(this.#db, this.#phoneClockId)
    const hash = employee?.hash ?? null
    const matching = verifyPin(hash, pin, this.#key)
    matching.catch(() => {})
    return { hash, matching }
  }
}
