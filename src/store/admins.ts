/** Admins: who may sign in to the pages. */
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { hashPassword, verifyPassword } from './hashing.js'
import { isUniqueViolation } from './sqlite.js'

/** The admin could not be added. The message says why. */
export class AdminRefused extends Error {}

const SHORTEST_PASSWORD = 12

/** @throws AdminRefused */
export async function addAdmin(db: Database, email: string, password: string, actor: string): Promise<void> {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new AdminRefused(`${email} is not an e-mail address.`)
  if (password.length < SHORTEST_PASSWORD) {
    throw new AdminRefused(`A password has at least ${SHORTEST_PASSWORD} characters; this one has ${password.length}.`)
  }
  const password_hash = await hashPassword(password)
  await db.transaction().execute(async trx => {
    await trx
      .insertInto('admins')
      .values({ email: email.toLowerCase(), password_hash, created_at: Date.now() })
      .execute()
      .catch(error => {
        throw isUniqueViolation(error) ? new AdminRefused(`${email} is an admin already.`) : error
      })
    await audit(trx, { actor, action: 'admin added', detail: email.toLowerCase() })
  })
}

/** The admin with this e-mail address and password, or null, after the same work. */
export async function signIn(db: Database, email: string, password: string): Promise<{ id: number } | null> {
  const admin = await db
    .selectFrom('admins')
    .select(['id', 'password_hash'])
    .where('email', '=', email.trim().toLowerCase())
    .executeTakeFirst()
  const matches = await verifyPassword(admin?.password_hash ?? null, password)
  return admin && matches ? { id: admin.id } : null
}

export async function findAdmin(db: Database, id: number): Promise<{ id: number; email: string } | null> {
  const row = await db.selectFrom('admins').select(['id', 'email']).where('id', '=', id).executeTakeFirst()
  return row ?? null
}

export async function anyAdmin(db: Database): Promise<boolean> {
  return (await db.selectFrom('admins').select('id').limit(1).executeTakeFirst()) !== undefined
}
