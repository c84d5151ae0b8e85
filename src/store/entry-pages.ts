/** Time entries page by page, for readers that walk through any number of them: exports and the API. */
import { setImmediate } from 'node:timers/promises'
import type { ExpressionBuilder } from 'kysely'
import type { Instant } from '../clock/time.js'
import { LONGEST_ENTRY } from '../clock/worked-time.js'
import type { Database } from './database.js'
import type { Schema, TimeEntryState } from './schema.js'
import { type TimeEntry, timeEntries, toTimeEntry } from './time-entries.js'

/** Which entries: those that touch [from, to), which a closed one does from clock-in to clock-out and another by its clock-in. */
export interface EntryFilter {
  readonly from: Instant
  readonly to: Instant
  readonly employeeId: number | null
  readonly jobId: number | null
}

/** Where an entry stands in their order, by clock-in and number. */
export interface EntryPlace {
  readonly clockInAt: Instant
  readonly id: number
}

/** An entry as totals need it. */
export interface BareEntry extends EntryPlace {
  readonly state: TimeEntryState
  readonly clockOutAt: Instant | null
}

export interface PayrollEmployee {
  readonly id: number
  readonly name: string
  readonly payrollNumber: string | null
}

/** Few enough that a page holds up calls for some milliseconds only: all share one thread. */
const PAGE = 250

/** The next entries after a place, at most `limit`, by clock-in. The voided ones too. */
export async function readEntryPage(
  db: Database,
  filter: EntryFilter,
  after: EntryPlace | null,
  limit: number,
): Promise<TimeEntry[]> {
  return (await entryPage(db, filter, after, limit).execute()).map(toTimeEntry)
}

/** All entries but voided ones, by clock-in, in pages between which others have their turn. */
export async function* entryPages(db: Database, filter: EntryFilter): AsyncGenerator<TimeEntry[]> {
  yield* pages(async after =>
    (await entryPage(db, filter, after, PAGE).where('state', '<>', 'voided').execute()).map(toTimeEntry),
  )
}

/** One employee's entries but voided ones, as `entryPages`. */
export async function* bareEntryPages(
  db: Database,
  filter: EntryFilter & { readonly employeeId: number },
): AsyncGenerator<BareEntry[]> {
  yield* pages(after => bareEntryPage(db, filter, after).execute())
}

/** Everyone who may have entries, active or not, by name. */
export async function listPayrollEmployees(db: Database, employeeId: number | null): Promise<PayrollEmployee[]> {
  let query = db.selectFrom('employees').select(['id', 'name', 'payroll_number as payrollNumber']).orderBy('id')
  if (employeeId !== null) query = query.where('id', '=', employeeId)
  return (await query.execute()).sort((one, other) => byName.compare(one.name, other.name))
}

/** What a filter names and nobody knows. */
export async function unknownOf(
  db: Database,
  { employeeId, jobId }: Pick<EntryFilter, 'employeeId' | 'jobId'>,
): Promise<'employee' | 'job' | null> {
  const exists = async (table: 'employees' | 'jobs', id: number) =>
    (await db.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()) !== undefined
  if (employeeId !== null && !(await exists('employees', employeeId))) return 'employee'
  return jobId !== null && !(await exists('jobs', jobId)) ? 'job' : null
}

const byName = new Intl.Collator('en')

async function* pages<Entry extends EntryPlace>(
  read: (after: EntryPlace | null) => Promise<Entry[]>,
): AsyncGenerator<Entry[]> {
  let after: EntryPlace | null = null
  for (;;) {
    const page: Entry[] = await read(after)
    if (page.length > 0) yield page
    await setImmediate()
    if (page.length < PAGE) return
    after = page.at(-1) ?? null
  }
}

function entryPage(db: Database, filter: EntryFilter, after: EntryPlace | null, limit: number) {
  const { clockInAt, id } = after ?? beforeFirst(filter)
  let query = timeEntries(db)
    .where(eb =>
      eb(eb.refTuple('time_entries.clock_in_at', 'time_entries.id'), '>', eb.tuple(eb.val(clockInAt), eb.val(id))),
    )
    .where('time_entries.clock_in_at', '<', filter.to)
    .where(eb =>
      eb.or([eb('time_entries.clock_in_at', '>=', filter.from), eb('time_entries.clock_out_at', '>', filter.from)]),
    )
    .orderBy('time_entries.clock_in_at')
    .orderBy('time_entries.id')
    .limit(limit)
  const { employeeId, jobId } = filter
  if (employeeId !== null) query = query.where('time_entries.employee_id', '=', employeeId)
  else if (jobId !== null) query = query.where('time_entries.job_id', '=', jobId)
  if (employeeId !== null && jobId !== null) query = query.where(ofJob(jobId))
  return query
}

function bareEntryPage(db: Database, filter: EntryFilter & { readonly employeeId: number }, after: EntryPlace | null) {
  const { clockInAt, id } = after ?? beforeFirst(filter)
  let query = db
    .selectFrom('time_entries')
    .select(['id', 'state', 'clock_in_at as clockInAt', 'clock_out_at as clockOutAt'])
    .where('employee_id', '=', filter.employeeId)
    .where(eb => eb(eb.refTuple('clock_in_at', 'id'), '>', eb.tuple(eb.val(clockInAt), eb.val(id))))
    .where('clock_in_at', '<', filter.to)
    .where(eb => eb.or([eb('clock_in_at', '>=', filter.from), eb('clock_out_at', '>', filter.from)]))
    .where('state', '<>', 'voided')
    .orderBy('clock_in_at')
    .orderBy('id')
    .limit(PAGE)
  if (filter.jobId !== null) query = query.where(ofJob(filter.jobId))
  return query
}

/** Written so that no index of jobs is tempting: a job has all its employees' entries, an employee has few. */
function ofJob(jobId: number) {
  return (eb: ExpressionBuilder<Schema, 'time_entries'>) =>
    eb(eb.fn.coalesce('time_entries.job_id', eb.lit(0)), '=', jobId)
}

/** No entry that began earlier touches the range. */
function beforeFirst({ from }: EntryFilter): EntryPlace {
  return { clockInAt: from - LONGEST_ENTRY, id: 0 }
}
