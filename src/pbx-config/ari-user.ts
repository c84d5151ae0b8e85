/** Punchline's ARI user: its password, made where there is none yet, and the hash that Asterisk gets. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { AriUser, FileChange } from './plan.js'
import { PbxConfigRefused } from './refused.js'

/** The salt is the same each time, so that the same password gives the same line; guessing at 256 random bits it does not help. */
const SALT = 'rounds=1000$punchline'

/** The user, and its password's file where that has to be made. */
export function ariUser(username: string, passwordFile: string): { user: AriUser; made: FileChange[] } {
  const isThere = existsSync(passwordFile)
  const password = isThere ? readPassword(passwordFile) : randomBytes(32).toString('hex')
  return {
    user: { username, passwordHash: hashOf(password) },
    made: isThere ? [] : [newFile(passwordFile, password)],
  }
}

function readPassword(file: string): string {
  const password = readFileSync(file, 'utf8').trim()
  if (password === '')
    throw new PbxConfigRefused(`${file} is empty. Remove it, and it is made anew with a random password.`)
  return password
}

/** Only Punchline reads it, so it belongs to whom the directory belongs. */
function newFile(path: string, password: string): FileChange {
  let directory = dirname(path)
  while (!existsSync(directory)) directory = dirname(directory)
  const { uid, gid } = statSync(directory)
  return {
    path,
    kind: 'password',
    before: null,
    after: Buffer.from(`${password}\n`),
    mode: 0o600,
    owner: { uid, gid },
    isSecret: true,
  }
}

function hashOf(password: string): string {
  try {
    return execFileSync('openssl', ['passwd', '-6', '-salt', SALT, '-stdin'], {
      input: `${password}\n`,
      encoding: 'utf8',
    }).trim()
  } catch {
    throw new PbxConfigRefused(
      "The ARI password can't be hashed: there is no command openssl. Install the package openssl.",
    )
  }
}
