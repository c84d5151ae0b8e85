/** What outlives a power cut, on a disk that forgets all that was not synced. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Disk } from '../../scripts/faults/disk.js'
import { openDatabase } from '../../src/store/database.js'
import { addEmployee } from '../../src/store/employees.js'
import { loadKey } from '../../src/store/key-file.js'
import { RecordingFolder } from '../../src/store/recordings.js'

let disk: Disk

beforeEach(() => {
  disk = new Disk()
})

afterEach(() => disk.destroy())

const file = (name: string) => join(disk.directory, name)

function comeBack(): void {
  disk.unmount()
  disk.mount()
}

describe('Punchline’s files', () => {
  it('a commit is there', async () => {
    const before = await openDatabase(disk.directory)
    await addEmployee(before, { name: 'Ann', email: null }, 'test')
    disk.losePower()
    await before.destroy()
    comeBack()
    const after = await openDatabase(disk.directory)
    expect(await after.selectFrom('employees').select('name').execute()).toEqual([{ name: 'Ann' }])
    await after.destroy()
  })

  it('a key is there from the moment it is used', () => {
    const key = loadKey(file('pin.key'))
    disk.losePower()
    comeBack()
    expect(loadKey(file('pin.key'))).toEqual(key)
  })

  it('the first recording of a month is there', async () => {
    const name = await new RecordingFolder(disk.directory).write('punch-1', Date.now(), Buffer.from('a name'))
    disk.losePower()
    comeBack()
    expect(readFileSync(file(`recordings/${name}`), 'utf8')).toBe('a name')
  })
})

describe('the disk', () => {
  it('keeps what was synced when the power fails, and drops what was not', () => {
    const synced = openSync(file('synced'), 'w')
    writeSync(synced, 'kept')
    fsyncSync(synced)
    writeSync(synced, ', and more')
    closeSync(synced)
    writeFileSync(file('unsynced'), 'gone')
    disk.losePower()
    expect(() => writeFileSync(file('more'), 'x')).toThrow('EIO')
    comeBack()
    expect(readFileSync(file('synced'), 'utf8')).toBe('kept')
    expect(existsSync(file('unsynced'))).toBe(false)
  })

  it('takes nothing more while it is full', () => {
    disk.fill()
    expect(() => writeFileSync(file('more'), 'x'.repeat(10_000))).toThrow('ENOSPC')
    disk.makeRoom()
    writeFileSync(file('more'), 'x'.repeat(10_000))
  })

  it('can be read, and not be written, once it has turned read-only', () => {
    writeFileSync(file('written'), 'before')
    disk.turnReadOnly()
    expect(readFileSync(file('written'), 'utf8')).toBe('before')
    expect(() => writeFileSync(file('more'), 'x')).toThrow('EROFS')
  })
})
