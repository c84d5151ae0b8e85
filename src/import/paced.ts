import { setImmediate as nextTurn } from 'node:timers/promises'

/** Items between two turns of everything else. */
const LOT = 250

/** The items one by one; calls have their turn in between. */
export async function* paced<T>(items: Iterable<T>): AsyncGenerator<T> {
  let count = 0
  for (const item of items) {
    if (++count % LOT === 0) await nextTurn()
    yield item
  }
}
