/** One row a time entry, by clock-in. */
import { workedMinutes, workedMinutesWithin } from '../clock/worked-time.js'
import { harmless } from '../csv/harmless.js'
import type { Row } from '../csv/writing.js'
import type { Database } from '../store/database.js'
import { type EntryFilter, entryPages } from '../store/entry-pages.js'
import type { TimeEntry, VoiceCheck } from '../store/time-entries.js'
import type { Column } from './column.js'
import { decimalHours } from './decimal-hours.js'
import { LocalDays } from './local-days.js'
import { type ExportRequest, entryFilter } from './request.js'

export const ENTRY_COLUMNS = [
  { name: 'entry', holds: 'the time entry’s number' },
  { name: 'employee number', holds: 'the employee’s number in Punchline' },
  { name: 'payroll number', holds: 'the company’s own number for the employee' },
  { name: 'employee', holds: 'name' },
  { name: 'job', holds: 'name; empty where there is none' },
  { name: 'clock-in', holds: 'ISO 8601 with the offset from UTC, such as 2026-11-23T08:05:00-05:00' },
  { name: 'clock-out', holds: 'the same; empty unless closed' },
  { name: 'state', holds: 'closed, open, or missing-clock-out' },
  { name: 'worked minutes', holds: 'of the whole entry; empty unless closed' },
  { name: 'worked hours', holds: 'the same as decimal hours, such as 8.45' },
  { name: 'minutes in range', holds: 'of the entry’s minutes those on the days of the export' },
  { name: 'hours in range', holds: 'the same as decimal hours' },
  { name: 'corrected', holds: 'yes where an admin added or corrected the entry, else no' },
  {
    name: 'clock-in voice check',
    holds: 'none, silent, not heard, heard or doubtful; empty where an admin entered the time without a call',
  },
  { name: 'clock-out voice check', holds: 'the same' },
] as const satisfies readonly Column[]

export async function* entryRows(db: Database, request: ExportRequest): AsyncGenerator<Row[]> {
  const filter = entryFilter(request)
  const days = new LocalDays(request.timeZone)
  for await (const page of entryPages(db, filter)) yield page.map(entry => entryRow(entry, filter, days))
}

function entryRow(entry: TimeEntry, range: EntryFilter, days: LocalDays): Row {
  const { clockInAt, clockOutAt } = entry
  return [
    entry.id,
    entry.employeeId,
    harmless(entry.payrollNumber ?? ''),
    harmless(entry.employee),
    harmless(entry.job ?? ''),
    days.iso(clockInAt),
    clockOutAt === null ? '' : days.iso(clockOutAt),
    entry.state,
    ...minutesAndHours(clockOutAt === null ? null : workedMinutes(clockInAt, clockOutAt)),
    ...minutesAndHours(clockOutAt === null ? null : workedMinutesWithin(clockInAt, clockOutAt, range)),
    entry.isCorrected ? 'yes' : 'no',
    voiceCheckWord(entry.clockInPunchId, entry.clockInVoice),
    voiceCheckWord(entry.clockOutPunchId, entry.clockOutVoice),
  ]
}

function minutesAndHours(minutes: number | null): [number | string, string] {
  return minutes === null ? ['', ''] : [minutes, decimalHours(minutes)]
}

/** Nothing where there was no call. */
function voiceCheckWord(punchId: number | null, check: VoiceCheck | null): string {
  if (punchId === null) return ''
  if (!check || (check.recording === null && !check.isErased)) return 'none'
  return check.verdict ?? (check.hasSpeech ? 'not heard' : 'silent')
}
