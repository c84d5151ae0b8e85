/** Long work in pieces, between which everything else goes on: calls share its thread. */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** In ms. */
const LONGEST_PIECE = 8

/** To be awaited between small pieces of long work: waits a turn where enough has been done since the last one. */
export function takingTurns(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < LONGEST_PIECE) return
    await nextTurn()
    since = performance.now()
  }
}

/** Some at a time, `size` at most. */
export function* lots<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size)
}

/** The items one by one, with turns of everything else in between. */
export async function* paced<T>(items: Iterable<T>): AsyncGenerator<T> {
  const takeTurns = takingTurns()
  for (const item of items) {
    yield item
    await takeTurns()
  }
}
