/** Second factors of admins: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when that is lost. */
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import type { Admin } from './admins.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { loadKey } from './key-file.js'
import { seal, unseal } from './sealing.js'

/** Opens the secrets of second factors. */
export interface SecondFactorKey {
  readonly totpSecret: Buffer
}

/** The key in `directory`, made at first use. Throws when it can't be read or isn't one. */
export function loadSecondFactorKey(directory: string): SecondFactorKey {
  return { totpSecret: loadKey(join(directory, 'totp.key')) }
}

/** What an authenticator app is given. */
export interface Enrolment {
  /** otpauth://…, for a QR code. */
  readonly url: string
  /** The secret to type, in groups. */
  readonly typed: string
}

const STEP_SECONDS = 30
const RECOVERY_CODES = 10
/** Without letters and digits that look alike. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 24

/** Whether an admin's sign-in needs a code. */
export async function hasSecondFactor(db: Database, adminId: number): Promise<boolean> {
  const row = await db
    .selectFrom('second_factors')
    .select('admin_id')
    .where('admin_id', '=', adminId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** How many recovery codes an admin has left. */
export async function recoveryCodesLeft(db: Database, adminId: number): Promise<number> {
  const { left } = await db
    .selectFrom('recovery_codes')
    .select(eb => eb.fn.countAll<number>().as('left'))
    .where('admin_id', '=', adminId)
    .executeTakeFirstOrThrow()
  return left
}

/** Begins to set up a second factor, which counts once it is confirmed. One that counts already stays as it is. */
export async function beginSecondFactor(db: Database, key: SecondFactorKey, adminId: number): Promise<void> {
  const sealed_secret = seal(key.totpSecret, new Secret({ size: 20 }).base32, contextOf(adminId))
  await db
    .insertInto('second_factors')
    .values({ admin_id: adminId, sealed_secret, confirmed_at: null })
    .onConflict(conflict =>
      conflict.column('admin_id').doUpdateSet({ sealed_secret }).where('second_factors.confirmed_at', 'is', null),
    )
    .execute()
}

/** What the app is given for the second factor that is being set up; null: none is. */
export async function enrolment(
  db: Database,
  key: SecondFactorKey,
  admin: Admin,
  companyName: string,
): Promise<Enrolment | null> {
  const factor = await readFactor(db, admin.id)
  if (!factor || factor.confirmed_at !== null) return null
  const secret = unseal(key.totpSecret, factor.sealed_secret, contextOf(admin.id))
  const url = new TOTP({ issuer: `${companyName} phone clock`, label: admin.email, secret }).toString()
  return { url, typed: secret.match(/.{1,4}/g)?.join(' ') ?? secret }
}

/** Turns the second factor on when the code is right, and gives the recovery codes; null: it is not. */
export async function confirmSecondFactor(
  db: Database,
  key: SecondFactorKey,
  admin: Admin,
  code: string,
): Promise<readonly string[] | null> {
  return db.transaction().execute(async trx => {
    const factor = await readFactor(trx, admin.id)
    if (!factor || factor.confirmed_at !== null || !(await takeTotp(trx, key, admin.id, code))) return null
    await trx.updateTable('second_factors').set({ confirmed_at: Date.now() }).where('admin_id', '=', admin.id).execute()
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode)
    await trx.deleteFrom('recovery_codes').where('admin_id', '=', admin.id).execute()
    await trx
      .insertInto('recovery_codes')
      .values(codes.map(each => ({ code_hash: hashOf(each), admin_id: admin.id })))
      .execute()
    await audit(trx, { actor: admin.email, action: 'second factor turned on' })
    return codes
  })
}

/** Whether a code of the app, or a recovery code, is right. Neither is right twice. */
export async function checkCode(db: Database, key: SecondFactorKey, admin: Admin, code: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const typed = code.toUpperCase().replace(/[\s-]/g, '')
    if (/^\d{6}$/.test(typed)) return takeTotp(trx, key, admin.id, typed)
    const used = await trx
      .deleteFrom('recovery_codes')
      .where('code_hash', '=', hashOf(typed))
      .where('admin_id', '=', admin.id)
      .executeTakeFirst()
    if (used.numDeletedRows === 0n) return false
    await audit(trx, { actor: admin.email, action: 'recovery code used' })
    return true
  })
}

/** Turns an admin's second factor off; false: there was none. */
export async function endSecondFactor(db: Database, admin: Admin, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    await trx.deleteFrom('recovery_codes').where('admin_id', '=', admin.id).execute()
    const ended = await trx
      .deleteFrom('second_factors')
      .where('admin_id', '=', admin.id)
      .returning('confirmed_at')
      .executeTakeFirst()
    if (ended?.confirmed_at == null) return false
    await audit(trx, { actor, action: 'second factor turned off', detail: admin.email })
    return true
  })
}

async function readFactor(db: Database, adminId: number) {
  return db.selectFrom('second_factors').selectAll().where('admin_id', '=', adminId).executeTakeFirst()
}

/** Takes a code of now, or of the step before or after: clocks differ. A step at or before the latest one is no longer taken. */
async function takeTotp(trx: Database, key: SecondFactorKey, adminId: number, code: string): Promise<boolean> {
  const factor = await readFactor(trx, adminId)
  if (!factor) return false
  const totp = new TOTP({ secret: unseal(key.totpSecret, factor.sealed_secret, contextOf(adminId)) })
  const timestamp = Date.now()
  const delta = totp.validate({ token: code.replace(/\s/g, ''), timestamp, window: 1 })
  if (delta === null) return false
  const step = Math.floor(timestamp / 1000 / STEP_SECONDS) + delta
  if (step <= factor.latest_step) return false
  await trx.updateTable('second_factors').set({ latest_step: step }).where('admin_id', '=', adminId).execute()
  return true
}

/** ABCD-EFGH-…, of 120 random bits. */
function newRecoveryCode(): string {
  const letters = Array.from(randomBytes(CODE_LENGTH), byte => ALPHABET[byte % ALPHABET.length]).join('')
  return letters.match(/.{4}/g)?.join('-') ?? letters
}

/** As it is shown or typed. */
function hashOf(code: string): string {
  return createHash('sha256').update(code.replace(/-/g, '')).digest('hex')
}

function contextOf(adminId: number): string {
  return `second factor of admin ${adminId}`
}
