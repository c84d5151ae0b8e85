import { DAY, type Instant, MINUTE } from './time.js'

/**
 * Whole minutes from clock-in to clock-out, never negative: each end counts as the minute that the
 * caller hears, so that 8:05 to 16:32 is 8 hours 27 minutes whatever the seconds were, and what payroll
 * adds up agrees with what was said. Computed on instants: a night over a clock change has 23 or 25 hours.
 */
export function workedMinutes(clockIn: Instant, clockOut: Instant): number {
  return Math.max(0, Math.floor(clockOut / MINUTE) - Math.floor(clockIn / MINUTE))
}

/**
 * The part of `workedMinutes` that lies in [from, to), which begin and end on whole minutes. Over neighbouring ranges the
 * parts add up to the whole, so that a minute of a night shift counts on one day, and once.
 */
export function workedMinutesWithin(
  clockIn: Instant,
  clockOut: Instant,
  range: { from: Instant; to: Instant },
): number {
  return workedMinutes(Math.max(clockIn, range.from), Math.min(clockOut, range.to))
}

/** No entry that is closed is longer: what an admin enters is held to it, and a call closes none that is open so long. */
export const LONGEST_ENTRY = 7 * DAY

export function hoursAndMinutes(minutes: number): { hours: number; minutes: number } {
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
