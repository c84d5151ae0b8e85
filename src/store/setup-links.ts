/**
 * Setup links: made with their mail, found by their token, ended. A token is made of the link's nonce and a key outside
 * the database, so that a mail can be written again after a restart and yet no table or backup of one opens a link.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import pLimit from 'p-limit'
import { LINK_LIFE, type LinkEnd, linkState } from '../clock/setup-status.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { loadKey } from './key-file.js'
import { cancelMails, queueMails } from './mail-outbox.js'
import { issueIds } from './phone-clock-ids.js'
import { findOnRoster, isDue, type RosterEntry, readRoster } from './roster.js'

/** The link was not made. The message says why. */
export class LinkRefused extends Error {}

/** Makes tokens out of nonces. */
export interface LinkKey {
  readonly linkSecret: Buffer
}

/** The key in `directory`, made at first use. Throws when it can't be read or isn't one. */
export function loadLinkKey(directory: string): LinkKey {
  return { linkSecret: loadKey(join(directory, 'link.key')) }
}

/** The token of a link: 256 bits as 43 characters that a URL can hold. */
export function linkToken(key: LinkKey, nonce: string): string {
  return createHmac('sha256', key.linkSecret).update(nonce).digest('base64url')
}

/**
 * Links one employee and queues the mail; the link before it ends. `after` is the latest link that whoever asks knew of
 * (null: none): when there is a later one it was asked for twice, nothing is done, and the answer is false.
 * @throws LinkRefused
 */
export async function emailSetupLink(
  db: Database,
  key: LinkKey,
  { employeeId, actor, after }: { employeeId: number; actor: string; after: number | null },
): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const employee = await findOnRoster(trx, Date.now(), employeeId)
    if (!employee) throw new LinkRefused('There is no such active employee.')
    if (employee.email === null) throw new LinkRefused(`${employee.name} has no e-mail address.`)
    if ((employee.link?.id ?? null) !== after) return false
    await link(trx, key, { employees: [employee], actor, mailingId: null })
    return true
  })
}

/** At once in one transaction; between two of these, calls have their turn. */
const AT_ONCE = 250

/** Two presses at once would share the employees between them, and each would tell of a part. */
const oneAtATime = pLimit(1)

/**
 * Links everyone who is due and queues the mails. Whoever got a link in the meantime is skipped, so that asking twice
 * mails nobody twice. When more than `atMost` are due, nobody is linked. Gives how many were linked, or were due.
 */
export function emailSetupLinks(
  db: Database,
  key: LinkKey,
  press: { actor: string; atMost: number },
): Promise<{ readonly queued: number } | { readonly due: number }> {
  return oneAtATime(async () => {
    const due = (await readRoster(db, Date.now())).filter(isDue).map(({ employeeId }) => employeeId)
    if (due.length > press.atMost) return { due: due.length }
    return { queued: due.length === 0 ? 0 : await emailInBatches(db, key, due, press.actor) }
  })
}

async function emailInBatches(
  db: Database,
  key: LinkKey,
  employeeIds: readonly number[],
  actor: string,
): Promise<number> {
  const mailingId = await addMailing(db, actor)
  let queued = 0
  for (let done = 0; done < employeeIds.length; done += AT_ONCE) {
    const batch = employeeIds.slice(done, done + AT_ONCE)
    queued += await db.transaction().execute(async trx => {
      const employees = (await readRoster(trx, Date.now(), batch)).filter(isDue)
      if (employees.length > 0) await link(trx, key, { employees, actor, mailingId })
      return employees.length
    })
    await nextTurn()
  }
  return queued
}

async function addMailing(db: Database, actor: string): Promise<number> {
  const { id } = await db
    .insertInto('mailings')
    .values({ started_at: Date.now(), started_by: actor })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

async function link(
  trx: Database,
  key: LinkKey,
  { employees, actor, mailingId }: { employees: readonly RosterEntry[]; actor: string; mailingId: number | null },
): Promise<void> {
  const idsOf = (some: readonly RosterEntry[]) => some.map(({ employeeId }) => employeeId)
  await issueIds(trx, idsOf(employees.filter(employee => employee.phoneClockId === null)), actor)
  await endLinks(trx, idsOf(employees.filter(employee => employee.link?.ended === null)), 'replaced')
  const now = Date.now()
  const links = await trx
    .insertInto('setup_links')
    .values(
      employees.map(({ employeeId }) => {
        const nonce = randomBytes(32).toString('base64url')
        return {
          employee_id: employeeId,
          token_hash: hashOf(linkToken(key, nonce)),
          nonce,
          created_at: now,
          created_by: actor,
          expires_at: now + LINK_LIFE,
        }
      }),
    )
    .returning(['id', 'employee_id'])
    .execute()
  const addresses = new Map(employees.map(({ employeeId, email }) => [employeeId, email]))
  await queueMails(
    trx,
    links.map(({ id, employee_id }) => ({ setupLinkId: id, mailingId, address: addresses.get(employee_id) ?? '' })),
  )
  await audit(
    trx,
    ...employees.map(({ employeeId, status }) => {
      const action = status === 'Ready' ? ('reset link emailed' as const) : ('setup link emailed' as const)
      return { actor, action, employeeId }
    }),
  )
}

/** Ends the employees' links, and the mails that still wait with them. */
export async function endLinks(trx: Database, employeeIds: readonly number[], ended: LinkEnd): Promise<void> {
  if (employeeIds.length === 0) return
  await cancelMails(trx, employeeIds)
  await trx
    .updateTable('setup_links')
    .set({ ended, ended_at: Date.now() })
    .where('employee_id', 'in', employeeIds)
    .where('ended', 'is', null)
    .execute()
}

/** What somebody who has a link's token gets to see. */
export type SetupLink =
  | {
      readonly state: 'active'
      readonly id: number
      readonly employeeId: number
      readonly name: string
      readonly phoneClockId: string
      /** The link resets a PIN that works until then. */
      readonly hasPin: boolean
    }
  | { readonly state: 'expired' | Exclude<LinkEnd, 'PIN removed'> }

/** The link of a token. Null: there never was one, or it went with its employee's phone clock ID. */
export async function findSetupLink(db: Database, token: string): Promise<SetupLink | null> {
  const row = await db
    .selectFrom('setup_links')
    .innerJoin('employees', 'employees.id', 'setup_links.employee_id')
    .innerJoin('phone_clock_ids', 'phone_clock_ids.employee_id', 'employees.id')
    .leftJoin('pins', 'pins.employee_id', 'employees.id')
    .where('token_hash', '=', hashOf(token))
    .where('employees.active', '=', 1)
    .where('phone_clock_ids.retired_at', 'is', null)
    .select([
      'setup_links.id',
      'setup_links.employee_id',
      'setup_links.ended',
      'setup_links.expires_at',
      'employees.name',
      'phone_clock_ids.phone_clock_id',
      'pins.set_at',
    ])
    .executeTakeFirst()
  if (!row) return null
  const state = linkState({ ended: row.ended, expiresAt: row.expires_at }, Date.now())
  if (state === 'PIN removed') return null
  if (state !== 'active') return { state }
  const { id, employee_id: employeeId, name, phone_clock_id: phoneClockId, set_at } = row
  return { state, id, employeeId, name, phoneClockId, hasPin: set_at !== null }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
