/** Writes a plan's changes: each file whole or not at all, what was there kept apart, and all taken back when one fails. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { Owner } from './found.js'
import type { FileChange } from './plan.js'
import { PbxConfigRefused } from './refused.js'

/** Whoever may not read a file may not find its backup either. */
const BACKUP_DIRECTORY_MODE = 0o700

/**
 * Gives the directory in `etc` that has what was there before; null when no file was.
 * @throws PbxConfigRefused when a file can't be written; nothing is changed then
 */
export function writeChanges(etc: string, changes: readonly FileChange[], now: Date): string | null {
  const backup = join(etc, 'punchline-backup', now.toISOString().replace(/[:.]/g, '-'))
  const written: FileChange[] = []
  try {
    for (const change of changes) {
      if (change.before) keep(change, backup, etc)
      write(change)
      written.push(change)
    }
  } catch (error) {
    const failed = changes[written.length]?.path
    for (const change of written) takeBack(change)
    throw new PbxConfigRefused(
      `${failed} can't be written: ${error instanceof Error ? error.message : error}. Nothing was changed. Run this as root.`,
    )
  }
  return changes.some(({ before }) => before) ? backup : null
}

function keep({ path, before }: FileChange, backup: string, etc: string): void {
  const name = relative(etc, path)
  const place = join(backup, name.startsWith('..') ? basename(path) : name)
  mkdirSync(dirname(place), { recursive: true, mode: BACKUP_DIRECTORY_MODE })
  writeFileSync(place, before ?? '', { mode: 0o600 })
}

function write({ path, kind, after, mode, owner, isSecret }: FileChange): void {
  // FreePBX has links to files of its modules: those are written, not the links replaced.
  const file = statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path
  const there = statSync(file, { throwIfNoEntry: false })
  makeDirectory(dirname(file), mode, owner)
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  try {
    // A sound that a power cut spoils is copied again by the next run; a spoilt pjsip.conf would keep Asterisk from its calls.
    writePart(part, after, kind !== 'sound')
    chownSync(part, there?.uid ?? owner.uid, there?.gid ?? owner.gid)
    chmodSync(part, there && !isSecret ? there.mode & 0o777 : mode)
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

function writePart(file: string, content: Buffer, isDurable: boolean): void {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeFileSync(descriptor, content)
    if (isDurable) fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Whoever may read the file may also come by. */
function makeDirectory(directory: string, mode: number, owner: Owner): void {
  const first = mkdirSync(directory, { recursive: true, mode: mode | ((mode & 0o444) >> 2) })
  if (first === undefined) return
  for (let made = directory; ; made = dirname(made)) {
    chownSync(made, owner.uid, owner.gid)
    if (made === first) return
  }
}

function takeBack(change: FileChange): void {
  if (change.before) write({ ...change, after: change.before })
  else rmSync(change.path, { force: true })
}
