/**
 * Which passwords admins may have: twelve characters or more of any kind, and none that guessing programs try early, by
 * zxcvbn's estimate over the common passwords, patterns, and words that belong to this product and this account.
 */
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

const SHORTEST = 12
/** zxcvbn's third step of four: more than 10^8 guesses, each of which costs argon2id's work. */
const STRONG_ENOUGH = 3
/** What is behind it only adds to the strength, and the estimate's time grows with the length. */
const CHARACTERS_ESTIMATED = 64
const PRODUCT_WORDS = ['punchline', 'time clock', 'timeclock', 'phone clock', 'payroll']

/** Why the password can't be taken, as a sentence; null: it can. */
export async function passwordFault(password: string, email: string): Promise<string | null> {
  if (password.length < SHORTEST) {
    return `A password has at least ${SHORTEST} characters; this one has ${password.length}.`
  }
  const words = [...PRODUCT_WORDS, ...wordsOf(email)]
  const { score } = (await estimator()).check(password.slice(0, CHARACTERS_ESTIMATED), words)
  if (score >= STRONG_ENOUGH) return null
  return 'This password is one of the first that would be guessed. Four words that have nothing to do with each other make a good one.'
}

/** Of anna@roofing-acme.com: the whole, anna, roofing-acme, roofing, acme; nothing as short as com. */
function wordsOf(email: string): string[] {
  const parts = email.split(/[@.]/)
  const words = [email, ...parts, ...parts.flatMap(part => part.split(/[^\p{L}\p{N}]+/u))]
  return [...new Set(words)].filter(word => word.length > 3)
}

let loaded: Promise<ZxcvbnFactory> | null = null

/** Loaded when the first password is set: its dictionary is 13 MB of memory, which most runs never need. */
function estimator(): Promise<ZxcvbnFactory> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
}
