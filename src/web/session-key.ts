/** The key that signs session cookies. Kept beside the database, so that sessions outlive a restart. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The key in `directory`, made at first use with mode 0600. Throws when it can't be read or isn't one. */
export function loadSessionKey(directory: string): Buffer {
  const file = join(directory, 'session.key')
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== 32) {
    throw new Error(`${file} is not a session key (64 hexadecimal digits). Remove it: the next start makes a new one.`)
  }
  return key
}
