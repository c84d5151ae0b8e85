/** Times as an admin types them: wall-clock times of the company's zone, to the minute, such as 2026-11-23T08:05. */
import { Temporal } from 'temporal-polyfill'
import { isDate } from './calendar.js'
import type { Instant } from './clock/time.js'

export type LocalTime =
  | { readonly kind: 'instant'; readonly instant: Instant }
  | { readonly kind: 'no time' }
  /** The clocks skipped it, as on a night in spring. */
  | { readonly kind: 'skipped' }
  /** The clocks showed it twice, as on a night in autumn; the offsets tell the two apart. */
  | { readonly kind: 'twice'; readonly offsets: readonly string[] }

/** The instant of a typed time; `offset`, such as -05:00, says which of two is meant. */
export function readLocalTime(text: string, offset: string | null, timeZone: string): LocalTime {
  const time = plainTime(text)
  if (!time) return { kind: 'no time' }
  const [first, second] = (['earlier', 'later'] as const).map(disambiguation =>
    time.toZonedDateTime(timeZone, { disambiguation }),
  )
  if (!first || !second || !first.toPlainDateTime().equals(time)) return { kind: 'skipped' }
  if (first.epochMilliseconds === second.epochMilliseconds) return { kind: 'instant', instant: first.epochMilliseconds }
  const meant = [first, second].find(candidate => candidate.offset === offset)
  if (meant) return { kind: 'instant', instant: meant.epochMilliseconds }
  return { kind: 'twice', offsets: [first.offset, second.offset] }
}

/** As a field for date and time has it. */
export function writeLocalTime(instant: Instant, timeZone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)
  return time.toPlainDateTime().toString({ smallestUnit: 'minute' })
}

/** The two offsets of a typed time that the clocks showed twice; null for any other. */
export function offsetsOf(text: string, timeZone: string): readonly string[] | null {
  const time = readLocalTime(text, null, timeZone)
  return time.kind === 'twice' ? time.offsets : null
}

/** The zone's offset at an instant, such as -05:00. */
export function offsetAt(instant: Instant, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).offset
}

function plainTime(text: string): Temporal.PlainDateTime | null {
  if (!/T\d\d:\d\d$/.test(text) || !isDate(text.slice(0, -6))) return null
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' })
  } catch {
    return null
  }
}
