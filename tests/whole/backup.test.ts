/** Backups, restores and upgrades on disks that fail. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Disk } from '../../scripts/faults/disk.js'
import { makeBackup } from '../../src/backup/making.js'
import { restoreBackup } from '../../src/backup/restoring.js'
import { verifyBackup } from '../../src/backup/verifying.js'
import { openDatabase } from '../../src/store/database.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { type Company, openCompany } from '../backup/support/company.js'
import { mountSmallDisk, type SmallDisk } from '../calls/support/small-disk.js'
import { dump } from '../support/dump.js'

let company: Company

beforeEach(async () => {
  company = await openCompany()
  await company.clock()
})

afterEach(() => company.close())

const backUpInto = (directory: string) =>
  makeBackup({ dataDirectory: company.workspace.directory, directory, keep: 14, withKeys: false })

describe('on a full disk', () => {
  let disk: SmallDisk

  beforeEach(() => {
    disk = mountSmallDisk()
  })

  afterEach(() => disk.unmount())

  it.each([0, 100_000, 475_136])(
    'with room for %i bytes there is no backup, and the one before is whole',
    async room => {
      const { place } = await backUpInto(disk.directory)
      disk.fill(room)
      await expect(backUpInto(disk.directory)).rejects.toThrow(/^No backup was made in .*(full|ENOSPC)/)
      await verifyBackup(place)
      expect(readdirSync(disk.directory)).toHaveLength(2)
      disk.free()
      await backUpInto(disk.directory)
      expect(readdirSync(disk.directory)).toHaveLength(3)
    },
  )

  it('no database is upgraded before there is room for a copy of it', async () => {
    const file = join(disk.directory, 'punchline.db')
    mkdirSync(disk.directory)
    copyFileSync('tests/store/databases/0003-day-to-day.db', file)
    const before = dump(file)
    disk.fill(200_000)
    await expect(openDatabase(disk.directory)).rejects.toThrow(
      /^The database is to be upgraded, and can't be copied .*full/,
    )
    expect(dump(file)).toEqual(before)
    disk.free()
    await (await openDatabase(disk.directory)).destroy()
    expect(dump(file)).not.toEqual(before)
  })
})

describe('after a power cut', () => {
  let disk: Disk

  beforeEach(() => {
    disk = new Disk()
  })

  afterEach(() => disk.destroy())

  function losePower(): void {
    disk.losePower()
    disk.unmount()
    disk.mount()
  }

  it('a backup that was made is whole', async () => {
    await backUpInto(disk.directory)
    const { place } = await backUpInto(disk.directory)
    losePower()
    await verifyBackup(place)
  })

  it('what was restored is there', async () => {
    const { place } = await company.backUp()
    const data = join(disk.directory, 'data')
    await restoreBackup(place, data)
    losePower()
    expect(readdirSync(join(data, 'recordings'), { recursive: true })).toHaveLength(2)
    const db = await openDatabase(data)
    expect(await listTimeEntries(db, {})).toEqual(await listTimeEntries(company.db, {}))
    await db.destroy()
  })
})
