import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backupName, lastBackup } from '../../src/backup/label.js'
import { verifyBackup } from '../../src/backup/verifying.js'
import { DAY } from '../../src/clock/time.js'
import { eraseRecordings, removeErasedFiles } from '../../src/store/retention.js'
import { holdLock } from '../../src/store/sqlite.js'
import { filesIn } from '../support/files.js'
import { type Company, openCompany } from './support/company.js'

let company: Company

beforeEach(async () => {
  company = await openCompany()
})

afterEach(() => company.close())

const finished = () => readdirSync(company.backups).filter(name => name.startsWith('punchline-'))

describe('a backup', () => {
  it('has the database and the recordings, and can be verified', async () => {
    const recording = await company.clock()
    const { place, recordings, lost } = await company.backUp()
    expect([recordings, lost]).toEqual([1, []])
    expect(filesIn(place)).toEqual(['SHA256SUMS', 'backup.json', 'punchline.db', `recordings/${recording}`])
    const { contents } = await verifyBackup(place)
    expect([...contents.recordings]).toEqual([recording])
  })

  it('is for its owner alone', async () => {
    await company.clock()
    const { place } = await company.backUp()
    for (const name of filesIn(place)) expect([name, statSync(join(place, name)).mode & 0o777]).toEqual([name, 0o600])
    for (const name of ['.', '..', 'recordings']) expect(statSync(join(place, name)).mode & 0o777).toBe(0o700)
  })

  it('is found as the latest', async () => {
    expect(await lastBackup(company.backups)).toBeNull()
    await company.backUp()
    const { at, place, bytes } = await company.backUp()
    expect(await lastBackup(company.backups)).toEqual({ at, place, bytes })
  })

  it('shares the recordings that have not changed with the one before', async () => {
    const recording = await company.clock()
    const first = await company.backUp()
    const second = await company.backUp()
    const inode = ({ place }: { place: string }) => statSync(join(place, 'recordings', recording)).ino
    expect(inode(second)).toBe(inode(first))
    const original = statSync(join(company.workspace.directory, 'recordings', recording)).ino
    expect(inode(first), 'what harms the data directory must not harm it').not.toBe(original)
  })

  it('takes a recording anew that was damaged in the one before', async () => {
    const recording = await company.clock()
    const first = await company.backUp()
    writeFileSync(join(first.place, 'recordings', recording), 'damaged')
    const second = await company.backUp()
    expect(readFileSync(join(second.place, 'recordings', recording), 'utf8')).toBe('a name, as it was said')
  })

  it('is whole without what retention has erased', async () => {
    const recording = await company.clock()
    await eraseRecordings(company.db, Date.now() + 1, 9)
    expect(await company.backUp()).toMatchObject({ recordings: 0, lost: [] })
    await removeErasedFiles(company.db, company.workspace.clock.recordings, 9)
    const { place, lost } = await company.backUp()
    expect([filesIn(place).includes(`recordings/${recording}`), lost]).toEqual([false, []])
  })

  it('names a recording that is gone without having been erased', async () => {
    const recording = await company.clock()
    rmSync(join(company.workspace.directory, 'recordings', recording))
    const { place, lost } = await company.backUp()
    expect(lost).toEqual([recording])
    await verifyBackup(place)
  })
})

describe('the directory of backups', () => {
  it('keeps the latest ones', async () => {
    await company.backUp()
    const second = await company.backUp()
    const third = await company.backUp({ keep: 2 })
    expect(finished().map(name => join(company.backups, name))).toEqual([second.place, third.place])
  })

  it('is not confused by a backup from a clock that was ahead', async () => {
    const { place } = await company.backUp()
    renameSync(place, join(company.backups, backupName(Date.now() + DAY)))
    const made = await company.backUp({ keep: 1 })
    expect(await lastBackup(company.backups)).toMatchObject({ place: made.place })
    expect(finished()).toHaveLength(1)
  })

  it('keeps what is no backup of ours', async () => {
    mkdirSync(join(company.backups, 'punchline-old'), { recursive: true })
    await company.backUp({ keep: 1 })
    await company.backUp({ keep: 1 })
    expect(existsSync(join(company.backups, 'punchline-old'))).toBe(true)
  })

  it('is rid of what a killed backup left', async () => {
    mkdirSync(join(company.backups, 'unfinished'), { recursive: true })
    writeFileSync(join(company.backups, 'unfinished', 'punchline.db'), 'half of it')
    expect(await lastBackup(company.backups)).toBeNull()
    await company.backUp()
    expect(readdirSync(company.backups)).toEqual(['lock', ...finished()])
  })

  it('takes one backup at a time', async () => {
    await company.backUp()
    const release = holdLock(join(company.backups, 'lock'))
    await expect(company.backUp()).rejects.toThrow(`Another backup is being made in ${company.backups}.`)
    release?.()
    await company.backUp()
  })

  it('stays as it was when a backup fails', async () => {
    const { place } = await company.backUp()
    const { directory } = company.workspace
    rmSync(join(directory, 'recordings'), { recursive: true, force: true })
    await company.clock()
    rmSync(join(directory, 'recordings'), { recursive: true })
    writeFileSync(join(directory, 'recordings'), 'not a folder')
    await expect(company.backUp({ keep: 1 })).rejects.toThrow(/^No backup was made in .*: ENOTDIR/)
    expect(finished().map(name => join(company.backups, name))).toEqual([place])
    await verifyBackup(place)
  })
})
