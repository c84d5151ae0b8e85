/** Admins: who may sign in to the pages, and what they may do there. */
import type { Instant } from '../clock/time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { hashPassword, verifyPassword } from './hashing.js'
import { passwordFault } from './password-rules.js'
import type { Role } from './schema.js'
import { endSessions } from './sessions.js'
import { isUniqueViolation } from './sqlite.js'

export interface Admin {
  readonly id: number
  readonly email: string
  readonly role: Role
}

/** The e-mail address or the password can't be taken. The message says why. */
export class AdminRefused extends Error {
  readonly field: 'email' | 'password'

  constructor(field: 'email' | 'password', sentence: string) {
    super(sentence)
    this.field = field
  }
}

/** @throws AdminRefused */
export async function addAdmin(
  db: Database,
  { email, password, role }: { email: string; password: string; role: Role },
  actor: string,
): Promise<void> {
  const admin = await newAdmin(email, password, role)
  await db.transaction().execute(trx => insertAdmin(trx, admin, actor))
}

/**
 * Adds an admin if there is none, also when two are added at once; null: there is one.
 * @throws AdminRefused
 */
export async function addFirstAdmin(db: Database, email: string, password: string): Promise<Admin | null> {
  const admin = await newAdmin(email, password, 'owner')
  return db.transaction().execute(async trx => {
    if (await anyAdmin(trx)) return null
    return insertAdmin(trx, admin, 'first-admin link')
  })
}

/**
 * Removes an admin and ends their sessions; gives the e-mail address, null when there was nothing to remove. `by` must still
 * be an owner: of two who remove each other at once, one stays.
 */
export async function removeAdmin(db: Database, adminId: number, by: Admin): Promise<string | null> {
  if (adminId === by.id) throw new Error('nobody can remove themselves')
  return db.transaction().execute(async trx => {
    const admin = await findAdmin(trx, adminId)
    if (!admin || !(await isOwner(trx, by.id))) return null
    await trx.deleteFrom('admins').where('id', '=', adminId).execute()
    await audit(trx, { actor: by.email, action: 'admin removed', detail: admin.email })
    return admin.email
  })
}

/**
 * Gives an admin another role; null when there was nothing to change. `by` must still be an owner: of two who demote each
 * other at once, one stays.
 */
export async function changeRole(db: Database, adminId: number, role: Role, by: Admin): Promise<string | null> {
  if (adminId === by.id) throw new Error('nobody can change their own role')
  return db.transaction().execute(async trx => {
    const admin = await findAdmin(trx, adminId)
    if (!admin || admin.role === role || !(await isOwner(trx, by.id))) return null
    await writeRole(trx, admin, role, by.email)
    return admin.email
  })
}

/** Gives an admin a role, for the command line, which needs nobody's leave. @throws AdminRefused */
export async function setRole(db: Database, email: string, role: Role, actor: string): Promise<void> {
  await db.transaction().execute(async trx => {
    const admin = await findAdminByEmail(trx, email)
    if (!admin) throw new AdminRefused('email', `${email} is no admin.`)
    await writeRole(trx, admin, role, actor)
  })
}

/** Within the transaction that has found another role to be due. */
export async function writeRole(trx: Database, { id, email }: Admin, role: Role, actor: string): Promise<void> {
  await trx.updateTable('admins').set({ role }).where('id', '=', id).execute()
  await audit(trx, { actor, action: 'role changed', detail: `${email}: ${role}` })
}

async function isOwner(trx: Database, adminId: number): Promise<boolean> {
  return (await findAdmin(trx, adminId))?.role === 'owner'
}

interface PasswordChange {
  readonly current: string
  readonly next: string
}

/**
 * Changes an admin's password and ends all their sessions; false: `current` is not the password.
 * @throws AdminRefused
 */
export async function changePassword(db: Database, admin: Admin, { current, next }: PasswordChange): Promise<boolean> {
  await refuseWeak(next, admin.email)
  const before = await passwordHash(db, admin.id)
  if (!(await verifyPassword(before, current))) return false
  const password_hash = await hashPassword(next)
  return db.transaction().execute(async trx => {
    // Changed again meanwhile, `current` is no longer the password.
    if ((await passwordHash(trx, admin.id)) !== before) return false
    await writePassword(trx, admin.id, password_hash)
    await audit(trx, { actor: admin.email, action: 'password changed' })
    return true
  })
}

/**
 * Gives an admin who forgot theirs another password and ends all their sessions; their second factor stays.
 * @throws AdminRefused
 */
export async function setPassword(db: Database, admin: Admin, password: string, actor: string): Promise<void> {
  await refuseWeak(password, admin.email)
  const password_hash = await hashPassword(password)
  await db.transaction().execute(async trx => {
    await writePassword(trx, admin.id, password_hash)
    await audit(trx, { actor, action: 'password set', detail: admin.email })
  })
}

async function writePassword(trx: Database, adminId: number, password_hash: string): Promise<void> {
  await trx.updateTable('admins').set({ password_hash }).where('id', '=', adminId).execute()
  await endSessions(trx, adminId)
}

/** Ends an admin's sessions, wherever they are; gives how many there were. */
export async function signOutEverywhere(db: Database, admin: Admin, actor: string): Promise<number> {
  return db.transaction().execute(async trx => {
    const ended = await endSessions(trx, admin.id)
    if (ended > 0) await audit(trx, { actor, action: 'signed out everywhere', detail: admin.email })
    return ended
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

/** Whether this is the admin's password. */
export async function isPasswordOf(db: Database, adminId: number, password: string): Promise<boolean> {
  return verifyPassword(await passwordHash(db, adminId), password)
}

export async function findAdmin(db: Database, id: number): Promise<Admin | null> {
  const row = await db.selectFrom('admins').select(['id', 'email', 'role']).where('id', '=', id).executeTakeFirst()
  return row ?? null
}

export async function findAdminByEmail(db: Database, email: string): Promise<Admin | null> {
  const row = await db
    .selectFrom('admins')
    .select(['id', 'email', 'role'])
    .where('email', '=', email.trim().toLowerCase())
    .executeTakeFirst()
  return row ?? null
}

export async function anyOwner(db: Database): Promise<boolean> {
  return (
    (await db.selectFrom('admins').select('id').where('role', '=', 'owner').limit(1).executeTakeFirst()) !== undefined
  )
}

export async function anyAdmin(db: Database): Promise<boolean> {
  return (await db.selectFrom('admins').select('id').limit(1).executeTakeFirst()) !== undefined
}

/** By what an admin can sign in. */
export interface WaysIn {
  readonly hasPassword: boolean
  /** Their identity provider's issuer; null: they do not sign in through one. */
  readonly issuer: string | null
}

export async function waysIn(db: Database, adminId: number): Promise<WaysIn> {
  const { password_hash, issuer } = await db
    .selectFrom('admins')
    .select(['password_hash', 'issuer'])
    .where('id', '=', adminId)
    .executeTakeFirstOrThrow()
  return { hasPassword: password_hash !== null, issuer }
}

export interface ListedAdmin extends Admin, WaysIn {
  readonly since: Instant
  readonly hasSecondFactor: boolean
  /** The next sign-in at the provider by someone with this e-mail address connects the account with it. */
  readonly mayConnect: boolean
}

/** All of them, by e-mail address. */
export async function listAdmins(db: Database): Promise<ListedAdmin[]> {
  const rows = await db
    .selectFrom('admins')
    .leftJoin('second_factors', 'second_factors.admin_id', 'admins.id')
    .select(['id', 'email', 'role', 'created_at as since', 'password_hash', 'issuer', 'may_connect', 'confirmed_at'])
    .orderBy('email')
    .execute()
  return rows.map(({ password_hash, may_connect, confirmed_at, ...admin }) => ({
    ...admin,
    hasPassword: password_hash !== null,
    hasSecondFactor: confirmed_at !== null,
    mayConnect: may_connect === 1,
  }))
}

interface NewAdmin {
  readonly email: string
  readonly password_hash: string | null
  readonly role: Role
  readonly issuer?: string
  readonly subject?: string
}

async function newAdmin(email: string, password: string, role: Role): Promise<NewAdmin> {
  const address = email.trim()
  if (address === '') throw new AdminRefused('email', 'An admin needs an e-mail address.')
  if (address.length > 254 || !/^[^\s@]+@[^\s@]+$/.test(address)) {
    throw new AdminRefused('email', `${address} is not an e-mail address.`)
  }
  await refuseWeak(password, address)
  return { email: address, password_hash: await hashPassword(password), role }
}

/** @throws AdminRefused when there is one with the e-mail address already */
export async function insertAdmin(trx: Database, admin: NewAdmin, actor: string): Promise<Admin> {
  const { email, password_hash, role, issuer = null, subject = null } = admin
  const added = await trx
    .insertInto('admins')
    .values({ email: email.toLowerCase(), password_hash, role, issuer, subject, created_at: Date.now() })
    .returning(['id', 'email', 'role'])
    .executeTakeFirstOrThrow()
    .catch(error => {
      throw isUniqueViolation(error) ? new AdminRefused('email', `${email} is an admin already.`) : error
    })
  await audit(trx, { actor, action: 'admin added', detail: `${added.email}: ${role}` })
  return added
}

async function refuseWeak(password: string, email: string): Promise<void> {
  const fault = await passwordFault(password, email)
  if (fault !== null) throw new AdminRefused('password', fault)
}

async function passwordHash(db: Database, adminId: number): Promise<string | null> {
  const row = await db.selectFrom('admins').select('password_hash').where('id', '=', adminId).executeTakeFirst()
  return row?.password_hash ?? null
}
