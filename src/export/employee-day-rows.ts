/**
 * One row an employee and day, by employee and then day. A minute counts on the day it was worked: an entry over midnight is
 * on both days, with its minutes of each.
 */
import type { Day } from '../calendar.js'
import type { Instant } from '../clock/time.js'
import { workedMinutesWithin } from '../clock/worked-time.js'
import { harmless } from '../csv/harmless.js'
import type { Row } from '../csv/writing.js'
import type { Database } from '../store/database.js'
import {
  type BareEntry,
  bareEntryPages,
  type EntryFilter,
  listPayrollEmployees,
  type PayrollEmployee,
} from '../store/entry-pages.js'
import type { Column } from './column.js'
import { decimalHours } from './decimal-hours.js'
import { LocalDays } from './local-days.js'
import { type ExportRequest, entryFilter } from './request.js'

export const EMPLOYEE_DAY_COLUMNS = [
  { name: 'date', holds: 'the day, such as 2026-11-23' },
  { name: 'employee number', holds: 'the employee’s number in Punchline' },
  { name: 'payroll number', holds: 'the company’s own number for the employee' },
  { name: 'employee', holds: 'name' },
  { name: 'minutes', holds: 'worked on this day' },
  { name: 'hours', holds: 'the same as decimal hours, such as 8.45' },
  { name: 'entries', holds: 'how many time entries count on this day' },
  { name: 'first clock-in', holds: 'of these entries; of one over midnight it can be on the day before' },
  { name: 'last clock-out', holds: 'of these entries; of one over midnight it can be on the day after' },
  { name: 'missing clock-outs', holds: 'entries that began on this day, were never ended, and count no minutes yet' },
  { name: 'open entries', holds: 'entries that began on this day, still run, and count no minutes yet' },
] as const satisfies readonly Column[]

/** What one employee did on one day. */
interface Tally {
  readonly date: string
  minutes: number
  entries: number
  firstIn: Instant
  lastOut: Instant | null
  missing: number
  open: number
}

/** Rows that go on together. */
const LOT = 250

/** Holds no more than a lot, and the days of one employee that a later entry may still touch. */
export async function* employeeDayRows(db: Database, request: ExportRequest): AsyncGenerator<Row[]> {
  const filter = entryFilter(request)
  const days = new LocalDays(request.timeZone)
  let lot: Row[] = []
  for (const employee of await listPayrollEmployees(db, request.employeeId)) {
    const tallies = new Map<string, Tally>()
    for await (const page of bareEntryPages(db, { ...filter, employeeId: employee.id })) {
      for (const entry of page) {
        for (const tally of takeBefore(tallies, days.dayOf(entry.clockInAt).date)) {
          lot.push(employeeDayRow(employee, tally, days))
        }
        for (const [day, minutes] of minutesByDay(entry, filter, days)) add(tallies, day, entry, minutes)
      }
      if (lot.length >= LOT) {
        yield lot
        lot = []
      }
    }
    for (const tally of tallies.values()) lot.push(employeeDayRow(employee, tally, days))
  }
  yield lot
}

/** Takes out the days before a date: entries come by clock-in, so a day is done when one begins after it. */
function* takeBefore(tallies: Map<string, Tally>, date: string): Generator<Tally> {
  for (const tally of tallies.values()) {
    if (tally.date >= date) return
    tallies.delete(tally.date)
    yield tally
  }
}

/** The days of the range that an entry counts on: that of its clock-in, and each that it has minutes on. */
function* minutesByDay(entry: BareEntry, range: EntryFilter, days: LocalDays): Generator<[Day, number]> {
  const { clockInAt, clockOutAt } = entry
  const end = Math.min(clockOutAt ?? clockInAt, range.to - 1)
  let day = days.dayOf(Math.max(clockInAt, range.from))
  while (day.from <= end) {
    const minutes = clockOutAt === null ? 0 : workedMinutesWithin(clockInAt, clockOutAt, day)
    if (minutes > 0 || clockInAt >= day.from) yield [day, minutes]
    day = days.dayOf(day.to)
  }
}

function add(tallies: Map<string, Tally>, { date }: Day, entry: BareEntry, minutes: number): void {
  const { clockInAt, clockOutAt, state } = entry
  let tally = tallies.get(date)
  if (!tally) {
    tally = { date, minutes: 0, entries: 0, firstIn: clockInAt, lastOut: null, missing: 0, open: 0 }
    tallies.set(date, tally)
  }
  tally.minutes += minutes
  tally.entries += 1
  if (clockOutAt !== null) tally.lastOut = Math.max(tally.lastOut ?? clockOutAt, clockOutAt)
  if (state === 'missing-clock-out') tally.missing += 1
  if (state === 'open') tally.open += 1
}

function employeeDayRow(employee: PayrollEmployee, tally: Tally, days: LocalDays): Row {
  return [
    tally.date,
    employee.id,
    harmless(employee.payrollNumber ?? ''),
    harmless(employee.name),
    tally.minutes,
    decimalHours(tally.minutes),
    tally.entries,
    days.iso(tally.firstIn),
    tally.lastOut === null ? '' : days.iso(tally.lastOut),
    tally.missing,
    tally.open,
  ]
}
