import { chmodSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listAdmins } from '../../src/store/admins.js'
import { verifyChain } from '../../src/store/audit-chain.js'
import { DatabaseUnusable, openDatabase } from '../../src/store/database.js'
import { dueMails } from '../../src/store/mail-outbox.js'
import { migrations } from '../../src/store/migrations/index.js'
import { readRoster } from '../../src/store/roster.js'
import { readSession } from '../../src/store/sessions.js'
import { emailSetupLinks, loadLinkKey } from '../../src/store/setup-links.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { damageDatabase } from '../support/damage.js'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

describe('opening the database', () => {
  it('makes it in a directory that is not there yet, for its owner alone', async () => {
    const inside = join(directory, 'not', 'yet')
    await (await openDatabase(inside)).destroy()
    expect(statSync(inside).mode & 0o777).toBe(0o700)
    expect(statSync(join(inside, 'punchline.db')).mode & 0o777).toBe(0o600)
  })

  it('commits to disk before it says so', async () => {
    const db = await openDatabase(directory)
    const pragma = async (name: string) => Object.values((await sql.raw(`pragma ${name}`).execute(db)).rows[0] ?? {})[0]
    expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys')]).toEqual([
      'wal',
      2,
      1,
    ])
    await db.destroy()
  })

  it('finds what was there before', async () => {
    const before = await openDatabase(directory)
    await before.insertInto('jobs').values({ name: 'Roof', phone_code: '12', created_at: 0 }).execute()
    await before.destroy()
    const after = await openDatabase(directory)
    expect(await after.selectFrom('jobs').select('name').execute()).toEqual([{ name: 'Roof' }])
    await after.destroy()
  })

  it('refuses one from a newer version with a sentence', async () => {
    const db = await openDatabase(directory)
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`.execute(db)
    await db.destroy()
    await expect(openDatabase(directory)).rejects.toThrow(
      'The database is from a newer version of Punchline (it knows 9999-later). Install that version or a later one.',
    )
  })

  it('refuses a file that is no database with a sentence', async () => {
    writeFileSync(join(directory, 'punchline.db'), 'not a database, but long enough to look at '.repeat(20))
    await expect(openDatabase(directory)).rejects.toThrow(/punchline\.db can't be used: file is not a database/)
  })

  it('refuses one that is damaged, and says to restore a backup', async () => {
    const db = await openDatabase(directory)
    await damageDatabase({ db, directory })
    await db.destroy()
    await expect(openDatabase(directory)).rejects.toThrow(/punchline\.db can't be used: .*damaged.*restore/)
  })

  it('refuses a directory that is a file with a sentence', async () => {
    const file = join(directory, 'file')
    writeFileSync(file, '')
    chmodSync(file, 0o600)
    await expect(openDatabase(file)).rejects.toBeInstanceOf(DatabaseUnusable)
  })
})

describe('a migration', () => {
  it('that fails leaves no half of itself', async () => {
    const failing = migrations as Record<string, (typeof migrations)[string]>
    failing['9998-failing'] = {
      async up(db) {
        await db.schema.createTable('half').addColumn('id', 'integer').execute()
        throw new Error('it fails')
      },
    }
    await expect(openDatabase(directory)).rejects.toThrow(/could not|can't be used: it fails/)
    delete failing['9998-failing']
    const db = await openDatabase(directory)
    const tables = await db.introspection.getTables()
    expect(tables.map(table => table.name)).not.toContain('half')
    await db.destroy()
  })

  it('brings a database of the first version up to date, and all that was in it works', async () => {
    copyFileSync('tests/store/databases/0001-initial.db', join(directory, 'punchline.db'))
    const db = await openDatabase(directory)
    expect(
      (await readRoster(db, Date.now())).map(({ name, status, phoneClockId }) => [name, status, phoneClockId]),
    ).toEqual([
      ['Ann Baker', 'Ready', '87733'],
      ['Ben Carter', 'Not set up', null],
      ['Cleo Diaz', 'Not set up', null],
    ])
    expect(await listTimeEntries(db, {})).toMatchObject([{ employee: 'Ann Baker', job: 'Roof', state: 'closed' }])
    expect(await emailSetupLinks(db, loadLinkKey(directory), { actor: 'test', atMost: 9 })).toEqual({ queued: 1 })
    const issued = (await readRoster(db, Date.now())).map(({ phoneClockId }) => phoneClockId)
    expect(issued, 'a retired ID does not return').not.toContain('35716')
    expect(await readSession(db, 'old session')).toBeNull()
    await db.destroy()
  })

  it('brings a database of the second version up to date, with all entries, recordings and links that were in it', async () => {
    copyFileSync('tests/store/databases/0002-rollout.db', join(directory, 'punchline.db'))
    const db = await openDatabase(directory)
    expect(await listTimeEntries(db, {})).toMatchObject([
      { employee: 'Ben Carter', state: 'open', clockInVoice: null },
      { employee: 'Ben Carter', state: 'missing-clock-out', clockInVoice: { hasSpeech: true, verdict: null } },
      { employee: 'Ann Baker', state: 'closed', clockOutVoice: { hasSpeech: false }, isCorrected: false, revision: 1 },
    ])
    expect(await db.selectFrom('voice_checks').select(['recorded_at', 'risk']).orderBy('id').execute()).toEqual([
      { recorded_at: Date.UTC(2026, 9, 5, 12, 5), risk: 0 },
      { recorded_at: Date.UTC(2026, 9, 5, 20, 32), risk: 4 },
      { recorded_at: Date.UTC(2026, 9, 5, 13, 5), risk: 0 },
    ])
    expect(await db.selectFrom('unclaimed_punches').select(['verdict', 'erased_at']).execute()).toEqual([
      { verdict: null, erased_at: null },
    ])
    expect((await readRoster(db, Date.UTC(2026, 10, 24))).map(({ name, status }) => [name, status])).toEqual([
      ['Ann Baker', 'Ready'],
      ['Ben Carter', 'Ready'],
      ['Cleo Diaz', 'Link sent'],
    ])
    expect((await sql`pragma foreign_key_check`.execute(db)).rows).toEqual([])
    await db.destroy()
  })

  it('brings a database of the third version up to date: owners, callers who are known, an audit that is whole', async () => {
    copyFileSync('tests/store/databases/0003-day-to-day.db', join(directory, 'punchline.db'))
    const db = await openDatabase(directory)
    expect((await listAdmins(db)).map(({ email, role }) => [email, role])).toEqual([['office@example.com', 'owner']])
    expect(await db.selectFrom('known_numbers').select(['number', 'latest_at']).execute()).toEqual([
      { number: '+15550102', latest_at: Date.UTC(2026, 9, 5, 14, 5) },
    ])
    const attempts = await db
      .selectFrom('pin_attempts')
      .select(['caller', 'caller_number', 'verdict'])
      .orderBy('id')
      .execute()
    expect(attempts).toEqual([
      { caller: 'usual', caller_number: '+15550102', verdict: 'forgiven' },
      { caller: 'usual', caller_number: '+15550102', verdict: 'right' },
      { caller: 'usual', caller_number: '+15550102', verdict: 'right' },
      { caller: 'stranger', caller_number: '+15550199', verdict: 'wrong' },
      { caller: 'stranger', caller_number: null, verdict: 'unknown' },
    ])
    expect(await dueMails(db, Date.now(), 9)).toMatchObject([
      { address: 'ben@example.com', content: { kind: 'setup link', employee: { name: 'Ben Carter' } } },
    ])
    expect(await verifyChain(db, null)).toMatchObject({ kind: 'whole', events: 7 })
    expect((await sql`pragma foreign_key_check`.execute(db)).rows).toEqual([])
    await db.destroy()
  })
})
