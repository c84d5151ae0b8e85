/** The form that corrects or adds a time entry: what was typed, read as instants, or what is wrong with it. */
import type { Request } from 'express'
import { z } from 'zod'
import type { TimesFault } from '../../clock/correction.js'
import type { Instant, TimeStyle } from '../../clock/time.js'
import { type LocalTime, offsetAt, offsetsOf, readLocalTime, writeLocalTime } from '../../local-time.js'
import { dayAndTime } from '../../shown-time.js'
import { readFields } from '../form.js'
import type { FieldFault } from '../views.js'

export type EntryField = 'clockIn' | 'clockOut' | 'job' | 'reason'
export type EntryFault = FieldFault<EntryField>

const Form = z.object({
  clockIn: z.string().trim().max(40),
  clockInOffset: z.string().max(6).catch(''),
  clockOut: z.string().trim().max(40),
  clockOutOffset: z.string().max(6).catch(''),
  job: z.union([z.literal('').transform(() => null), z.coerce.number().int().positive()]),
  reason: z.string().trim().max(500),
})

/** As it was typed, to be shown again. */
export interface Typed {
  readonly clockIn: string
  /** Which of two is meant, where the clocks showed the time twice; otherwise without meaning. */
  readonly clockInOffset: string
  readonly clockOut: string
  readonly clockOutOffset: string
  readonly job: number | null
  readonly reason: string
}

/** The offsets to choose from, where the clocks showed a typed time twice. */
export interface Choices {
  readonly clockIn: readonly string[] | null
  readonly clockOut: readonly string[] | null
}

export const NOTHING_TYPED: Typed = {
  clockIn: '',
  clockInOffset: '',
  clockOut: '',
  clockOutOffset: '',
  job: null,
  reason: '',
}

export interface Filled {
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
  readonly jobId: number | null
  readonly reason: string
}

export type FormResult =
  | { readonly typed: Typed; readonly filled: Filled }
  | { readonly typed: Typed; readonly fault: EntryFault }

/**
 * Reads the form. A time that was not touched stays the instant that it was, with its seconds; `before` says what the
 * form showed.
 */
export function readForm(
  req: Request,
  before: { clockInAt: Instant; clockOutAt: Instant | null } | null,
  timeZone: string,
): FormResult {
  const typed = readFields(Form, req)
  const inTime = timeOf(typed.clockIn, typed.clockInOffset, before?.clockInAt ?? null, timeZone)
  if (inTime.kind !== 'instant') return faulty('clockIn', SENTENCES[inTime.kind])
  if (typed.clockOut === '') return finished(inTime.instant, null)
  const outTime = timeOf(typed.clockOut, typed.clockOutOffset, before?.clockOutAt ?? null, timeZone)
  if (outTime.kind !== 'instant') return faulty('clockOut', SENTENCES[outTime.kind])
  return finished(inTime.instant, outTime.instant)

  function finished(clockInAt: Instant, clockOutAt: Instant | null): FormResult {
    if (typed.reason === '') return faulty('reason', 'Say why: it stays with the entry.')
    return { typed, filled: { clockInAt, clockOutAt, jobId: typed.job, reason: typed.reason } }
  }

  function faulty(field: EntryField, sentence: string): FormResult {
    return { typed, fault: { field, sentence } }
  }
}

/** An entry as its form shows it at first. */
export function typedFrom(
  { clockInAt, clockOutAt, jobId }: { clockInAt: Instant; clockOutAt: Instant | null; jobId: number | null },
  timeZone: string,
): Typed {
  return {
    clockIn: writeLocalTime(clockInAt, timeZone),
    clockInOffset: offsetAt(clockInAt, timeZone),
    clockOut: clockOutAt === null ? '' : writeLocalTime(clockOutAt, timeZone),
    clockOutOffset: clockOutAt === null ? '' : offsetAt(clockOutAt, timeZone),
    job: jobId,
    reason: '',
  }
}

export function choicesOf({ clockIn, clockOut }: Typed, timeZone: string): Choices {
  return { clockIn: offsetsOf(asField(clockIn), timeZone), clockOut: offsetsOf(asField(clockOut), timeZone) }
}

const SENTENCES = {
  'no time': 'Give a day and a time, such as 2026-11-23 08:05.',
  skipped: 'The clocks went forward that night and skipped this time. Give one before or after.',
  twice: 'The clocks went back that night and showed this time twice. Choose which of the two is meant.',
} as const

function timeOf(text: string, offset: string, before: Instant | null, timeZone: string): LocalTime {
  if (before !== null && text === writeLocalTime(before, timeZone)) {
    if (offset === '' || offset === offsetAt(before, timeZone)) return { kind: 'instant', instant: before }
  }
  return readLocalTime(asField(text), offset, timeZone)
}

/** A browser without fields for times sends what was typed. */
function asField(text: string): string {
  return text.replace(' ', 'T')
}

/** Why times can't be, in a sentence beside the field to change. */
export function faultOf(fault: TimesFault, employee: string, now: Instant, style: TimeStyle): EntryFault {
  switch (fault.kind) {
    case 'clock-in in the future':
      return { field: 'clockIn', sentence: 'This time has not come yet.' }
    case 'clock-out in the future':
      return { field: 'clockOut', sentence: 'This time has not come yet. Leave it empty while the employee is in.' }
    case 'out before in':
      return { field: 'clockOut', sentence: 'The clock-out is before the clock-in.' }
    case 'too long':
      return { field: 'clockOut', sentence: 'An entry is at most seven days long. Is the date right?' }
    case 'overlap': {
      const { clockInAt, clockOutAt, isOpen } = fault.other
      const from = dayAndTime(clockInAt, now, style)
      if (isOpen) {
        return { field: 'clockIn', sentence: `${employee} is in since ${from}: the two entries would overlap.` }
      }
      const to = clockOutAt === null ? 'an unknown time' : dayAndTime(clockOutAt, now, style)
      return {
        field: 'clockIn',
        sentence: `${employee} has another entry, from ${from} to ${to}: the two would overlap.`,
      }
    }
  }
}
