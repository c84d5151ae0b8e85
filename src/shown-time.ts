/** Instants and durations as pages and mails show them. */
import { Temporal } from 'temporal-polyfill'
import type { Instant, TimeStyle } from './clock/time.js'
import { hoursAndMinutes } from './clock/worked-time.js'

/** "8:05 AM"; in 24 hours "08:05". */
export function timeOfDay(instant: Instant, style: TimeStyle): string {
  const { hour, minute } = local(instant, style)
  const minutes = String(minute).padStart(2, '0')
  if (style.hours === 24) return `${String(hour).padStart(2, '0')}:${minutes}`
  return `${hour % 12 || 12}:${minutes} ${hour < 12 ? 'AM' : 'PM'}`
}

/** "8:05:40 AM"; in 24 hours "08:05:40". */
export function timeWithSeconds(instant: Instant, style: TimeStyle): string {
  const seconds = String(local(instant, style).second).padStart(2, '0')
  return timeOfDay(instant, style).replace(/:\d\d/, minutes => `${minutes}:${seconds}`)
}

/** "Mon, Nov 23"; of another year than now's "Tue, Dec 30, 2025". */
export function day(instant: Instant, now: Instant, style: TimeStyle): string {
  const date = local(instant, style)
  const sameYear = date.year === local(now, style).year
  return date.toLocaleString('en-US', {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    ...(!sameYear && { year: 'numeric' }),
  })
}

/** "Monday, November 23, 2026". */
export function fullDate(instant: Instant, style: TimeStyle): string {
  return local(instant, style).toLocaleString('en-US', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    year: 'numeric',
  })
}

export function isSameDay(one: Instant, other: Instant, style: TimeStyle): boolean {
  return local(one, style).toPlainDate().equals(local(other, style).toPlainDate())
}

/** "Mon, Nov 23, 8:05 AM". */
export function dayAndTime(instant: Instant, now: Instant, style: TimeStyle): string {
  return `${day(instant, now, style)}, ${timeOfDay(instant, style)}`
}

/** The time of day alone where `instant` is on the day of `from`, else with its day. */
export function timeSeenFrom(from: Instant, instant: Instant, now: Instant, style: TimeStyle): string {
  return isSameDay(from, instant, style) ? timeOfDay(instant, style) : dayAndTime(instant, now, style)
}

/** "8 h 27 min", "27 min". */
export function duration(wholeMinutes: number): string {
  const { hours, minutes } = hoursAndMinutes(wholeMinutes)
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes} min`
}

function local(instant: Instant, { timeZone }: TimeStyle): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)
}
