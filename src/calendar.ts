/** Days of the company's calendar as instants. A day over a clock change has 23 or 25 hours. */
import { Temporal } from 'temporal-polyfill'
import type { Instant } from './clock/time.js'

/** A day of the calendar and the instants [from, to) that it lasts. */
export interface Day {
  /** Such as 2026-11-23. */
  readonly date: string
  readonly from: Instant
  readonly to: Instant
}

/**
 * Whether a text is a day of the calendar, written as year-month-day, of the years 1900 to 2199: any other is mistyped, and
 * the days around it are written in other ways.
 */
export function isDate(text: string): boolean {
  return /^(19|20|21)\d\d-\d\d-\d\d$/.test(text) && dateOrNull(text) !== null
}

/** The instant at which a date begins in the zone. @throws RangeError when it is no date */
export function startOfDay(date: string, timeZone: string): Instant {
  return plainDate(date).toZonedDateTime({ timeZone }).epochMilliseconds
}

/** The instant at which a date ends, which is when the next one begins. @throws RangeError when it is no date */
export function endOfDay(date: string, timeZone: string): Instant {
  return startOfDay(addDays(date, 1), timeZone)
}

/** The latest instant, `now` at most, at which the clocks came to that hour of a day, or to the first after it where they skipped it. */
export function latestAtHour(hour: number, now: Instant, timeZone: string): Instant {
  const today = dateOf(now, timeZone)
  const atHour = (date: string) => plainDate(date).toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds
  const todays = atHour(today)
  return todays <= now ? todays : atHour(addDays(today, -1))
}

/** The date that an instant falls on. */
export function dateOf(instant: Instant, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

export function addDays(date: string, days: number): string {
  return plainDate(date).add({ days }).toString()
}

/** The days from the first to the last, both of them included. A day that a zone skipped is no day. */
export function daysBetween(first: string, last: string, timeZone: string): Day[] {
  const days: Day[] = []
  for (let date = first; date <= last; date = addDays(date, 1)) {
    const day = { date, from: startOfDay(date, timeZone), to: endOfDay(date, timeZone) }
    if (day.to > day.from) days.push(day)
  }
  return days
}

/** An instant in the zone, with its offset: 2026-11-23T08:05:00-05:00. */
export function isoWithOffset(instant: Instant, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

function plainDate(date: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(date, { overflow: 'reject' })
}

function dateOrNull(text: string): Temporal.PlainDate | null {
  try {
    return plainDate(text)
  } catch {
    return null
  }
}
