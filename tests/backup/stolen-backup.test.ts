/** A thief has a whole backup. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { addApiToken } from '../../src/store/api-tokens.js'
import { addEmployee } from '../../src/store/employees.js'
import { loadKey } from '../../src/store/key-file.js'
import { beginSecondFactor, enrolment, loadSecondFactorKey } from '../../src/store/second-factors.js'
import { addSession } from '../../src/store/sessions.js'
import { emailSetupLink, linkToken } from '../../src/store/setup-links.js'
import { filesIn } from '../support/files.js'
import { type Company, openCompany, PIN } from './support/company.js'

const PASSWORD = 'correct horse battery'
const SESSION = 'a-session-id-of-256-bits-as-it-is-in-a-cookie'
const KEYS = ['pin.key', 'link.key', 'totp.key', 'session.key']
let company: Company
let secrets: Map<string, string | Buffer>

beforeEach(async () => {
  company = await openCompany()
  const { db, workspace } = company
  await company.clock()
  const ben = await addEmployee(db, { name: 'Ben', email: 'ben@example.com' }, 'test')
  await emailSetupLink(db, workspace.linkKey, { employeeId: ben, actor: 'test', after: null })
  const { nonce } = await db.selectFrom('setup_links').select('nonce').executeTakeFirstOrThrow()
  await addAdmin(db, { email: 'office@example.com', password: PASSWORD, role: 'owner' }, 'test')
  await addSession(
    db,
    SESSION,
    { adminId: 1, browser: null, address: null, awaitsCode: false, throughProvider: false },
    Date.now() + 1e6,
  )
  const totpKey = loadSecondFactorKey(workspace.directory)
  await beginSecondFactor(db, totpKey, 1)
  const admin = { id: 1, email: 'office@example.com', role: 'owner' } as const
  secrets = new Map<string, string | Buffer>([
    ['the PIN', PIN],
    ['the setup link', linkToken(workspace.linkKey, nonce)],
    ['the password', PASSWORD],
    ['the session', SESSION],
    ['the second factor', (await enrolment(db, totpKey, admin, 'Acme'))?.typed.replaceAll(' ', '') ?? ''],
    ['the API token', (await addApiToken(db, 'Payroll', 'test')) ?? ''],
  ])
  for (const name of KEYS) {
    const key = loadKey(join(workspace.directory, name))
    secrets.set(name, key.toString('hex')).set(`${name}, as bytes`, key)
  }
})

afterEach(() => company.close())

/** Which of the secrets can be read in any file under a directory, in the clear. */
function readable(directory: string): string[] {
  const files = filesIn(directory).map(name => readFileSync(join(directory, name)))
  return [...secrets].filter(([, secret]) => files.some(file => file.includes(secret))).map(([name]) => name)
}

it('and reads no PIN, password, token or key in it', async () => {
  for (const secret of secrets.values()) expect(secret.length).toBeGreaterThan(4)
  await company.backUp()
  await company.backUp()
  expect(readable(company.backups)).toEqual([])
})

it('and has the keys where they were asked for by name, and still no PIN, password or token', async () => {
  await company.backUp({ withKeys: true })
  expect(readable(company.backups)).toEqual(KEYS)
})
