/** Phone clock IDs: issued once, retired for good. */
import { randomInt } from 'node:crypto'
import { drawPhoneClockId } from '../clock/phone-clock-id.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'

export interface EmployeeWithPin {
  readonly employeeId: number
  readonly hash: string
}

/** The active employee whose ID it is now, and who has a PIN. */
export async function employeeWithPin(db: Database, phoneClockId: string): Promise<EmployeeWithPin | null> {
  const row = await db
    .selectFrom('phone_clock_ids')
    .innerJoin('employees', 'employees.id', 'phone_clock_ids.employee_id')
    .innerJoin('pins', 'pins.employee_id', 'phone_clock_ids.employee_id')
    .where('phone_clock_id', '=', phoneClockId)
    .where('retired_at', 'is', null)
    .where('employees.active', '=', 1)
    .select(['employees.id as employeeId', 'pins.hash'])
    .executeTakeFirst()
  return row ?? null
}

/** The ID that an employee has now. */
export async function currentId(db: Database, employeeId: number): Promise<string | null> {
  const row = await db
    .selectFrom('phone_clock_ids')
    .select('phone_clock_id')
    .where('employee_id', '=', employeeId)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return row?.phone_clock_id ?? null
}

/** Issues a fresh ID. `isUnfit` may refuse one, such as one that a chosen PIN is too close to. */
export async function issueId(
  trx: Database,
  { employeeId, actor, isUnfit }: { employeeId: number; actor: string; isUnfit: (id: string) => boolean },
): Promise<string> {
  const draw = await freshIds(trx, isUnfit)
  const id = draw()
  await keepIds(trx, [{ employeeId, id }], actor)
  return id
}

/** Issues a fresh ID to each of the employees. */
export async function issueIds(trx: Database, employeeIds: readonly number[], actor: string): Promise<void> {
  if (employeeIds.length === 0) return
  const draw = await freshIds(trx, () => false)
  const issued = employeeIds.map(employeeId => ({ employeeId, id: draw() }))
  await keepIds(trx, issued, actor)
}

/** Draws IDs that were never issued, and none twice. */
async function freshIds(trx: Database, isUnfit: (id: string) => boolean): Promise<() => string> {
  const rows = await trx.selectFrom('phone_clock_ids').select('phone_clock_id').execute()
  const issued = new Set(rows.map(row => row.phone_clock_id))
  return () => {
    const id = drawPhoneClockId(issued.size, drawn => issued.has(drawn) || isUnfit(drawn), randomInt)
    issued.add(id)
    return id
  }
}

async function keepIds(
  trx: Database,
  issued: readonly { employeeId: number; id: string }[],
  actor: string,
): Promise<void> {
  const issued_at = Date.now()
  await trx
    .insertInto('phone_clock_ids')
    .values(issued.map(({ employeeId, id }) => ({ phone_clock_id: id, employee_id: employeeId, issued_at })))
    .execute()
  await audit(
    trx,
    ...issued.map(({ employeeId, id }) => ({
      actor,
      action: 'phone clock ID issued' as const,
      employeeId,
      detail: id,
    })),
  )
}

/** Ends an employee's ID for good. Says whether there was one. */
export async function retireId(trx: Database, employeeId: number): Promise<boolean> {
  const retired = await trx
    .updateTable('phone_clock_ids')
    .set({ retired_at: Date.now() })
    .where('employee_id', '=', employeeId)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return retired.numUpdatedRows > 0n
}
