/** What payroll takes away: CSV of a range of days, streamed, so that a million entries need no more memory than a thousand. */
import { csvText, type Row, type Writing } from '../csv/writing.js'
import type { Database } from '../store/database.js'
import type { Column } from './column.js'
import { EMPLOYEE_DAY_COLUMNS, employeeDayRows } from './employee-day-rows.js'
import { ENTRY_COLUMNS, entryRows } from './entry-rows.js'
import type { ExportRequest } from './request.js'

export type { ExportRequest } from './request.js'

interface Export {
  readonly title: string
  /** What a row is. */
  readonly row: string
  readonly columns: readonly Column[]
  /** How the file's name begins. */
  readonly name: string
  rows(db: Database, request: ExportRequest): AsyncGenerator<Row[]>
}

export const EXPORTS = {
  entries: {
    title: 'Entries',
    row: 'One row a time entry that touches the days, by clock-in.',
    columns: ENTRY_COLUMNS,
    name: 'time-entries',
    rows: entryRows,
  },
  'employee-days': {
    title: 'Employee days',
    row: 'One row an employee and day, by employee; an entry over midnight is on each day with the minutes worked on it.',
    columns: EMPLOYEE_DAY_COLUMNS,
    name: 'employee-days',
    rows: employeeDayRows,
  },
} as const satisfies Record<string, Export>

export type ExportKind = keyof typeof EXPORTS

export const EXPORT_KINDS: readonly ExportKind[] = ['entries', 'employee-days']

/** The file piece by piece, read as it is taken; whoever stops taking stops the reading. For `pipeline`. */
export function exportCsv(
  db: Database,
  kind: ExportKind,
  request: ExportRequest,
  writing: Writing,
): AsyncGenerator<string> {
  const { columns, rows } = EXPORTS[kind]
  return csvText(
    columns.map(({ name }) => name),
    rows(db, request),
    writing,
  )
}

/** Such as time-entries-2026-11-01-to-2026-11-15.csv. */
export function exportFileName(kind: ExportKind, { from, to }: Pick<ExportRequest, 'from' | 'to'>): string {
  return `${EXPORTS[kind].name}-${from}-to-${to}.csv`
}
