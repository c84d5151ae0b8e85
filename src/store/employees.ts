/** Employees, as admins know them. */
import type { SetupStatus } from '../clock/setup-status.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { endClocking } from './pins.js'
import { readRoster } from './roster.js'

export interface Employee {
  readonly id: number
  readonly name: string
  readonly email: string | null
  /** Null until the first PIN or setup link. */
  readonly phoneClockId: string | null
  readonly status: SetupStatus
}

export async function addEmployee(
  db: Database,
  employee: { name: string; email: string | null },
  actor: string,
): Promise<number> {
  return db.transaction().execute(async trx => {
    const { id } = await trx
      .insertInto('employees')
      .values({ ...employee, created_at: Date.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    await audit(trx, { actor, action: 'employee added', employeeId: id })
    return id
  })
}

/** Ends an employee's clocking at once, as *Remove PIN* does. What they clocked stays. False: was not active. */
export async function deactivateEmployee(db: Database, id: number, actor: string): Promise<boolean> {
  return db.transaction().execute(trx => deactivate(trx, id, actor))
}

/**
 * Deactivates an employee and forgets name and e-mail address. Punches, entries and the phone clock ID that was used up
 * stay, under a number. False: there is no such employee.
 */
export async function deleteEmployee(db: Database, id: number, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    await deactivate(trx, id, actor)
    const deleted = await trx
      .updateTable('employees')
      .set({ name: `Deleted employee ${id}`, email: null })
      .where('id', '=', id)
      .executeTakeFirst()
    if (deleted.numUpdatedRows === 0n) return false
    await trx
      .updateTable('mail_outbox')
      .set({ address: '', fault: null })
      .where('setup_link_id', 'in', trx.selectFrom('setup_links').select('id').where('employee_id', '=', id))
      .execute()
    await audit(trx, { actor, action: 'employee deleted', employeeId: id })
    return true
  })
}

async function deactivate(trx: Database, id: number, actor: string): Promise<boolean> {
  await endClocking(trx, id, actor)
  const result = await trx
    .updateTable('employees')
    .set({ active: 0 })
    .where('id', '=', id)
    .where('active', '=', 1)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) return false
  await audit(trx, { actor, action: 'employee deactivated', employeeId: id })
  return true
}

/** All active employees by name. */
export async function listEmployees(db: Database): Promise<Employee[]> {
  const roster = await readRoster(db, Date.now())
  return roster.map(({ employeeId: id, name, email, phoneClockId, status }) => ({
    id,
    name,
    email,
    phoneClockId,
    status,
  }))
}

/**
 * The active employees whom `query` may mean: by employee number, phone clock ID, e-mail address or whole name.
 * A command that wants one says so when there are none or several.
 */
export async function findEmployees(db: Database, query: string): Promise<Employee[]> {
  const all = await listEmployees(db)
  const wanted = query.trim().toLowerCase()
  const byNumber = all.filter(e => e.phoneClockId === wanted || String(e.id) === wanted)
  if (byNumber.length > 0) return byNumber
  return all.filter(e => e.email?.toLowerCase() === wanted || e.name.toLowerCase() === wanted)
}
