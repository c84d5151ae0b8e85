/**
 * Admins who sign in through the company's identity provider. Issuer and subject say who they are, never the e-mail address:
 * that only names the account here.
 */
import { type Admin, findAdminByEmail, insertAdmin, writeRole } from './admins.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import type { Role } from './schema.js'

/** Somebody as the provider knows them. */
export interface ProviderIdentity {
  readonly issuer: string
  /** Whom the issuer means; it never gives it to another. */
  readonly subject: string
  readonly email: string
  /** The issuer vouches for it. */
  readonly isEmailVerified: boolean
  /** By their groups. */
  readonly role: Role
}

/**
 * `taken`: an account here has the e-mail address, and is not connected with the provider. `not verified`: an owner lets it be
 * connected, but by the e-mail address alone, for which the provider does not vouch.
 */
export type Arrival = Admin | 'taken' | 'not verified'

/**
 * The admin who signs in, with the role that they have now. Somebody new becomes an admin. An account with the same e-mail
 * address is theirs only where an owner has said so.
 */
export async function signInByProvider(db: Database, identity: ProviderIdentity): Promise<Arrival> {
  return db.transaction().execute(async trx => {
    const known = await findByIdentity(trx, identity)
    if (known) return withRole(trx, known, identity)
    const namesake = await findAdminByEmail(trx, identity.email)
    if (!namesake) return insertAdmin(trx, { ...identity, password_hash: null }, identity.issuer)
    if (!(await mayConnect(trx, namesake.id, identity))) return 'taken'
    if (!identity.isEmailVerified) return 'not verified'
    await connect(trx, namesake, identity)
    return withRole(trx, namesake, identity)
  })
}

/** Lets an account be connected with the provider by its e-mail address at the next sign-in there, or no longer. */
export async function letConnect(db: Database, admin: Admin, isAllowed: boolean, actor: string): Promise<void> {
  await db.transaction().execute(async trx => {
    await trx
      .updateTable('admins')
      .set({ may_connect: isAllowed ? 1 : 0 })
      .where('id', '=', admin.id)
      .execute()
    const action = isAllowed ? 'connecting allowed' : 'connecting no longer allowed'
    await audit(trx, { actor, action, detail: admin.email })
  })
}

async function findByIdentity(trx: Database, { issuer, subject }: ProviderIdentity): Promise<Admin | null> {
  const row = await trx
    .selectFrom('admins')
    .select(['id', 'email', 'role'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row ?? null
}

async function withRole(trx: Database, admin: Admin, { role, issuer }: ProviderIdentity): Promise<Admin> {
  if (admin.role !== role) await writeRole(trx, admin, role, issuer)
  return { ...admin, role }
}

/** An account of an earlier provider may be, too; one of somebody else at this provider never. */
async function mayConnect(trx: Database, adminId: number, identity: ProviderIdentity): Promise<boolean> {
  const { issuer, may_connect } = await trx
    .selectFrom('admins')
    .select(['issuer', 'may_connect'])
    .where('id', '=', adminId)
    .executeTakeFirstOrThrow()
  return issuer !== identity.issuer && may_connect === 1
}

async function connect(trx: Database, admin: Admin, { issuer, subject }: ProviderIdentity): Promise<void> {
  await trx.updateTable('admins').set({ issuer, subject, may_connect: 0 }).where('id', '=', admin.id).execute()
  await audit(trx, { actor: issuer, action: 'account connected', detail: admin.email })
}
