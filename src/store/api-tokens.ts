/** What other systems read the API with: 256 random bits, of which only the SHA-256 is kept. */
import { createHash, randomBytes } from 'node:crypto'
import { type Instant, MINUTE } from '../clock/time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'

export interface ApiToken {
  readonly id: number
  readonly name: string
  readonly madeAt: Instant
  readonly madeBy: string
  /** To the minute; null when never. */
  readonly usedAt: Instant | null
  readonly revoked: { readonly at: Instant; readonly by: string } | null
}

/** Tells people, and scanners of code and logs, what they have before them. */
const PREFIX = 'punchline_'

/** More than anyone looks through. */
const LISTED = 200

/**
 * Makes a token, which nobody can read a second time; null when another that is not revoked has this name, so that a form
 * that is sent twice makes one.
 */
export async function addApiToken(db: Database, name: string, actor: string): Promise<string | null> {
  const token = PREFIX + randomBytes(32).toString('base64url')
  return db.transaction().execute(async trx => {
    const same = trx.selectFrom('api_tokens').select('id').where('name', '=', name).where('revoked_at', 'is', null)
    if (await same.executeTakeFirst()) return null
    await trx
      .insertInto('api_tokens')
      .values({ name, token_hash: hashOf(token), created_at: Date.now(), created_by: actor })
      .execute()
    await audit(trx, { actor, action: 'API token made', detail: name })
    return token
  })
}

/** Whether a token opens the API. Notes the use, once a minute at most: reading writes nothing all the time. */
export async function useApiToken(db: Database, token: string): Promise<boolean> {
  const found = await db
    .selectFrom('api_tokens')
    .select(['id', 'used_at'])
    .where('token_hash', '=', hashOf(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!found) return false
  const now = Date.now()
  if (found.used_at === null || found.used_at <= now - MINUTE) {
    await db.updateTable('api_tokens').set({ used_at: now }).where('id', '=', found.id).execute()
  }
  return true
}

/** Ends a token at once; gives its name, null when there was nothing to end. */
export async function revokeApiToken(db: Database, id: number, actor: string): Promise<string | null> {
  return db.transaction().execute(async trx => {
    const revoked = await trx
      .updateTable('api_tokens')
      .set({ revoked_at: Date.now(), revoked_by: actor })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst()
    if (!revoked) return null
    await audit(trx, { actor, action: 'API token revoked', detail: revoked.name })
    return revoked.name
  })
}

/** Those that work first, and the newest of each. */
export async function listApiTokens(db: Database): Promise<ApiToken[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy(eb => eb('revoked_at', 'is not', null))
    .orderBy('id', 'desc')
    .limit(LISTED)
    .execute()
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    madeAt: row.created_at,
    madeBy: row.created_by,
    usedAt: row.used_at,
    revoked: row.revoked_at === null ? null : { at: row.revoked_at, by: row.revoked_by ?? '' },
  }))
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
