/** Sessions of signed-in admins. Only the SHA-256 of a session's id is stored: the table alone opens no session. */
import { createHash } from 'node:crypto'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'

/** The data of a session that has not expired. */
export async function readSession(db: Database, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('sessions')
    .select('data')
    .where('id_hash', '=', hashOf(id))
    .where('expires_at', '>', Date.now())
    .executeTakeFirst()
  return row?.data ?? null
}

export async function writeSession(db: Database, id: string, data: string, expiresAt: Instant): Promise<void> {
  await db
    .insertInto('sessions')
    .values({ id_hash: hashOf(id), data, expires_at: expiresAt })
    .onConflict(conflict => conflict.column('id_hash').doUpdateSet({ data, expires_at: expiresAt }))
    .execute()
}

/** A session that was removed stays removed. */
export async function extendSession(db: Database, id: string, expiresAt: Instant): Promise<void> {
  await db.updateTable('sessions').set({ expires_at: expiresAt }).where('id_hash', '=', hashOf(id)).execute()
}

export async function removeSession(db: Database, id: string): Promise<void> {
  await db.deleteFrom('sessions').where('id_hash', '=', hashOf(id)).execute()
}

export async function removeExpiredSessions(db: Database): Promise<void> {
  await db.deleteFrom('sessions').where('expires_at', '<=', Date.now()).execute()
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
