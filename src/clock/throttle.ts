/**
 * How many wrong PINs are let through before a pause. A four-digit PIN holds out only if guesses are few, whoever makes
 * them: machines that call from a fresh number each time, and colleagues who know the IDs.
 */
import { DAY, HOUR, type Instant, MINUTE } from './time.js'

/**
 * What a caller's number says of them, where they name an employee. It opens nothing; it only chooses with whom they are
 * counted, so that a stranger who guesses at an ID does not lock its owner out of their usual phone.
 */
export type CallerKind =
  /** This employee has clocked from this number. */
  | 'usual'
  /** Somebody else has, or it is a clock location. */
  | 'known'
  /** Nobody has, or the number is withheld. */
  | 'stranger'

export interface GuessingLimits {
  /** Wrong PINs in a row that are free. */
  readonly wrongPinsInARow: number
  /** The longest pause that wrong PINs in a row lead to. */
  readonly longestLockMinutes: number
  /** Wrong PINs in 30 days: for one phone clock ID from a usual number, for one from all others, and from one number. */
  readonly wrongPinsPerMonth: number
  /** Wrong PINs of all strangers together, and of all known callers together, in a day and in 30 days. */
  readonly strangersPerDay: number
  readonly strangersPerMonth: number
}

export const MONTH = 30 * DAY

/**
 * Until when wrong PINs in a row lock: a minute after the last free one, doubling with each further one, up to the longest
 * pause (`wrong` since the last right PIN, the newest at `latestAt`). Null: they don't.
 */
export function lockAfterRow(
  { wrong, latestAt }: { readonly wrong: number; readonly latestAt: Instant },
  { wrongPinsInARow, longestLockMinutes }: GuessingLimits,
): Instant | null {
  if (wrong < wrongPinsInARow) return null
  const minutes = Math.min(2 ** (wrong - wrongPinsInARow), longestLockMinutes)
  return latestAt + minutes * MINUTE
}

/**
 * Until when a sliding window locks that lets `most` wrong PINs through: until the `most`-th newest, which was at
 * `nthNewest`, has left the window. Null: there were fewer.
 */
export function lockOfWindow(nthNewest: Instant | null, span: number, now: Instant): Instant | null {
  return nthNewest !== null && nthNewest + span > now ? nthNewest + span : null
}

/** Where many clock from one number, many mistype: it may get wrong as many as it gets right, and those of one more. */
export function mostFromNumber(rightPins: number, { wrongPinsPerMonth }: GuessingLimits): number {
  return wrongPinsPerMonth + rightPins
}

/** The latest of several locks that has not passed. */
export function latestLock(locks: readonly (Instant | null)[], now: Instant): Instant | null {
  const lasting = locks.filter(until => until !== null && until > now)
  return lasting.length === 0 ? null : Math.max(...lasting.map(until => until ?? 0))
}

/** Below this a day's wrong PINs are ordinary, however few there were before. */
const LEAST_ALARMING = 50

/** Whether a day's wrong PINs are out of the ordinary, given that day's right ones and the wrong ones of a usual day. */
export function isAlarming(wrong: number, right: number, usualWrong: number): boolean {
  return wrong >= Math.max(LEAST_ALARMING, right / 10, 4 * usualWrong)
}

/** An alarm ends, so that another can be raised, once the last day has been ordinary for as long as this. */
export const CALM = 12 * HOUR
