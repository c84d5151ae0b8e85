/** What the listing commands print. */
import { Temporal } from 'temporal-polyfill'
import type { Instant } from '../clock/time.js'
import { hoursAndMinutes, workedMinutes } from '../clock/worked-time.js'
import type { TimeEntry, VoiceCheck } from '../store/time-entries.js'

/** Rows under headings, each column as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map(row => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(headings), ...rows.map(line)].join('\n')
}

export const ENTRY_HEADINGS = ['entry', 'employee', 'job', 'clock-in', 'clock-out', 'worked', 'voice check']

export function entryRow(entry: TimeEntry, timeZone: string): string[] {
  return [
    String(entry.id),
    entry.employee,
    entry.job ?? '',
    localTime(entry.clockInAt, timeZone),
    entry.clockOutAt === null ? entry.state.replaceAll('-', ' ') : localTime(entry.clockOutAt, timeZone),
    worked(entry),
    [voice('in', entry.clockInVoice), entry.clockOutAt === null ? '' : voice('out', entry.clockOutVoice)]
      .join(' ')
      .trim(),
  ]
}

/** As JSON: instants in UTC, worked time in minutes. */
export function entryJson(entry: TimeEntry) {
  const { clockInAt, clockOutAt, ...rest } = entry
  return {
    ...rest,
    clockInAt: new Date(clockInAt).toISOString(),
    clockOutAt: clockOutAt === null ? null : new Date(clockOutAt).toISOString(),
    workedMinutes: clockOutAt === null ? null : workedMinutes(clockInAt, clockOutAt),
  }
}

function localTime(instant: Instant, timeZone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)
  return time.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
}

function worked({ clockInAt, clockOutAt }: TimeEntry): string {
  if (clockOutAt === null) return ''
  const { hours, minutes } = hoursAndMinutes(workedMinutes(clockInAt, clockOutAt))
  return `${hours}:${String(minutes).padStart(2, '0')}`
}

function voice(direction: 'in' | 'out', check: VoiceCheck | null): string {
  if (!check) return `${direction}: none`
  return `${direction}: ${check.hasSpeech ? 'speech' : 'silent'}`
}
