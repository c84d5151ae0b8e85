/** The form that corrects or adds a time entry: what was typed, read as instants, or what is wrong with it. */
import type { Request } from 'express'
import { z } from 'zod'
import type { TimesFault } from '../../clock/correction.js'
import type { Instant, TimeStyle } from '../../clock/time.js'
import { type LocalTime, readLocalTime, writeLocalTime } from '../../local-time.js'
import { dayAndTime } from '../../shown-time.js'
import { readFields } from '../form.js'
import type { FieldFault } from '../views.js'

export type EntryField = 'clockIn' | 'clockOut' | 'job' | 'reason'
export type EntryFault = FieldFault<EntryField>

const Form = z.object({
  clockIn: z.string().trim().max(40),
  clockInOffset: z.string().max(6).optional(),
  clockOut: z.string().trim().max(40),
  clockOutOffset: z.string().max(6).optional(),
  job: z.union([z.literal('').transform(() => null), z.coerce.number().int().positive()]),
  reason: z.string().trim().max(500),
})

/** As it was typed, to be shown again. */
export interface Typed {
  readonly clockIn: string
  readonly clockOut: string
  readonly job: number | null
  readonly reason: string
}

/** A time that the clocks showed twice: which of the two is asked. */
export interface Choice {
  readonly field: 'clockIn' | 'clockOut'
  readonly offsets: readonly string[]
}

export interface Filled {
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
  readonly jobId: number | null
  readonly reason: string
}

export type FormResult =
  | { readonly typed: Typed; readonly filled: Filled }
  | { readonly typed: Typed; readonly fault: EntryFault; readonly choice: Choice | null }

/**
 * Reads the form. A time that was not touched stays the instant that it was, with its seconds; `before` says what the
 * form showed.
 */
export function readForm(
  req: Request,
  before: { clockInAt: Instant; clockOutAt: Instant | null } | null,
  timeZone: string,
): FormResult {
  const { clockIn, clockInOffset, clockOut, clockOutOffset, job, reason } = readFields(Form, req)
  const typed = { clockIn, clockOut, job, reason }
  const inTime = timeOf(clockIn, clockInOffset, before?.clockInAt ?? null, timeZone)
  if (inTime.kind !== 'instant') return faulty('clockIn', inTime)
  if (clockOut === '') return finished(inTime.instant, null)
  const outTime = timeOf(clockOut, clockOutOffset, before?.clockOutAt ?? null, timeZone)
  if (outTime.kind !== 'instant') return faulty('clockOut', outTime)
  return finished(inTime.instant, outTime.instant)

  function finished(clockInAt: Instant, clockOutAt: Instant | null): FormResult {
    if (reason === '') {
      const fault = { field: 'reason', sentence: 'Say why: it stays with the entry.' } as const
      return { typed, fault, choice: null }
    }
    return { typed, filled: { clockInAt, clockOutAt, jobId: job, reason } }
  }

  function faulty(field: 'clockIn' | 'clockOut', time: Exclude<LocalTime, { kind: 'instant' }>): FormResult {
    const choice = time.kind === 'twice' ? { field, offsets: time.offsets } : null
    return { typed, fault: { field, sentence: SENTENCES[time.kind] }, choice }
  }
}

const SENTENCES = {
  'no time': 'Give a day and a time, such as 2026-11-23 08:05.',
  skipped: 'The clocks went forward that night and skipped this time. Give one before or after.',
  twice: 'The clocks went back that night and showed this time twice. Choose which of the two is meant.',
} as const

function timeOf(text: string, offset: string | undefined, before: Instant | null, timeZone: string): LocalTime {
  if (before !== null && !offset && text === writeLocalTime(before, timeZone))
    return { kind: 'instant', instant: before }
  return readLocalTime(text.replace(' ', 'T'), offset ?? null, timeZone)
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
