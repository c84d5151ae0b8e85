/**
 * How PINs and passwords become hashes: argon2id at OWASP's floor. A PIN's hash is also keyed by a secret outside the database:
 * all 10,000 four-digit PINs fall within minutes to anyone who has the hashes and the key, so a stolen database or backup must
 * not hold both.
 */
import { createHash, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { hash, verify } from '@node-rs/argon2'
import pLimit from 'p-limit'
import { type HashCost, optionsOf, USUAL_COST } from './hash-cost.js'
import { loadKey } from './key-file.js'

/** Never more at once than cores: that would make none faster and hold up files and names in the same thread pool. */
const fewAtOnce = pLimit(availableParallelism())

/** From now on no more hashes at once than so many. */
export function hashAtMost(atOnce: number): void {
  fewAtOnce.concurrency = atOnce
}

export interface PinKey {
  /** Says by which key a hash was made, without giving it away. */
  readonly id: string
  readonly secret: Buffer
  /** Of every PIN: if some cost more than others, how long an answer takes would tell which IDs there are. */
  readonly cost: HashCost
}

/** The key in `directory`, made at first use. Throws when it can't be read or isn't one. */
export function loadPinKey(directory: string, cost = USUAL_COST): PinKey {
  const secret = loadKey(join(directory, 'pin.key'))
  const id = createHash('sha256').update('punchline pin key').update(secret).digest('hex').slice(0, 16)
  // Made before it is needed, or the first unknown ID would take longer.
  decoyAt(cost)
  return { id, secret, cost }
}

export function hashPin(pin: string, key: PinKey): Promise<string> {
  return fewAtOnce(() => hash(pin, { ...optionsOf(key.cost), secret: key.secret }))
}

/** Whether the PIN is the one of the hash `stored`. Without one it is not, after the same work. */
export async function verifyPin(stored: string | null, pin: string, key: PinKey): Promise<boolean> {
  const matches = await fewAtOnce(async () => verify(stored ?? (await decoyAt(key.cost)), pin, { secret: key.secret }))
  return matches && stored !== null
}

const decoys = new WeakMap<HashCost, Promise<string>>()

/** What the PIN of an unknown ID, or an unknown admin's password, is compared with, so that it costs the same. */
function decoyAt(cost: HashCost): Promise<string> {
  const decoy = decoys.get(cost) ?? hash(randomBytes(16), optionsOf(cost))
  decoys.set(cost, decoy)
  return decoy
}

// That of passwords.
decoyAt(USUAL_COST)

export function hashPassword(password: string): Promise<string> {
  return fewAtOnce(() => hash(password, optionsOf(USUAL_COST)))
}

/** Whether the password is the one of the hash `stored`; without one it is not, after the same work. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const matches = await fewAtOnce(async () => verify(stored ?? (await decoyAt(USUAL_COST)), password))
  return matches && stored !== null
}
