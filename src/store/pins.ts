/** Phone clock IDs and PINs: issuing, setting, removing, and judging the two together. */
import { randomInt } from 'node:crypto'
import { drawPhoneClockId } from '../clock/phone-clock-id.js'
import { pinFault } from '../clock/pin.js'
import { FREE_FAILURES, lockedUntil } from '../clock/throttle.js'
import type { Instant } from '../clock/time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { hashPin, type PinKey, verifyPin } from './hashing.js'

/** The PIN was refused. The message says why, for whoever chose it. */
export class PinRefused extends Error {}

/**
 * Sets an employee's PIN and gives the phone clock ID, which is issued with the first PIN.
 * @throws PinRefused
 */
export async function setPin(
  db: Database,
  key: PinKey,
  change: { employeeId: number; pin: string; actor: string },
): Promise<string> {
  const { employeeId, pin, actor } = change
  refuse(pinFault(pin, await currentId(db, employeeId)))
  const pinColumns = { hash: await hashPin(pin, key), key_id: key.id, set_at: Date.now(), set_by: actor }
  return db.transaction().execute(async trx => {
    const had = await trx.selectFrom('pins').select('set_at').where('employee_id', '=', employeeId).executeTakeFirst()
    const id = (await currentId(trx, employeeId)) ?? (await issueId(trx, { employeeId, actor, farFrom: pin }))
    refuse(pinFault(pin, id))
    await trx
      .insertInto('pins')
      .values({ employee_id: employeeId, ...pinColumns })
      .onConflict(conflict => conflict.column('employee_id').doUpdateSet(pinColumns))
      .execute()
    await audit(trx, { actor, action: had ? 'PIN changed' : 'PIN set', employeeId })
    return id
  })
}

/** Ends an employee's PIN and phone clock ID at once, for good. Says whether there was one. */
export async function removePin(db: Database, employeeId: number, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const removed = await trx.deleteFrom('pins').where('employee_id', '=', employeeId).executeTakeFirst()
    const retired = await trx
      .updateTable('phone_clock_ids')
      .set({ retired_at: Date.now() })
      .where('employee_id', '=', employeeId)
      .where('retired_at', 'is', null)
      .executeTakeFirst()
    const hadAny = removed.numDeletedRows > 0n || retired.numUpdatedRows > 0n
    if (hadAny) await audit(trx, { actor, action: 'PIN removed', employeeId })
    return hadAny
  })
}

/** Whether PINs are stored that `key` can't verify: the key file was lost or exchanged. */
export async function pinsOfOtherKeys(db: Database, key: PinKey): Promise<number> {
  const { count } = await db
    .selectFrom('pins')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('key_id', '!=', key.id)
    .executeTakeFirstOrThrow()
  return count
}

export interface Attempt {
  readonly callId: number
  readonly phoneClockId: string
  readonly pin: string
}

/**
 * Judges an ID and a PIN together: the employee, or null. Unknown, removed, locked and wrong cost the same and say the
 * same. The attempt is on disk as a failure before it is judged, so that a hang-up refunds nothing.
 */
export async function judge(db: Database, key: PinKey, attempt: Attempt): Promise<{ employeeId: number } | null> {
  const { phoneClockId, callId, pin } = attempt
  const now = Date.now()
  const known = await db
    .selectFrom('phone_clock_ids')
    .innerJoin('employees', 'employees.id', 'phone_clock_ids.employee_id')
    .innerJoin('pins', 'pins.employee_id', 'phone_clock_ids.employee_id')
    .where('phone_clock_id', '=', phoneClockId)
    .where('retired_at', 'is', null)
    .where('employees.active', '=', 1)
    .select(['employees.id', 'pins.hash'])
    .executeTakeFirst()
  const locked = await isLocked(db, phoneClockId, now)
  const { id: attemptId } = await db
    .insertInto('pin_attempts')
    // An unknown ID may be a PIN that was keyed in its place: it is not written down.
    .values({ call_id: callId, phone_clock_id: known ? phoneClockId : null, at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  const matches = await verifyPin(known && !locked ? known.hash : null, pin, key)
  if (!known || !matches || !(await isStill(db, phoneClockId, known.hash))) return null
  await db.updateTable('pin_attempts').set({ succeeded: 1 }).where('id', '=', attemptId).execute()
  return { employeeId: known.id }
}

/** The hash's work takes a moment in which an admin may have removed the PIN. */
async function isStill(db: Database, phoneClockId: string, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom('phone_clock_ids')
    .innerJoin('pins', 'pins.employee_id', 'phone_clock_ids.employee_id')
    .select('pins.hash')
    .where('phone_clock_id', '=', phoneClockId)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return row?.hash === hash
}

async function isLocked(db: Database, phoneClockId: string, now: Instant): Promise<boolean> {
  const recent = await db
    .selectFrom('pin_attempts')
    .select(['at', 'succeeded'])
    .where('phone_clock_id', '=', phoneClockId)
    .orderBy('id', 'desc')
    .limit(FREE_FAILURES + 10)
    .execute()
  const success = recent.findIndex(attempt => attempt.succeeded === 1)
  const failures = success === -1 ? recent : recent.slice(0, success)
  const until = lockedUntil(failures.length, failures[0]?.at ?? 0)
  return until !== null && now < until
}

async function currentId(db: Database, employeeId: number): Promise<string | null> {
  const row = await db
    .selectFrom('phone_clock_ids')
    .select('phone_clock_id')
    .where('employee_id', '=', employeeId)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return row?.phone_clock_id ?? null
}

/** Issues a fresh ID, one that the PIN `farFrom` is not too close to. */
async function issueId(trx: Database, issue: { employeeId: number; actor: string; farFrom: string }): Promise<string> {
  const rows = await trx.selectFrom('phone_clock_ids').select('phone_clock_id').execute()
  const issued = new Set(rows.map(row => row.phone_clock_id))
  const unusable = (id: string) => issued.has(id) || pinFault(issue.farFrom, id) !== null
  const id = drawPhoneClockId(issued.size, unusable, randomInt)
  await trx
    .insertInto('phone_clock_ids')
    .values({ phone_clock_id: id, employee_id: issue.employeeId, issued_at: Date.now() })
    .execute()
  await audit(trx, { actor: issue.actor, action: 'phone clock ID issued', employeeId: issue.employeeId, detail: id })
  return id
}

function refuse(fault: string | null): void {
  if (fault) throw new PinRefused(fault)
}
