/** Punches and employees page by page, for the API. */
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'

export interface PunchFilter {
  /** The instants [from, to). */
  readonly from: Instant
  readonly to: Instant
  readonly employeeId: number | null
}

export interface PunchPlace {
  readonly at: Instant
  readonly id: number
}

export interface ListedPunch extends PunchPlace {
  readonly employeeId: number
  readonly employee: string
  readonly payrollNumber: string | null
  readonly jobId: number | null
  readonly job: string | null
  readonly direction: Direction
  readonly committedAt: Instant
  /** An admin made an unclaimed punch this employee's. */
  readonly isAssigned: boolean
}

/** The next punches after a place, at most `limit`, by time. */
export async function readPunchPage(
  db: Database,
  { from, to, employeeId }: PunchFilter,
  after: PunchPlace | null,
  limit: number,
): Promise<ListedPunch[]> {
  const place = after ?? { at: from, id: 0 }
  let query = db
    .selectFrom('punches')
    .innerJoin('employees', 'employees.id', 'punches.employee_id')
    .leftJoin('jobs', 'jobs.id', 'punches.job_id')
    .select([
      'punches.id',
      'punches.at',
      'punches.employee_id',
      'employees.name as employee',
      'employees.payroll_number',
      'punches.job_id',
      'jobs.name as job',
      'punches.direction',
      'punches.committed_at',
      'punches.assigned_by',
    ])
    .where(eb => eb(eb.refTuple('punches.at', 'punches.id'), '>', eb.tuple(eb.val(place.at), eb.val(place.id))))
    .where('punches.at', '<', to)
    .orderBy('punches.at')
    .orderBy('punches.id')
    .limit(limit)
  if (employeeId !== null) query = query.where('punches.employee_id', '=', employeeId)
  return (await query.execute()).map(row => ({
    id: row.id,
    at: row.at,
    employeeId: row.employee_id,
    employee: row.employee,
    payrollNumber: row.payroll_number,
    jobId: row.job_id,
    job: row.job,
    direction: row.direction,
    committedAt: row.committed_at,
    isAssigned: row.assigned_by !== null,
  }))
}

export interface ListedEmployee {
  readonly id: number
  readonly name: string
  readonly email: string | null
  readonly payrollNumber: string | null
  readonly active: boolean
}

/** The next employees after a number, at most `limit`, by number; those who are active or not alone where `active` says so. */
export async function readEmployeePage(
  db: Database,
  active: boolean | null,
  after: number,
  limit: number,
): Promise<ListedEmployee[]> {
  let query = db
    .selectFrom('employees')
    .select(['id', 'name', 'email', 'payroll_number as payrollNumber', 'active'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
  if (active !== null) query = query.where('active', '=', active ? 1 : 0)
  return (await query.execute()).map(row => ({ ...row, active: row.active === 1 }))
}
