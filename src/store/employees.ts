/** Employees, as admins know them. */
import { detailsFault, type EmployeeDetails, type EmployeeField, sameEmail } from '../clock/employee.js'
import type { SetupStatus } from '../clock/setup-status.js'
import { MINUTE } from '../clock/time.js'
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

/** An employee can't be so. The message says why. */
export class EmployeeRefused extends Error {
  readonly field: EmployeeField
  constructor({ field, sentence }: { field: EmployeeField; sentence: string }) {
    super(sentence)
    this.field = field
  }
}

type NewEmployee = Pick<EmployeeDetails, 'name' | 'email'> & Partial<EmployeeDetails>

/** Adds an active employee; gives the number. @throws EmployeeRefused */
export async function addEmployee(db: Database, employee: NewEmployee, actor: string): Promise<number> {
  const details = { payrollNumber: null, note: null, ...employee }
  return db.transaction().execute(trx => insert(trx, details, actor))
}

/** A form that comes again so soon came twice. */
const SAME_FORM = MINUTE

/** Adds an active employee as a form says; the same form once more adds nobody (`isNew` false). @throws EmployeeRefused */
export async function addEmployeeOnce(
  db: Database,
  details: EmployeeDetails,
  actor: string,
): Promise<{ readonly id: number; readonly isNew: boolean }> {
  return db.transaction().execute(async trx => {
    const latest = await known(trx)
      .where('name', '=', details.name)
      .where('deleted_at', 'is', null)
      .where('created_at', '>', Date.now() - SAME_FORM)
      .execute()
    const twin = latest.map(toKnown).find(one => changedFields(one, details).length === 0)
    return twin ? { id: twin.id, isNew: false } : { id: await insert(trx, details, actor), isNew: true }
  })
}

async function insert(trx: Database, details: EmployeeDetails, actor: string): Promise<number> {
  await refuseFaults(trx, details, null)
  const { id } = await trx
    .insertInto('employees')
    .values({ ...columnsOf(details), created_at: Date.now() })
    .returning('id')
    .executeTakeFirstOrThrow()
  await audit(trx, { actor, action: 'employee added', employeeId: id })
  return id
}

/** An employee, active or not, with all that is known. */
export interface KnownEmployee extends EmployeeDetails {
  readonly id: number
  readonly isActive: boolean
  readonly revision: number
}

/** Null: there is none, or they were deleted. */
export async function findEmployee(db: Database, id: number): Promise<KnownEmployee | null> {
  const row = await known(db).where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  return row ? toKnown(row) : null
}

/** Every employee who was not deleted, in any order. */
export async function knownEmployees(db: Database): Promise<KnownEmployee[]> {
  const rows = await known(db).where('deleted_at', 'is', null).execute()
  return rows.map(toKnown)
}

/** Every employee who was not deleted, by name. */
export async function listKnownEmployees(db: Database): Promise<KnownEmployee[]> {
  return (await knownEmployees(db)).sort((one, other) => byName.compare(one.name, other.name))
}

/**
 * Gives an employee other details, if they are still as the admin saw them: `stale` when somebody changed them since,
 * `unchanged` when they are so already. Null: there is no such employee.
 * @throws EmployeeRefused
 */
export async function changeEmployee(
  db: Database,
  id: number,
  seenRevision: number,
  details: EmployeeDetails,
  actor: string,
): Promise<'changed' | 'unchanged' | 'stale' | null> {
  return db.transaction().execute(async trx => {
    const before = await findEmployee(trx, id)
    if (!before) return null
    const changed = changedFields(before, details)
    if (changed.length === 0) return 'unchanged'
    if (before.revision !== seenRevision) return 'stale'
    await refuseFaults(trx, details, before)
    await update(trx, before, details, actor)
    return 'changed'
  })
}

/** Writes details that were judged before; part of a transaction. */
export async function update(
  trx: Database,
  before: KnownEmployee,
  details: EmployeeDetails,
  actor: string,
): Promise<void> {
  await trx
    .updateTable('employees')
    .set({ ...columnsOf(details), revision: before.revision + 1 })
    .where('id', '=', before.id)
    .execute()
  // The names of what changed, not the values: an employee who is deleted is to be forgotten.
  const detail = changedFields(before, details)
    .map(field => FIELD_NAMES[field])
    .join(', ')
  await audit(trx, { actor, action: 'employee changed', employeeId: before.id, detail })
}

/** Takes an employee back, who then is not set up: PIN and phone clock ID are gone. False: is active, or nobody. */
export async function reactivateEmployee(db: Database, id: number, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const employee = await findEmployee(trx, id)
    if (!employee || employee.isActive) return false
    await refuseTakenEmail(trx, employee.email, id)
    await setActive(trx, employee.id, actor)
    return true
  })
}

/** Part of a transaction. */
export async function setActive(trx: Database, id: number, actor: string): Promise<void> {
  await trx
    .updateTable('employees')
    .set(eb => ({ active: 1 as const, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute()
  await audit(trx, { actor, action: 'employee reactivated', employeeId: id })
}

export const FIELD_NAMES: Readonly<Record<EmployeeField, string>> = {
  name: 'name',
  email: 'e-mail address',
  payrollNumber: 'payroll number',
  note: 'note',
}

export function changedFields(before: EmployeeDetails, after: EmployeeDetails): EmployeeField[] {
  return (['name', 'email', 'payrollNumber', 'note'] as const).filter(field => before[field] !== after[field])
}

async function refuseFaults(trx: Database, details: EmployeeDetails, before: KnownEmployee | null): Promise<void> {
  const fault = detailsFault(details)
  if (fault) throw new EmployeeRefused(fault)
  const isActive = before?.isActive ?? true
  if (isActive && !sameEmail(before?.email ?? null, details.email)) {
    await refuseTakenEmail(trx, details.email, before?.id ?? 0)
  }
  if (details.payrollNumber === null) return
  const owner = await trx
    .selectFrom('employees')
    .select('name')
    .where('payroll_number', '=', details.payrollNumber)
    .where('id', '<>', before?.id ?? 0)
    .executeTakeFirst()
  if (owner) {
    throw new EmployeeRefused({
      field: 'payrollNumber',
      sentence: `${owner.name} has the payroll number ${details.payrollNumber}.`,
    })
  }
}

/** Whoever has an address gets the links that are sent there, so that no two active employees share one. */
async function refuseTakenEmail(trx: Database, email: string | null, except: number): Promise<void> {
  if (email === null) return
  const owner = await trx
    .selectFrom('employees')
    .select('name')
    .where(eb => eb.fn<string>('lower', ['email']), '=', email.toLowerCase())
    .where('active', '=', 1)
    .where('id', '<>', except)
    .executeTakeFirst()
  if (owner) throw new EmployeeRefused({ field: 'email', sentence: `${owner.name} has the address ${email}.` })
}

export function columnsOf({ name, email, payrollNumber, note }: EmployeeDetails) {
  return { name, email, payroll_number: payrollNumber, note }
}

function known(db: Database) {
  return db.selectFrom('employees').select(['id', 'name', 'email', 'payroll_number', 'note', 'active', 'revision'])
}

function toKnown(row: Awaited<ReturnType<ReturnType<typeof known>['execute']>>[number]): KnownEmployee {
  const { id, name, email, note, revision } = row
  return { id, name, email, payrollNumber: row.payroll_number, note, isActive: row.active === 1, revision }
}

const byName = new Intl.Collator('en')

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
      .set({ name: `Deleted employee ${id}`, email: null, payroll_number: null, note: null, deleted_at: Date.now() })
      .where('id', '=', id)
      .executeTakeFirst()
    if (deleted.numUpdatedRows === 0n) return false
    await trx
      .updateTable('mail_outbox')
      .set({ address: '', fault: null })
      .where('setup_link_id', 'in', trx.selectFrom('setup_links').select('id').where('employee_id', '=', id))
      .execute()
    await trx.deleteFrom('known_numbers').where('employee_id', '=', id).execute()
    await audit(trx, { actor, action: 'employee deleted', employeeId: id })
    return true
  })
}

/** Part of a transaction. */
export async function deactivate(trx: Database, id: number, actor: string): Promise<boolean> {
  await endClocking(trx, id, actor)
  const result = await trx
    .updateTable('employees')
    .set(eb => ({ active: 0 as const, revision: eb('revision', '+', 1) }))
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
