/**
 * What hashing a PIN costs. OWASP names settings of argon2id that are equally hard on a guesser; which of them is quickest
 * depends on a machine's caches and memory, and how many hashes at once are worth it on its cores. So it is measured once.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { hash, type Options, parseOptions } from '@node-rs/argon2'
import { z } from 'zod'

export interface HashCost {
  readonly memoryKib: number
  readonly passes: number
}

/** What every machine takes in its stride. */
export const USUAL_COST: HashCost = { memoryKib: 19 * 1024, passes: 2 }

const EQUALLY_HARD: readonly HashCost[] = [
  USUAL_COST,
  { memoryKib: 12 * 1024, passes: 3 },
  { memoryKib: 9 * 1024, passes: 4 },
  { memoryKib: 7 * 1024, passes: 5 },
]

/** What was measured on a machine. */
export interface Hashing {
  readonly cost: HashCost
  /** So many hashes at once make the most in a second; more would only take cores from the calls. */
  readonly atOnce: number
  /** Of the machine: with others it is measured anew. */
  readonly cores: number
}

const Kept = z.object({
  cost: z.object({ memoryKib: z.number(), passes: z.number() }).refine(isEquallyHard),
  atOnce: z.int().min(1),
  cores: z.literal(availableParallelism()),
})

/** As it was measured at the first start on this machine, or is now, which takes half a second. */
export async function hashingOn(directory: string): Promise<Hashing> {
  const kept = readKept(directory)
  if (kept) return kept
  const measured = await measure()
  keepHashing(directory, measured)
  return measured
}

export function keepHashing(directory: string, hashing: Hashing): void {
  const file = join(directory, 'hashing.json')
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(unfinished, `${JSON.stringify(hashing)}\n`, { mode: 0o600 })
  renameSync(unfinished, file)
}

/** Null: there is none, or it is of another machine or damaged, and no loss. */
function readKept(directory: string): Hashing | null {
  try {
    return Kept.parse(JSON.parse(readFileSync(join(directory, 'hashing.json'), 'utf8')))
  } catch {
    return null
  }
}

function isEquallyHard(cost: HashCost): boolean {
  return EQUALLY_HARD.some(({ memoryKib, passes }) => memoryKib === cost.memoryKib && passes === cost.passes)
}

/** Less than a tenth more hashes in a second is not worth another core. */
const WORTH_IT = 1.1

async function measure(): Promise<Hashing> {
  const cores = availableParallelism()
  const timed = []
  for (const cost of EQUALLY_HARD) timed.push({ cost, each: await millisecondsPerHash(cost, cores) })
  const { cost } = timed.reduce((quickest, other) => (other.each < quickest.each ? other : quickest))
  const crowds = []
  for (let atOnce = 1; atOnce <= cores; atOnce *= 2) {
    crowds.push({ atOnce, each: await millisecondsPerHash(cost, atOnce) })
  }
  const best = Math.min(...crowds.map(({ each }) => each))
  return { cost, cores, atOnce: crowds.find(({ each }) => each <= best * WORTH_IT)?.atOnce ?? cores }
}

/** Of a hash, while so many are made at once. The least of three, since whatever else the machine does adds to it. */
export async function millisecondsPerHash(cost: HashCost, atOnce: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const began = performance.now()
    await Promise.all(Array.from({ length: atOnce }, () => hash('2468', optionsOf(cost))))
    least = Math.min(least, (performance.now() - began) / atOnce)
  }
  return least
}

/** As argon2 takes them, whose variant is argon2id where none is named. */
export function optionsOf({ memoryKib, passes }: HashCost): Options {
  return { memoryCost: memoryKib, timeCost: passes, parallelism: 1 }
}

/** What a hash was made at. */
export function costOf(hashed: string): HashCost {
  const { memoryCost, timeCost } = parseOptions(hashed)
  return { memoryKib: memoryCost, passes: timeCost }
}
