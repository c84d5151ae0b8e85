/** Browsers in which admins have signed in, known by a cookie. Nobody gets in by it: it only chooses with whom they are counted. */
import { createHash, randomBytes } from 'node:crypto'
import { DAY } from '../clock/time.js'
import type { Database } from './database.js'

/** As long as browsers keep cookies. */
export const BROWSER_KNOWN_FOR = 400 * DAY

/** Remembers a browser, and gives the token by which it is known. */
export async function rememberBrowser(db: Database, adminId: number): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db
    .insertInto('known_browsers')
    .values({ token_hash: hashOf(token), admin_id: adminId, seen_at: Date.now() })
    .execute()
  return token
}

/** Whether the admin with this e-mail address has signed in with the browser that has the token. Notes that it was seen. */
export async function isKnownBrowser(db: Database, token: string, email: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('known_browsers')
    .set({ seen_at: Date.now() })
    .where('token_hash', '=', hashOf(token))
    .where('admin_id', 'in', db.selectFrom('admins').select('id').where('email', '=', email.trim().toLowerCase()))
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export async function forgetOldBrowsers(db: Database): Promise<void> {
  await db
    .deleteFrom('known_browsers')
    .where('seen_at', '<', Date.now() - BROWSER_KNOWN_FOR)
    .execute()
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
