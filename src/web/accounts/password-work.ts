/** Work on passwords takes turns: guessing is slowed, and the calls' PINs keep a core for themselves. */
import pLimit from 'p-limit'
import { PageRefused } from '../errors.js'

const oneAtATime = pLimit(1)
const MOST_WAITING = 50

/** Does the work when it is its turn. @throws PageRefused when too much waits already */
export async function passwordWork<Result>(work: () => Promise<Result>): Promise<Result> {
  if (oneAtATime.pendingCount >= MOST_WAITING) {
    throw new PageRefused(503, 'Too many people are signing in at once. Try again in a minute.')
  }
  return oneAtATime(work)
}
