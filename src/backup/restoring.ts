/** Restores a backup into a data directory that has no data yet. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openDatabase } from '../store/database.js'
import { isGone, makeFolder, syncDirectory, syncFile } from '../store/durable-files.js'
import { loadPinKey } from '../store/hashing.js'
import { removeAllPins } from '../store/pins.js'
import { damaged, sha256OfFile } from './checksums.js'
import type { Label } from './label.js'
import { BackupRefused } from './refused.js'
import { DATABASE, KEYS, type VerifiedBackup, verifyBackup } from './verifying.js'

export interface Restored {
  readonly label: Label
  readonly recordings: number
  /** The key files that have to be put into the data directory still. */
  readonly missingKeys: readonly string[]
  /** Null where PINs were to stay. */
  readonly endedPins: number | null
}

/** Files under these names would be mixed with those of the backup. A log of SQLite's would even be played into them. */
const DATA = ['punchline.db', 'punchline.db-wal', 'punchline.db-shm', 'punchline.db-journal', 'recordings']
const RESTORING = 'restoring'

/**
 * Verifies a backup and restores it. The database comes last: until it is there, nothing is.
 * `withoutPins` ends all PINs: their key is lost.
 * @throws BackupRefused when the backup is damaged or newer than this version, or the directory has data or another key
 */
export async function restoreBackup(
  backup: string,
  dataDirectory: string,
  { withoutPins = false } = {},
): Promise<Restored> {
  await makeFolder(dataDirectory)
  const there = await readdir(dataDirectory)
  const data = there.filter(name => DATA.includes(name))
  if (data.length > 0) {
    throw new BackupRefused(
      `${dataDirectory} has data already (${data.join(', ')}). Move it away, or name another DATA_DIR.`,
    )
  }
  const verified = await verifyBackup(backup)
  refuseNewer(backup, verified)
  await refuseOtherKeys(backup, verified, dataDirectory)
  if (!withoutPins) refuseOtherPinKey(backup, verified, dataDirectory)
  const names = [...verified.checksums.keys()]
  const staged = join(dataDirectory, RESTORING)
  try {
    await rm(staged, { recursive: true, force: true })
    await mkdir(staged, { mode: 0o700 })
    for (const [name, sum] of verified.checksums) await stage(backup, staged, name, sum)
    for (const folder of new Set(names.map(dirname))) await syncDirectory(join(staged, folder))
    for (const name of [...KEYS, 'recordings', DATABASE]) {
      await rename(join(staged, name), join(dataDirectory, name)).catch(error => {
        if (!isGone(error)) throw error
      })
      await syncDirectory(dataDirectory)
    }
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
  return {
    label: verified.label,
    recordings: names.filter(name => name.startsWith('recordings/')).length,
    endedPins: withoutPins ? await endPins(dataDirectory) : null,
    missingKeys: KEYS.filter(key => !existsSync(join(dataDirectory, key))),
  }
}

async function stage(backup: string, staged: string, name: string, sum: string): Promise<void> {
  const file = join(staged, name)
  await makeFolder(dirname(file))
  await copyFile(join(backup, name), file)
  await syncFile(file)
  if ((await sha256OfFile(file)) !== sum) throw damaged(backup, name)
}

function refuseNewer(backup: string, { contents: { unknownMigrations } }: VerifiedBackup): void {
  if (unknownMigrations.length === 0) return
  throw new BackupRefused(
    `${backup} is from a newer version of Punchline (it knows ${unknownMigrations.join(', ')}). Install that version or a later one.`,
  )
}

/** Keys may have been put there before, if they are the right ones: no start would take others. */
async function refuseOtherKeys(backup: string, { checksums }: VerifiedBackup, dataDirectory: string) {
  for (const key of KEYS) {
    const file = join(dataDirectory, key)
    const sum = checksums.get(key)
    if (sum === undefined || !existsSync(file) || (await sha256OfFile(file)) === sum) continue
    throw new BackupRefused(`${file} is another key than the one in ${backup}. Move it away.`)
  }
}

function refuseOtherPinKey(backup: string, { contents: { pinKeys } }: VerifiedBackup, dataDirectory: string): void {
  if (pinKeys.size === 0 || !existsSync(join(dataDirectory, 'pin.key'))) return
  if (pinKeys.has(loadPinKey(dataDirectory).id)) return
  throw new BackupRefused(
    `The PINs of ${backup} were made with another key than ${dataDirectory}/pin.key. Put theirs there.`,
  )
}

async function endPins(dataDirectory: string): Promise<number> {
  const db = await openDatabase(dataDirectory)
  return removeAllPins(db, 'restore without PINs').finally(() => db.destroy())
}
