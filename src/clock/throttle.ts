/** How long a phone clock ID rests after wrong PINs. */
import { HOUR, type Instant, MINUTE } from './time.js'

/** So many failures in a row are free: an employee who mistypes is not locked out. */
export const FREE_FAILURES = 5

/**
 * The instant until which an ID stays locked: a minute after the fifth failure in a row, doubling with each
 * further one, an hour at most (`failures` since the last success, the newest at `lastFailureAt`). Null: not locked.
 */
export function lockedUntil(failures: number, lastFailureAt: Instant): Instant | null {
  if (failures < FREE_FAILURES) return null
  return lastFailureAt + Math.min(MINUTE * 2 ** (failures - FREE_FAILURES), HOUR)
}
