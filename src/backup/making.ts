/** Makes a backup: a directory that appears under its name when it is whole, verified and on disk. */
import { link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { copyDatabase, readContents } from '../store/database-copy.js'
import { isGone, makeFolder, syncDirectory, writeToDisk } from '../store/durable-files.js'
import { holdLock } from '../store/sqlite.js'
import { CHECKSUMS, type Checksums, checksumsText, readChecksums, sha256, sha256OfFile } from './checksums.js'
import { type Backup, backupName, backupNames, LABEL, labelText, readLabel } from './label.js'
import { BackupRefused } from './refused.js'
import { DATABASE, KEYS, recordingPath, verifyBackup } from './verifying.js'

export interface BackupSettings {
  readonly dataDirectory: string
  /** Where the backups are. */
  readonly directory: string
  /** How many are kept there; the oldest go. */
  readonly keep: number
  readonly withKeys: boolean
}

export interface MadeBackup extends Backup {
  readonly recordings: number
  /** Recordings that the database names, and that are gone without having been erased. */
  readonly lost: readonly string[]
}

/** One at a time in a directory; what a killed one left is under this name. */
const UNFINISHED = 'unfinished'

/**
 * Backs the data directory up while calls go on. Of its keys none, unless `withKeys`.
 * @throws BackupRefused, and then there is no new backup and those from before are as they were
 */
export async function makeBackup(settings: BackupSettings): Promise<MadeBackup> {
  const { directory } = settings
  try {
    await makeFolder(directory)
    const release = holdLock(join(directory, 'lock'))
    if (!release) throw new BackupRefused(`Another backup is being made in ${directory}.`)
    return await makeAlone(settings).finally(release)
  } catch (error) {
    if (error instanceof BackupRefused) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new BackupRefused(`No backup was made in ${directory}: ${message}. Those from before are as they were.`)
  }
}

async function makeAlone(settings: BackupSettings): Promise<MadeBackup> {
  const { directory, keep } = settings
  const unfinished = join(directory, UNFINISHED)
  try {
    await rm(unfinished, { recursive: true, force: true })
    const at = Date.now()
    const made = await write(settings, unfinished, at)
    const name = backupName(at)
    const place = join(directory, name)
    await rename(unfinished, place)
    await syncDirectory(directory)
    await removeOldest(directory, keep, name)
    return { ...made, at, place }
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function write(settings: BackupSettings, unfinished: string, at: number) {
  const { dataDirectory, directory, withKeys } = settings
  const database = join(dataDirectory, DATABASE)
  const copy = join(unfinished, DATABASE)
  await mkdir(unfinished, { mode: 0o700 })
  await copyDatabase(database, copy)
  const checksums = new Map([[DATABASE, (await sha256OfFile(copy)) ?? '']])
  const { recordings } = await readContents(copy)
  const earlier = await latestRecordings(directory)
  const absent: string[] = []
  for (const recording of recordings) {
    const name = recordingPath(recording)
    const sum = (await reuse(earlier, name, unfinished)) ?? (await copyFile(dataDirectory, name, unfinished))
    if (sum === null) absent.push(recording)
    else checksums.set(name, sum)
  }
  for (const key of withKeys ? KEYS : []) {
    const sum = await copyFile(dataDirectory, key, unfinished)
    if (sum !== null) checksums.set(key, sum)
  }
  const sums = checksumsText(checksums)
  await writeToDisk(join(unfinished, CHECKSUMS), sums)
  const bytes = await sizeOf(unfinished, [...checksums.keys()])
  await writeToDisk(join(unfinished, LABEL), labelText({ at, bytes, checksums: sha256(sums), absent }))
  for (const folder of foldersOf(checksums)) await syncDirectory(join(unfinished, folder))
  await verifyBackup(unfinished)
  // What retention erased since the copy is no loss.
  const named = absent.length > 0 ? (await readContents(database)).recordings : new Set()
  return { bytes, recordings: recordings.size - absent.length, lost: absent.filter(recording => named.has(recording)) }
}

interface EarlierRecordings {
  readonly place: string
  readonly checksums: Checksums
}

/** Those of the latest backup; null where there is none that can be read. */
async function latestRecordings(directory: string): Promise<EarlierRecordings | null> {
  const name = (await backupNames(directory)).at(-1)
  if (name === undefined) return null
  const place = join(directory, name)
  try {
    return { place, checksums: await readChecksums(place, (await readLabel(place)).checksums) }
  } catch {
    return null
  }
}

/** A recording never changes: one that an earlier backup has, undamaged, takes no room again. Gives its SHA-256. */
async function reuse(earlier: EarlierRecordings | null, name: string, into: string): Promise<string | null> {
  const sum = earlier?.checksums.get(name)
  if (!earlier || sum === undefined) return null
  const file = join(earlier.place, name)
  if ((await sha256OfFile(file)) !== sum) return null
  await makeFolder(dirname(join(into, name)))
  // Not every file system has links.
  return link(file, join(into, name)).then(
    () => sum,
    () => null,
  )
}

/** Gives its SHA-256; null when it is not there. */
async function copyFile(from: string, name: string, into: string): Promise<string | null> {
  try {
    const content = await readFile(join(from, name))
    await makeFolder(dirname(join(into, name)))
    await writeToDisk(join(into, name), content)
    return sha256(content)
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

async function sizeOf(directory: string, names: readonly string[]): Promise<number> {
  let bytes = 0
  for (const name of names) bytes += (await stat(join(directory, name))).size
  return bytes
}

function foldersOf(checksums: Checksums): Set<string> {
  return new Set(['.', ...[...checksums.keys()].map(dirname)])
}

/** Leaves `made` and the latest of the others, `keep` in all. */
async function removeOldest(directory: string, keep: number, made: string): Promise<void> {
  const others = (await backupNames(directory)).filter(name => name !== made)
  for (const name of others.slice(0, Math.max(0, others.length + 1 - keep))) {
    const place = join(directory, name)
    // Without its label a half-removed one is no backup any more.
    await rm(join(place, LABEL), { force: true })
    await rm(place, { recursive: true, force: true })
  }
}
