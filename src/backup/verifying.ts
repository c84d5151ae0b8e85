/** Whether a backup is whole. */
import { join } from 'node:path'
import { CopyDamaged, checkDatabase, type DatabaseContents, readContents } from '../store/database-copy.js'
import { type Checksums, damaged, readChecksums, sha256OfFile } from './checksums.js'
import { type Label, readLabel } from './label.js'
import { BackupRefused } from './refused.js'

export const DATABASE = 'punchline.db'
export const KEYS = ['pin.key', 'link.key', 'totp.key', 'session.key'] as const

export interface VerifiedBackup {
  readonly label: Label
  readonly checksums: Checksums
  readonly contents: DatabaseContents
}

/**
 * Reads all of a backup: every file is as it was written, the database is sound, and each recording that it names is there
 * or was already gone when the backup was made.
 * @throws BackupRefused
 */
export async function verifyBackup(backup: string): Promise<VerifiedBackup> {
  const label = await readLabel(backup)
  const checksums = await readChecksums(backup, label.checksums)
  if (!checksums.has(DATABASE)) throw damaged(backup, DATABASE)
  for (const [name, sum] of checksums) {
    if ((await sha256OfFile(join(backup, name))) !== sum) throw damaged(backup, name)
  }
  const database = join(backup, DATABASE)
  try {
    checkDatabase(database)
  } catch (error) {
    throw error instanceof CopyDamaged ? new BackupRefused(`${error.message}. Take another backup.`) : error
  }
  const contents = await readContents(database)
  const absent = new Set(label.absent)
  for (const recording of contents.recordings) {
    if (!checksums.has(recordingPath(recording)) && !absent.has(recording)) throw damaged(backup, recording)
  }
  return { label, checksums, contents }
}

export function recordingPath(recording: string): string {
  return `recordings/${recording}`
}
