/** What an admin may make of a time entry: which times stand, and what state the entry gets by them. */
import { type Instant, MINUTE } from './time.js'
import { LONGEST_ENTRY } from './worked-time.js'

/** The times of an entry. Without a clock-out it goes on, or nobody knows when it ended. */
export interface EntryTimes {
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
}

/** Another entry of the same employee that counts. */
export interface OtherEntry extends EntryTimes {
  readonly isOpen: boolean
}

export type TimesFault =
  | { readonly kind: 'clock-in in the future' | 'clock-out in the future' | 'out before in' | 'too long' }
  | { readonly kind: 'overlap'; readonly other: OtherEntry }

export type TimesVerdict = { readonly state: 'open' | 'closed' | 'missing-clock-out' } | { readonly fault: TimesFault }

/**
 * Whether an entry can have the times that an admin wants. Compared minute by minute, as the times are shown: entries
 * that share a few seconds of a minute do not overlap. Without a clock-out the employee is in now (`open`); where they
 * were in again later, or the entry was given up before (`wasMissing`), the clock-out is missing.
 */
export function judgeTimes(
  wanted: EntryTimes,
  others: readonly OtherEntry[],
  { now, wasMissing }: { now: Instant; wasMissing: boolean },
): TimesVerdict {
  const { clockInAt, clockOutAt } = wanted
  if (minute(clockInAt) > minute(now)) return { fault: { kind: 'clock-in in the future' } }
  if (clockOutAt !== null) {
    if (minute(clockOutAt) > minute(now)) return { fault: { kind: 'clock-out in the future' } }
    if (clockOutAt < clockInAt) return { fault: { kind: 'out before in' } }
    if (clockOutAt - clockInAt > LONGEST_ENTRY) return { fault: { kind: 'too long' } }
  }
  const state = stateOf(wanted, others, wasMissing)
  const span = spanOf({ ...wanted, isOpen: state === 'open' })
  const overlapped = others.find(other => overlap(span, spanOf(other)))
  return overlapped ? { fault: { kind: 'overlap', other: overlapped } } : { state }
}

function stateOf({ clockInAt, clockOutAt }: EntryTimes, others: readonly OtherEntry[], wasMissing: boolean) {
  if (clockOutAt !== null) return 'closed'
  const wasInLater = others.some(other => other.clockInAt > clockInAt)
  return wasMissing || wasInLater ? 'missing-clock-out' : 'open'
}

interface Span {
  readonly from: number
  readonly to: number
}

/** In minutes. An open entry goes on; one whose clock-out is missing is known at its clock-in alone. */
function spanOf({ clockInAt, clockOutAt, isOpen }: OtherEntry): Span {
  const from = minute(clockInAt)
  if (isOpen) return { from, to: Number.POSITIVE_INFINITY }
  return { from, to: clockOutAt === null ? from : minute(clockOutAt) }
}

function overlap(one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to
}

function minute(instant: Instant): number {
  return Math.floor(instant / MINUTE)
}
