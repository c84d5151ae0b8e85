/** Databases as each earlier version left them, brought up to date. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migration } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.js'
import { migrations } from '../../src/store/migrations/index.js'
import { sqliteDamage } from '../../src/store/sqlite.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { dump } from '../support/dump.js'
import { filesIn } from '../support/files.js'

const FOLDER = 'tests/store/databases'
const VERSIONS = readdirSync(FOLDER).sort()

/** Whose rows no upgrade may lose or change, as far as they had columns. */
const KEPT = [
  'admins',
  'audit_events',
  'calls',
  'employees',
  'jobs',
  'phone_clock_ids',
  'pins',
  'punches',
  'settings',
  'setup_links',
  'time_entries',
  'unclaimed_punches',
  'voice_checks',
]

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  file = join(directory, 'punchline.db')
})

afterEach(() => rmSync(directory, { recursive: true }))

/** Puts a copy of one there; gives all that is in it. */
function put(version: string): ReturnType<typeof dump> {
  copyFileSync(join(FOLDER, version), file)
  return dump(file)
}

async function upgrade(): Promise<void> {
  await (await openDatabase(directory)).destroy()
}

it('there is a database of every version before this one', () => {
  expect(VERSIONS).toEqual(
    Object.keys(migrations)
      .slice(0, -1)
      .map(name => `${name}.db`),
  )
})

describe.each(VERSIONS)('a database of %s', version => {
  it('has all its rows afterwards, and is sound', async () => {
    const before = put(version).rows
    await upgrade()
    const after = dump(file).rows
    for (const table of KEPT.filter(name => name in before)) {
      const columns = Object.keys(before[table]?.[0] ?? {})
      const kept = after[table]?.map(row => Object.fromEntries(columns.map(column => [column, row[column]])))
      expect([table, kept]).toEqual([table, before[table]])
    }
    expect(before.punches?.length).toBeGreaterThan(0)
    expect(sqliteDamage(file)).toBeNull()
    const db = await openDatabase(directory)
    expect(await listTimeEntries(db, {})).toHaveLength(before.time_entries?.length ?? 0)
    await db.destroy()
  })

  it('is kept as it was, in a copy', async () => {
    const before = put(version)
    await upgrade()
    expect(filesIn(join(directory, 'before-upgrade'))).toEqual([version])
    expect(dump(join(directory, 'before-upgrade', version))).toEqual(before)
  })
})

describe('the copy from before an upgrade', () => {
  const latest = VERSIONS.at(-1) ?? ''
  const changing = migrations as Record<string, Migration>

  afterEach(() => {
    delete changing['9998-next']
  })

  it('stays until the next upgrade makes its own', async () => {
    put(latest)
    await upgrade()
    await upgrade()
    expect(filesIn(join(directory, 'before-upgrade'))).toEqual([latest])
    changing['9998-next'] = { up: db => db.schema.createTable('next').addColumn('id', 'integer').execute() }
    await upgrade()
    expect(filesIn(join(directory, 'before-upgrade'))).toEqual([`${Object.keys(migrations).at(-2)}.db`])
  })

  it('is not made of a new database, nor without an upgrade', async () => {
    await upgrade()
    await upgrade()
    expect(readdirSync(directory)).toEqual(['punchline.db'])
  })

  it('is there, and the database as it was, when the upgrade fails half-way', async () => {
    const before = put(latest)
    changing['9998-next'] = {
      async up(db) {
        await db.schema.createTable('half').addColumn('id', 'integer').execute()
        await db.schema.dropTable('settings').execute()
        throw new Error('it fails')
      },
    }
    await expect(openDatabase(directory)).rejects.toThrow(/punchline\.db can't be used: it fails/)
    expect(dump(file)).toEqual(before)
    expect(dump(join(directory, 'before-upgrade', latest))).toEqual(before)
    delete changing['9998-next']
    await upgrade()
  })

  it('must succeed: else nothing is upgraded, and it is said why', async () => {
    const before = put(latest)
    writeFileSync(join(directory, 'before-upgrade'), 'not a folder')
    await expect(openDatabase(directory)).rejects.toThrow(
      /^The database is to be upgraded, and can't be copied to .*before-upgrade before, so nothing was changed: EEXIST/,
    )
    expect(dump(file)).toEqual(before)
  })
})
