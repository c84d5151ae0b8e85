/** Setting PINs, by an admin or with a setup link, and removing them. */
import { pinFault } from '../clock/pin.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { forgetWrongPins } from './guessing.js'
import { costOf, type HashCost } from './hash-cost.js'
import { hashPin, type PinKey } from './hashing.js'
import { currentId, issueId, retireId } from './phone-clock-ids.js'
import { endLinks, findSetupLink, type SetupLink } from './setup-links.js'

/** The PIN was refused. The message says why, for whoever chose it. */
export class PinRefused extends Error {}

/** How many active employees there are, and how many of them can clock in. */
export async function countReady(db: Database): Promise<{ active: number; ready: number }> {
  return db
    .selectFrom('employees')
    .leftJoin('pins', 'pins.employee_id', 'employees.id')
    .select(eb => [eb.fn.countAll<number>().as('active'), eb.fn.count<number>('pins.employee_id').as('ready')])
    .where('employees.active', '=', 1)
    .executeTakeFirstOrThrow()
}

/**
 * Sets an employee's PIN and gives the phone clock ID, which is issued with the first PIN or link. A link that is out
 * ends: the PIN that was set last is the one that counts.
 * @throws PinRefused
 */
export async function setPin(
  db: Database,
  key: PinKey,
  change: { employeeId: number; pin: string; actor: string },
): Promise<string> {
  const { employeeId, pin, actor } = change
  refuse(pinFault(pin, await currentId(db, employeeId)))
  const hash = await hashPin(pin, key)
  return db.transaction().execute(async trx => {
    if (!(await isActive(trx, employeeId))) throw new PinRefused('There is no such active employee.')
    const id =
      (await currentId(trx, employeeId)) ??
      (await issueId(trx, { employeeId, actor, isUnfit: drawn => pinFault(pin, drawn) !== null }))
    refuse(pinFault(pin, id))
    await endLinks(trx, [employeeId], 'PIN set')
    await writePin(trx, { employeeId, hash, keyId: key.id, actor })
    return id
  })
}

/**
 * Sets the PIN that an employee picked with a setup link, which that uses up. Gives the link as it was found: only with
 * an active one is there a PIN now.
 * @throws PinRefused
 */
export async function pickPin(
  db: Database,
  key: PinKey,
  { token, pin }: { token: string; pin: string },
): Promise<SetupLink | null> {
  const before = await findSetupLink(db, token)
  if (before?.state !== 'active') return before
  refuse(pinFault(pin, before.phoneClockId))
  const hash = await hashPin(pin, key)
  return db.transaction().execute(async trx => {
    // The hash took a moment in which the link may have been used or replaced.
    const link = await findSetupLink(trx, token)
    if (link?.state !== 'active') return link
    const { employeeId } = link
    await endLinks(trx, [employeeId], 'used')
    await audit(trx, { actor: 'setup link', action: 'setup link used', employeeId })
    await writePin(trx, { employeeId, hash, keyId: key.id, actor: 'setup link' })
    return link
  })
}

/** Ends an employee's PIN, phone clock ID and link at once, for good. Says whether there was any. */
export async function removePin(db: Database, employeeId: number, actor: string): Promise<boolean> {
  return db.transaction().execute(trx => endClocking(trx, employeeId, actor))
}

/** Removal within the transaction that also does something else to the employee. */
export async function endClocking(trx: Database, employeeId: number, actor: string): Promise<boolean> {
  const removed = await trx.deleteFrom('pins').where('employee_id', '=', employeeId).executeTakeFirst()
  const hadId = await retireId(trx, employeeId)
  await endLinks(trx, [employeeId], 'PIN removed')
  const hadAny = removed.numDeletedRows > 0n || hadId
  if (hadAny) await audit(trx, { actor, action: 'PIN removed', employeeId })
  return hadAny
}

/** Ends all PINs, for when their key is lost: IDs and all else stay. Gives how many there were. */
export async function removeAllPins(db: Database, actor: string): Promise<number> {
  return db.transaction().execute(async trx => {
    const removed = await trx.deleteFrom('pins').returning('employee_id').execute()
    for (const { employee_id } of removed) await audit(trx, { actor, action: 'PIN removed', employeeId: employee_id })
    return removed.length
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

/** What hashing the PINs costs that are set, and any other from now on; null: there are none. */
export async function costOfPins(db: Database): Promise<HashCost | null> {
  const pin = await db.selectFrom('pins').select('hash').limit(1).executeTakeFirst()
  return pin ? costOf(pin.hash) : null
}

function refuse(fault: string | null): void {
  if (fault) throw new PinRefused(fault)
}

async function isActive(trx: Database, employeeId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('employees')
    .select('id')
    .where('id', '=', employeeId)
    .where('active', '=', 1)
    .executeTakeFirst()
  return row !== undefined
}

async function writePin(
  trx: Database,
  { employeeId, hash, keyId, actor }: { employeeId: number; hash: string; keyId: string; actor: string },
): Promise<void> {
  const columns = { hash, key_id: keyId, set_at: Date.now(), set_by: actor }
  const had = await trx.selectFrom('pins').select('set_at').where('employee_id', '=', employeeId).executeTakeFirst()
  await trx
    .insertInto('pins')
    .values({ employee_id: employeeId, ...columns })
    .onConflict(conflict => conflict.column('employee_id').doUpdateSet(columns))
    .execute()
  const phoneClockId = await currentId(trx, employeeId)
  // Guesses at another PIN say nothing of this one.
  if (phoneClockId !== null) await forgetWrongPins(trx, { kind: 'id', phoneClockId })
  await audit(trx, { actor, action: had ? 'PIN changed' : 'PIN set', employeeId })
}
