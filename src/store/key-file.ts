/** Secret keys that are kept beside the database and never in it. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The 256-bit key in `file`, made at first use with mode 0600: whole and on disk before anything is locked with it.
 * Throws when it can't be read or isn't one.
 */
export function loadKey(file: string): Buffer {
  const text = (read(file) ?? make(file)).trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${file} is not a key (64 hexadecimal digits). Restore it from a backup.`)
  return Buffer.from(text, 'hex')
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Of two processes that make it at once the first one's stays; gives what is there then. */
function make(file: string): string {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`
  const handle = openSync(unfinished, 'wx', 0o600)
  try {
    writeSync(handle, `${randomBytes(32).toString('hex')}\n`)
    fsyncSync(handle)
    linkSync(unfinished, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    closeSync(handle)
    rmSync(unfinished)
  }
  syncDirectory(dirname(file))
  return readFileSync(file, 'utf8')
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
