/** Who is in, and who has just come and gone. */
import { sql } from 'kysely'
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'

/** An employee with an open time entry. */
export interface PersonIn {
  readonly entryId: number
  readonly employeeId: number
  readonly employee: string
  readonly jobId: number | null
  readonly job: string | null
  readonly since: Instant
}

/** Everyone whose entry is open, by name. */
export async function peopleIn(db: Database): Promise<PersonIn[]> {
  return (
    db
      .selectFrom('time_entries')
      .innerJoin('employees', 'employees.id', 'time_entries.employee_id')
      .leftJoin('jobs', 'jobs.id', 'time_entries.job_id')
      .select([
        'time_entries.id as entryId',
        'employee_id as employeeId',
        'employees.name as employee',
        'job_id as jobId',
        'jobs.name as job',
        'clock_in_at as since',
      ])
      // Written out, so that the index of open entries answers it.
      .where('state', '=', sql.lit('open'))
      .orderBy('employees.name')
      .orderBy('employee_id')
      .execute()
  )
}

export interface LatestPunch {
  readonly id: number
  readonly employeeId: number
  readonly employee: string
  readonly job: string | null
  readonly direction: Direction
  readonly at: Instant
}

/** The last punches by the time that counts, the latest first. */
export async function latestPunches(db: Database, count: number): Promise<LatestPunch[]> {
  return db
    .selectFrom('punches')
    .innerJoin('employees', 'employees.id', 'punches.employee_id')
    .leftJoin('jobs', 'jobs.id', 'punches.job_id')
    .select(['punches.id', 'employee_id as employeeId', 'employees.name as employee', 'jobs.name as job'])
    .select(['direction', 'at'])
    .orderBy('at', 'desc')
    .orderBy('punches.id', 'desc')
    .limit(count)
    .execute()
}
