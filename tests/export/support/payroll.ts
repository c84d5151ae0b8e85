/** Payroll for tests: a real database, entries put straight into it, and exports read back. */
import { parse } from 'csv-parse/sync'
import { Temporal } from 'temporal-polyfill'
import type { Instant } from '../../../src/clock/time.js'
import { type ExportKind, type ExportRequest, exportCsv } from '../../../src/export/export.js'
import type { Database } from '../../../src/store/database.js'
import type { NewRow } from '../../../src/store/schema.js'

/** An instant of the wall clock; `second` of the two where the clock goes back. */
export function at(local: string, timeZone = 'America/New_York', which: 'first' | 'second' = 'first'): Instant {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, {
    disambiguation: which === 'first' ? 'earlier' : 'later',
  }).epochMilliseconds
}

/** An entry that an admin might have added, closed when it has a clock-out; gives its number. */
export async function addEntry(
  db: Database,
  entry: Pick<NewRow<'time_entries'>, 'employee_id' | 'clock_in_at'> & Partial<NewRow<'time_entries'>>,
): Promise<number> {
  const { id } = await db
    .insertInto('time_entries')
    .values({ state: entry.clock_out_at === undefined ? 'open' : 'closed', ...entry })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

type Wanted = Pick<ExportRequest, 'from' | 'to'> & Partial<ExportRequest>

export async function exportText(db: Database, kind: ExportKind, wanted: Wanted): Promise<string> {
  const request = { employeeId: null, jobId: null, timeZone: 'America/New_York', ...wanted }
  let text = ''
  for await (const piece of exportCsv(db, kind, request, { byteOrderMark: false })) text += piece
  return text
}

/** The rows by the names of their columns. */
export async function exported(db: Database, kind: ExportKind, wanted: Wanted): Promise<Record<string, string>[]> {
  return parse(await exportText(db, kind, wanted), { columns: true })
}
