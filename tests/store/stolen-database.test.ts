/** A thief has the database, or a backup of it, and not the keys beside it. */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { addApiToken } from '../../src/store/api-tokens.js'
import { addCall } from '../../src/store/calls.js'
import { type Database, openDatabase } from '../../src/store/database.js'
import { addEmployee } from '../../src/store/employees.js'
import { loadPinKey } from '../../src/store/hashing.js'
import { judge } from '../../src/store/judging.js'
import { pinsOfOtherKeys } from '../../src/store/pins.js'
import { beginSecondFactor, checkCode, enrolment, loadSecondFactorKey } from '../../src/store/second-factors.js'
import { addSession } from '../../src/store/sessions.js'
import { emailSetupLink, findSetupLink, linkToken, loadLinkKey } from '../../src/store/setup-links.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const PASSWORD = 'correct horse battery'
const SESSION = 'a-session-id-of-256-bits-as-it-is-in-a-cookie'
let workspace: Workspace
let secrets: string[]
let phoneClockId: string
let thief: { directory: string; db: Database }

beforeEach(async () => {
  workspace = await openWorkspace()
  const { db, directory, linkKey } = workspace
  phoneClockId = (await workspace.hire('Ann', '80527')).phoneClockId
  const ben = await addEmployee(db, { name: 'Ben', email: 'ben@example.com' }, 'test')
  await emailSetupLink(db, linkKey, { employeeId: ben, actor: 'test', after: null })
  const { nonce } = await db.selectFrom('setup_links').select('nonce').executeTakeFirstOrThrow()
  await addAdmin(db, { email: 'office@example.com', password: PASSWORD, role: 'owner' }, 'test')
  const admin = { id: 1, email: 'office@example.com', role: 'owner' } as const
  await addSession(
    db,
    SESSION,
    { adminId: 1, browser: null, address: null, awaitsCode: false, throughProvider: false },
    Date.now() + 1e6,
  )
  const key = loadSecondFactorKey(directory)
  await beginSecondFactor(db, key, 1)
  const secret = (await enrolment(db, key, admin, 'Acme'))?.typed.replaceAll(' ', '') ?? ''
  secrets = [
    '80527',
    linkToken(linkKey, nonce),
    PASSWORD,
    SESSION,
    secret,
    (await addApiToken(db, 'Payroll', 'test')) ?? '',
  ]
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
  const stolen = mkdtempSync(join(tmpdir(), 'punchline-stolen-'))
  copyFileSync(join(directory, 'punchline.db'), join(stolen, 'punchline.db'))
  thief = { directory: stolen, db: await openDatabase(stolen) }
})

afterEach(async () => {
  await thief.db.destroy()
  rmSync(thief.directory, { recursive: true })
  await workspace.close()
})

it('holds no secret that can be read', () => {
  expect(secrets.every(secret => secret.length > 4)).toBe(true)
  const file = readFileSync(join(thief.directory, 'punchline.db'))
  for (const secret of secrets) expect(file.includes(secret)).toBe(false)
  for (const name of ['pin.key', 'link.key', 'totp.key']) {
    const key = readFileSync(join(workspace.directory, name), 'utf8').trim()
    expect(file.includes(key)).toBe(false)
    expect(file.includes(Buffer.from(key, 'hex'))).toBe(false)
  }
})

it('verifies no PIN, be it the right one, and says that the key is another', async () => {
  const key = loadPinKey(thief.directory)
  const callId = await addCall(thief.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
  expect(await judge(thief.db, key, { callId, callerNumber: null, phoneClockId, pin: '80527' })).toBeNull()
  expect(await pinsOfOtherKeys(thief.db, key)).toBe(1)
})

it('opens no setup link', async () => {
  const { nonce, token_hash } = await thief.db.selectFrom('setup_links').selectAll().executeTakeFirstOrThrow()
  for (const guess of [linkToken(loadLinkKey(thief.directory), nonce), nonce, token_hash]) {
    expect(await findSetupLink(workspace.db, guess)).toBeNull()
  }
})

it('makes no code of a second factor', async () => {
  const admin = { id: 1, email: 'office@example.com', role: 'owner' } as const
  const key = loadSecondFactorKey(thief.directory)
  await expect(enrolment(thief.db, key, admin, 'Acme')).rejects.toThrow()
  await expect(checkCode(thief.db, key, admin, '123456')).rejects.toThrow()
})

it('continues no session and uses no token by what is stored of them', async () => {
  const { id_hash } = await thief.db.selectFrom('sessions').select('id_hash').executeTakeFirstOrThrow()
  expect(id_hash).toBe(createHash('sha256').update(SESSION).digest('hex'))
  const { token_hash } = await thief.db.selectFrom('api_tokens').select('token_hash').executeTakeFirstOrThrow()
  expect(secrets.at(-1)).not.toContain(token_hash)
})
