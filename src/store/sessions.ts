/** Sessions of signed-in admins. Only the SHA-256 of a session's id is stored: the table alone opens no session. */
import { createHash } from 'node:crypto'
import type { ExpressionBuilder } from 'kysely'
import { DAY, type Instant, MINUTE } from '../clock/time.js'
import type { Database } from './database.js'
import type { Schema } from './schema.js'

export interface Session {
  readonly adminId: number
  /** As the browser calls itself. */
  readonly browser: string | null
  /** The network address that it signed in from. */
  readonly address: string | null
  /** The password was right, the second factor is still asked for: it opens nothing else. */
  readonly awaitsCode: boolean
  /** Begun at the identity provider, which may know of a change that Punchline does not: it is never extended. */
  readonly throughProvider: boolean
}

/** However much it is used, a session ends so long after its sign-in (ASVS 7.3.2). */
export const LONGEST_SESSION = 7 * DAY

/** A clock that is kept right goes back by less. */
const CLOCK_SLACK = MINUTE

/** A session that has not expired. */
export async function readSession(db: Database, id: string): Promise<Session | null> {
  const row = await db
    .selectFrom('sessions')
    .select(['admin_id as adminId', 'browser', 'address', 'awaits_code', 'through_provider'])
    .where('id_hash', '=', hashOf(id))
    .where(isAlive(Date.now()))
    .executeTakeFirst()
  if (!row) return null
  const { awaits_code, through_provider, ...session } = row
  return { ...session, awaitsCode: awaits_code === 1, throughProvider: through_provider === 1 }
}

/** A session is written once, at the sign-in; written again it stays as it was. */
export async function addSession(db: Database, id: string, session: Session, expiresAt: Instant): Promise<void> {
  const { adminId, browser, address, awaitsCode, throughProvider } = session
  const now = Date.now()
  await db
    .insertInto('sessions')
    .values({
      id_hash: hashOf(id),
      admin_id: adminId,
      browser,
      address,
      signed_in_at: now,
      seen_at: now,
      expires_at: expiresAt,
      awaits_code: awaitsCode ? 1 : 0,
      through_provider: throughProvider ? 1 : 0,
    })
    .onConflict(conflict => conflict.column('id_hash').doNothing())
    .execute()
}

/** What the session's next page has to say. */
export async function leaveNotice(db: Database, id: string, notice: string): Promise<void> {
  await db.updateTable('sessions').set({ notice }).where('id_hash', '=', hashOf(id)).execute()
}

/** What was left for this page, once. */
export async function takeNotice(db: Database, id: string): Promise<string | null> {
  const found = await db
    .selectFrom('sessions')
    .select('notice')
    .where('id_hash', '=', hashOf(id))
    .where('notice', 'is not', null)
    .executeTakeFirst()
  if (!found) return null
  await db.updateTable('sessions').set({ notice: null }).where('id_hash', '=', hashOf(id)).execute()
  return found.notice
}

/** A session that was ended stays ended, and one through the provider ends when it was to end at first. */
export async function extendSession(db: Database, id: string, expiresAt: Instant): Promise<void> {
  await db
    .updateTable('sessions')
    .set(eb => ({
      seen_at: Date.now(),
      expires_at: eb.case().when('through_provider', '=', 1).then(eb.ref('expires_at')).else(expiresAt).end(),
    }))
    .where('id_hash', '=', hashOf(id))
    .where('awaits_code', '=', 0)
    .execute()
}

export async function removeSession(db: Database, id: string): Promise<void> {
  await db.deleteFrom('sessions').where('id_hash', '=', hashOf(id)).execute()
}

/** A session as its admin sees it in a list. */
export interface ListedSession {
  /** Names it in its admin's list; opens nothing. */
  readonly id: number
  readonly browser: string | null
  readonly address: string | null
  readonly signedInAt: Instant
  readonly seenAt: Instant
  readonly isThis: boolean
}

/** An admin's sessions, the one with the id `current` marked and first, then the latest seen. */
export async function listSessions(db: Database, adminId: number, current: string): Promise<ListedSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'id_hash', 'browser', 'address', 'signed_in_at as signedInAt', 'seen_at as seenAt'])
    .where('admin_id', '=', adminId)
    .where('awaits_code', '=', 0)
    .where(isAlive(Date.now()))
    .orderBy('seen_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const listed = rows.map(({ id_hash, ...session }) => ({ ...session, isThis: id_hash === hashOf(current) }))
  return listed.sort((a, b) => Number(b.isThis) - Number(a.isThis))
}

/** Ends one of an admin's sessions, never the one with the id `current`; false: there is no such session. */
export async function endSession(db: Database, adminId: number, listedId: number, current: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('id', '=', listedId)
    .where('admin_id', '=', adminId)
    .where('id_hash', '!=', hashOf(current))
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** Ends an admin's sessions, but for the one with the id `kept`, where it is given. Says how many. */
export async function endSessions(db: Database, adminId: number, kept?: string): Promise<number> {
  const all = db.deleteFrom('sessions').where('admin_id', '=', adminId)
  const query = kept === undefined ? all : all.where('id_hash', '!=', hashOf(kept))
  return Number((await query.executeTakeFirstOrThrow()).numDeletedRows)
}

export async function removeExpiredSessions(db: Database): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where(eb => eb.not(isAlive(Date.now())(eb)))
    .execute()
}

function isAlive(now: Instant) {
  return (eb: ExpressionBuilder<Schema, 'sessions'>) =>
    eb.and([
      eb('expires_at', '>', now),
      eb('signed_in_at', '>', now - LONGEST_SESSION),
      // Signed in by a clock that was ahead and is right now: it would last for longer.
      eb('signed_in_at', '<', now + CLOCK_SLACK),
    ])
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
