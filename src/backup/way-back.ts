/** The way back to an earlier version: it gets the copy of its database that the upgrade made, and what came since is not in it. */
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { copyDatabase, readContents } from '../store/database-copy.js'
import { type CameSince, cameSince, migrationsOf } from '../store/database-difference.js'
import { isGone, makeFolder, syncDirectory, unlessGone } from '../store/durable-files.js'
import { BackupRefused } from './refused.js'
import { DATABASE, recordingPath } from './verifying.js'

export interface WayBack {
  readonly copy: string
  readonly lost: CameSince
}

/** SQLite plays the second into the first when it opens it: they stay together. */
const DATABASE_FILES = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`]

/**
 * How a version that knows these migrations can have its database back; null: it can use the one that is there.
 * @throws BackupRefused when there is no copy that it can use
 */
export async function findWayBack(dataDirectory: string, known: ReadonlySet<string>): Promise<WayBack | null> {
  const database = join(dataDirectory, DATABASE)
  if (!existsSync(database) || (await canUse(database, known))) return null
  const folder = join(dataDirectory, 'before-upgrade')
  const names = await readdir(folder).catch(error => {
    if (isGone(error)) return []
    throw error
  })
  for (const copy of names.filter(name => name.endsWith('.db')).map(name => join(folder, name))) {
    if (await canUse(copy, known)) return { copy, lost: await cameSince(database, copy) }
  }
  throw new BackupRefused(`That version can't read the database, and there is no copy in ${folder} that it could read.`)
}

/**
 * Puts the copy in place of the database, which is kept, with the recordings since; gives where, and what undoes it. Nobody may
 * be at work on them. @throws CopyDamaged, and then nothing was changed
 */
export async function goBack(dataDirectory: string, copy: string): Promise<{ kept: string; undo(): Promise<void> }> {
  const fresh = join(dataDirectory, `${DATABASE}.back`)
  await rm(fresh, { force: true })
  await copyDatabase(copy, fresh)
  // New ones would get their names: they are named after rows that are not in the copy.
  const recordings = await recordingsSince(join(dataDirectory, DATABASE), copy)
  const kept = join(dataDirectory, `rolled-back-${new Date().toISOString().replace(/[:.]/g, '-')}`)
  const files = [...DATABASE_FILES, ...recordings.map(recordingPath)]
  await move(files, dataDirectory, kept)
  await rename(fresh, join(dataDirectory, DATABASE))
  await syncDirectory(dataDirectory)
  return { kept, undo: () => move(files, kept, dataDirectory) }
}

async function recordingsSince(database: string, copy: string): Promise<string[]> {
  const then = (await readContents(copy)).recordings
  return [...(await readContents(database)).recordings].filter(recording => !then.has(recording))
}

/** Those that are there. */
async function move(files: readonly string[], from: string, to: string): Promise<void> {
  for (const file of files.filter(name => existsSync(join(from, name)))) {
    await makeFolder(dirname(join(to, file)))
    await rename(join(from, file), join(to, file))
  }
  for (const folder of new Set(files.map(dirname))) await syncDirectory(join(to, folder)).catch(unlessGone)
}

async function canUse(database: string, known: ReadonlySet<string>): Promise<boolean> {
  return (await migrationsOf(database)).every(name => known.has(name))
}
