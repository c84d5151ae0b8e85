/**
 * How PINs and passwords become hashes: argon2id at OWASP's floor, 19 MiB, two passes, one lane (about 25 ms of
 * a core). A PIN's hash is also keyed by a secret outside the database: all 10,000 four-digit PINs fall within minutes to
 * anyone who has the hashes and the key, so a stolen database or backup must not hold both.
 */
import { createHash, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import argon2 from 'argon2'
import pLimit from 'p-limit'
import { loadKey } from './key-file.js'

const COST = { type: argon2.argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const

/** No more hashes at once than cores: more would make none faster and hold up files and names in the same thread pool. */
const atMostCores = pLimit(availableParallelism())

export interface PinKey {
  /** Says by which key a hash was made, without giving it away. */
  readonly id: string
  readonly secret: Buffer
}

/** The key in `directory`, made at first use. Throws when it can't be read or isn't one. */
export function loadPinKey(directory: string): PinKey {
  const secret = loadKey(join(directory, 'pin.key'))
  return { id: createHash('sha256').update('punchline pin key').update(secret).digest('hex').slice(0, 16), secret }
}

export function hashPin(pin: string, key: PinKey): Promise<string> {
  return atMostCores(() => argon2.hash(pin, { ...COST, secret: key.secret }))
}

/** Whether the PIN is the one of `hash`. Without a hash it is not, after the same work. */
export async function verifyPin(hash: string | null, pin: string, key: PinKey): Promise<boolean> {
  const matches = await atMostCores(async () => argon2.verify(hash ?? (await decoy), pin, { secret: key.secret }))
  return matches && hash !== null
}

/** What an unknown ID's PIN is compared with, so that it costs the same. */
const decoy = argon2.hash(randomBytes(16), COST)

export function hashPassword(password: string): Promise<string> {
  return atMostCores(() => argon2.hash(password, COST))
}

/** Whether the password is the one of `hash`; without a hash it is not, after the same work. */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const matches = await atMostCores(async () => argon2.verify(hash ?? (await decoy), password))
  return matches && hash !== null
}
