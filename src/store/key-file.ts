/** Secret keys that are kept beside the database and never in it. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** The 256-bit key in `file`, made at first use with mode 0600. Throws when it can't be read or isn't one. */
export function loadKey(file: string): Buffer {
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${file} is not a key (64 hexadecimal digits). Restore it from a backup.`)
  return Buffer.from(text, 'hex')
}
