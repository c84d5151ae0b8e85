/** What a backup says of itself, in the file `backup.json`; the backups in a directory. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Instant } from '../clock/time.js'
import { isGone } from '../store/durable-files.js'
import { BackupRefused } from './refused.js'

export const LABEL = 'backup.json'
const FORMAT = 1

const Label = z.object({
  format: z.literal(FORMAT),
  /** The instant whose state it has. */
  at: z.iso.datetime().transform(text => Date.parse(text)),
  /** All files together. */
  bytes: z.int().nonnegative(),
  /** The SHA-256 of the file with those of all others. */
  checksums: z.hash('sha256'),
  /** Recordings that rows name, and whose files were not there to be copied. */
  absent: z.array(z.string()),
})

export type Label = Omit<z.infer<typeof Label>, 'format'>

export interface Backup {
  readonly at: Instant
  readonly place: string
  readonly bytes: number
}

export function labelText({ at, ...rest }: Label): string {
  return `${JSON.stringify({ format: FORMAT, at: new Date(at).toISOString(), ...rest }, null, 2)}\n`
}

/** @throws BackupRefused when there is none, or one that this version does not know */
export async function readLabel(backup: string): Promise<Label> {
  const file = join(backup, LABEL)
  const text = await readFile(file, 'utf8').catch(error => {
    throw new BackupRefused(`${backup} is no backup: ${error instanceof Error ? error.message : error}`)
  })
  const json = parse(text)
  const { success: hasFormat, data } = z.object({ format: z.int() }).safeParse(json)
  if (hasFormat && data.format > FORMAT) {
    throw new BackupRefused(`${backup} was made by a newer version of Punchline. Install that version or a later one.`)
  }
  const label = Label.safeParse(json)
  if (!label.success) throw new BackupRefused(`${backup} is damaged: ${file} is not as it was written.`)
  return label.data
}

/** Sorted by name they are sorted by time. */
export function backupName(at: Instant): string {
  return `punchline-${new Date(at).toISOString().replace(/[:.]/g, '-')}`
}

/** The names of the finished backups in a directory, the oldest first. */
export async function backupNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(error => {
    if (isGone(error)) return []
    throw error
  })
  return names.filter(name => /^punchline-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/.test(name)).sort()
}

/** The latest backup in a directory, as it was verified when it was made; null: there is none. */
export async function lastBackup(directory: string): Promise<Backup | null> {
  const now = backupName(Date.now())
  // One from a clock that was ahead would hide all others until then.
  const name = (await backupNames(directory)).findLast(found => found <= now)
  if (name === undefined) return null
  const place = join(directory, name)
  const { at, bytes } = await readLabel(place)
  return { at, place, bytes }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
