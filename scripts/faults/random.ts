/** Chance that can be had again: the same seed gives the same numbers. */

/** Gives a number from 0 up to, not including, 1. */
export type Chance = () => number

/** Mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function between(chance: Chance, least: number, most: number): number {
  return least + (most - least) * chance()
}

/** One of several, each as often as its share says. */
export function oneOf<T>(chance: Chance, shares: readonly (readonly [share: number, one: T])[]): T {
  const total = shares.reduce((sum, [share]) => sum + share, 0)
  let left = chance() * total
  for (const [share, one] of shares) {
    left -= share
    if (left < 0) return one
  }
  throw new Error('There is nothing to choose from.')
}
