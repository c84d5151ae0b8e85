/** What an unclaimed punch can be assigned to: an employee, a job, and the entries around its time. */
import { type SqlBool, sql } from 'kysely'
import { type Assigning, type EntryAround, likelyDirection } from '../clock/assignment.js'
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import { readSettings } from './settings.js'

/** What the call most likely was, were it this employee's, and the entries that tell: two before it and one after. */
export async function suggestAssignment(
  db: Database,
  employeeId: number,
  at: Instant,
): Promise<{ direction: Direction; around: readonly EntryAround[] }> {
  const found = await assigning(db, employeeId, at)
  const sorted = [...found.entries].sort((one, other) => one.clockInAt - other.clockInAt)
  const before = sorted.filter(entry => entry.clockInAt <= at).slice(-2)
  const after = sorted.filter(entry => entry.clockInAt > at).slice(0, 1)
  return { direction: likelyDirection(found), around: [...before, ...after] }
}

/** What decides what a call at that time becomes as this employee's. */
export async function assigning(db: Database, employeeId: number, at: Instant): Promise<Assigning> {
  return {
    at,
    now: Date.now(),
    entries: await entriesAround(db, employeeId, at),
    rules: await readSettings(db),
  }
}

/** Entries don't overlap, so that the last few before a time and the first one after it decide. */
async function entriesAround(db: Database, employeeId: number, at: Instant): Promise<EntryAround[]> {
  const entries = db
    .selectFrom('time_entries')
    .select(['id', 'state', 'clock_in_at', 'clock_out_at'])
    .where('employee_id', '=', employeeId)
    .where('state', '!=', 'voided')
  const before = await entries.where('clock_in_at', '<=', at).orderBy('clock_in_at', 'desc').limit(10).execute()
  const after = await entries.where('clock_in_at', '>', at).orderBy('clock_in_at').limit(1).execute()
  const open = await entries.where('state', '=', 'open').execute()
  const others = open.filter(({ id }) => ![...before, ...after].some(entry => entry.id === id))
  return [...before, ...after, ...others].flatMap(({ id, state, clock_in_at, clock_out_at }) =>
    state === 'voided' ? [] : [{ id, state, clockInAt: clock_in_at, clockOutAt: clock_out_at }],
  )
}

export interface Assignable {
  readonly id: number
  readonly name: string
  readonly payrollNumber: string | null
  readonly phoneClockId: string | null
  readonly isActive: boolean
}

/** Every employee who was not deleted, by name: also one who has left may have called before. */
export async function listAssignable(db: Database): Promise<Assignable[]> {
  const rows = await assignable(db).orderBy('employees.name').orderBy('employees.id').execute()
  return rows.map(toAssignable)
}

export async function findAssignable(db: Database, id: number): Promise<Assignable | null> {
  const row = await assignable(db).where('employees.id', '=', id).executeTakeFirst()
  return row ? toAssignable(row) : null
}

/** A deleted employee is known by the name that deleting leaves. */
function assignable(db: Database) {
  return db
    .selectFrom('employees')
    .leftJoin('phone_clock_ids', join =>
      join.onRef('phone_clock_ids.employee_id', '=', 'employees.id').on('phone_clock_ids.retired_at', 'is', null),
    )
    .select(['employees.id', 'employees.name', 'employees.payroll_number', 'employees.active', 'phone_clock_id'])
    .where(sql<SqlBool>`not (employees.active = 0 and employees.name = 'Deleted employee ' || employees.id)`)
}

function toAssignable(row: Awaited<ReturnType<ReturnType<typeof assignable>['execute']>>[number]): Assignable {
  return {
    id: row.id,
    name: row.name,
    payrollNumber: row.payroll_number,
    phoneClockId: row.phone_clock_id,
    isActive: row.active === 1,
  }
}

/** The active jobs by name, to choose one. */
export async function listJobChoices(db: Database): Promise<{ id: number; name: string }[]> {
  return db.selectFrom('jobs').select(['id', 'name']).where('active', '=', 1).orderBy('name').execute()
}

export async function jobExists(db: Database, id: number): Promise<boolean> {
  const row = await db.selectFrom('jobs').select('id').where('id', '=', id).where('active', '=', 1).executeTakeFirst()
  return row !== undefined
}
