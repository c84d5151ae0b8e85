import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CHECKSUMS, sha256 } from '../../src/backup/checksums.js'
import { LABEL } from '../../src/backup/label.js'
import { restoreBackup } from '../../src/backup/restoring.js'
import { openDatabase } from '../../src/store/database.js'
import { loadPinKey } from '../../src/store/hashing.js'
import { pinsOfOtherKeys } from '../../src/store/pins.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { filesIn } from '../support/files.js'
import { type Company, openCompany } from './support/company.js'

const KEYS = ['link.key', 'pin.key', 'session.key', 'totp.key']
let company: Company
let recording: string

beforeEach(async () => {
  company = await openCompany()
  recording = await company.clock()
})

afterEach(() => company.close())

const putKey = (name: string, into: string) => {
  mkdirSync(into, { recursive: true })
  copyFileSync(join(company.workspace.directory, name), join(into, name))
}

describe('a restored backup', () => {
  it('has every row and every recording, for its owner alone', async () => {
    const { place, at } = await company.backUp()
    const restored = await restoreBackup(place, company.elsewhere)
    expect(restored).toMatchObject({ label: { at }, recordings: 1 })
    expect(filesIn(company.elsewhere)).toEqual(['punchline.db', `recordings/${recording}`])
    expect(readdirSync(company.elsewhere)).toEqual(['punchline.db', 'recordings'])
    for (const name of filesIn(company.elsewhere)) {
      expect(statSync(join(company.elsewhere, name)).mode & 0o777).toBe(0o600)
    }
    const db = await openDatabase(company.elsewhere)
    expect(await listTimeEntries(db, {})).toEqual(await listTimeEntries(company.db, {}))
    await db.destroy()
  })

  it('names the keys that must be put there, and its PINs need theirs', async () => {
    const { place } = await company.backUp()
    expect((await restoreBackup(place, company.elsewhere)).missingKeys.toSorted()).toEqual(KEYS)
    const db = await openDatabase(company.elsewhere)
    putKey('pin.key', company.elsewhere)
    expect(await pinsOfOtherKeys(db, loadPinKey(company.elsewhere))).toBe(0)
    await db.destroy()
  })

  it('may find its keys there before it', async () => {
    const { place } = await company.backUp()
    putKey('pin.key', company.elsewhere)
    expect((await restoreBackup(place, company.elsewhere)).missingKeys).not.toContain('pin.key')
  })

  it('brings its keys along where they were asked for', async () => {
    const { place } = await company.backUp({ withKeys: true })
    const missing = KEYS.filter(key => !filesIn(company.workspace.directory).includes(key))
    expect((await restoreBackup(place, company.elsewhere)).missingKeys.toSorted()).toEqual(missing)
    const key = (directory: string) => readFileSync(join(directory, 'pin.key'), 'utf8')
    expect(key(company.elsewhere)).toBe(key(company.workspace.directory))
  })

  it('shares no file with the backup', async () => {
    const { place } = await company.backUp()
    await restoreBackup(place, company.elsewhere)
    for (const name of ['punchline.db', `recordings/${recording}`]) {
      expect(statSync(join(company.elsewhere, name)).ino).not.toBe(statSync(join(place, name)).ino)
    }
  })
})

describe('a restore is refused', () => {
  const refusedWith = async (sentence: RegExp | string, place: string) => {
    await expect(restoreBackup(place, company.elsewhere)).rejects.toThrow(sentence)
    expect(filesIn(company.elsewhere).filter(name => !name.endsWith('.key'))).toEqual([])
  }

  it.each(['punchline.db', 'recordings'])('of a backup whose %s is damaged', async name => {
    const { place } = await company.backUp()
    const file = name === 'recordings' ? join('recordings', recording) : name
    const content = readFileSync(join(place, file))
    content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1)
    writeFileSync(join(place, file), content)
    await refusedWith(`${place} is damaged: ${file} is not as it was written. Take another backup.`, place)
  })

  it.each(['punchline.db', CHECKSUMS, LABEL, 'recordings'])('of a backup whose %s is missing', async name => {
    const { place } = await company.backUp()
    rmSync(join(place, name), { recursive: true })
    await refusedWith(/is damaged|is no backup/, place)
  })

  it('of one whose files belong together and whose database is damaged', async () => {
    const { place } = await company.backUp()
    changeDatabase(place, content => content.fill(0xee, 4096))
    await refusedWith(/punchline\.db is damaged/, place)
  })

  it('of one from a newer version', async () => {
    const { place } = await company.backUp()
    const file = join(place, 'punchline.db')
    const db = new SQLite(file)
    db.exec("insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')")
    db.close()
    changeDatabase(place, content => content)
    await refusedWith(/is from a newer version of Punchline \(it knows 9999-later\)/, place)
  })

  it('of one in a newer format', async () => {
    const { place } = await company.backUp()
    writeFileSync(join(place, LABEL), '{"format": 2}')
    await refusedWith(/was made by a newer version of Punchline/, place)
  })

  it('of one that names files elsewhere', async () => {
    const { place } = await company.backUp()
    const sums = `${readFileSync(join(place, CHECKSUMS), 'utf8')}${sha256('')}  recordings/../../stray\n`
    relabel(place, sums)
    await refusedWith(/is damaged: SHA256SUMS/, place)
  })

  it.each(['punchline.db', 'punchline.db-wal', 'recordings'])('into a directory that has a %s', async name => {
    const { place } = await company.backUp()
    mkdirSync(company.elsewhere)
    writeFileSync(join(company.elsewhere, name), 'mine')
    await expect(restoreBackup(place, company.elsewhere)).rejects.toThrow(
      `${company.elsewhere} has data already (${name}). Move it away, or name another DATA_DIR.`,
    )
    expect(readFileSync(join(company.elsewhere, name), 'utf8')).toBe('mine')
  })

  it('into a directory with the key of other PINs', async () => {
    const { place } = await company.backUp()
    mkdirSync(company.elsewhere)
    loadPinKey(company.elsewhere)
    await refusedWith(/were made with another key than .*pin\.key/, place)
  })

  it('into a directory with another key than the one that it brings', async () => {
    const { place } = await company.backUp({ withKeys: true })
    mkdirSync(company.elsewhere)
    loadPinKey(company.elsewhere)
    await refusedWith(/pin\.key is another key than the one in/, place)
  })

  /** Changes the database of a backup, and the sums with it. */
  function changeDatabase(place: string, change: (content: Buffer) => Buffer): void {
    const file = join(place, 'punchline.db')
    const content = change(readFileSync(file))
    writeFileSync(file, content)
    const sums = readFileSync(join(place, CHECKSUMS), 'utf8')
    relabel(place, sums.replace(/^\w{64}(?= {2}punchline\.db$)/m, sha256(content)))
  }

  function relabel(place: string, sums: string): void {
    writeFileSync(join(place, CHECKSUMS), sums)
    const label = JSON.parse(readFileSync(join(place, LABEL), 'utf8'))
    writeFileSync(join(place, LABEL), JSON.stringify({ ...label, checksums: sha256(sums) }))
  }
})

it('a restore that is begun again clears what a killed one left', async () => {
  const { place } = await company.backUp()
  mkdirSync(join(company.elsewhere, 'restoring'), { recursive: true })
  writeFileSync(join(company.elsewhere, 'restoring', 'punchline.db'), 'half of it')
  chmodSync(company.elsewhere, 0o700)
  await restoreBackup(place, company.elsewhere)
  expect(readdirSync(company.elsewhere)).toEqual(['punchline.db', 'recordings'])
})
