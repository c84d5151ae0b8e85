/** Phone clock IDs: random, without a leading zero, never issued twice. */

/** The number of digits of the next ID: five, and six from when a third of the five-digit space has been used. */
export function digitsOfNextId(issuedSoFar: number): 5 | 6 {
  return issuedSoFar < 30_000 ? 5 : 6
}

/**
 * An ID that `isIssued` does not know. `randomInt(min, max)` gives an integer in [min, max).
 * At most a third of the space is ever used, so a free one is found within a few draws.
 */
export function drawPhoneClockId(
  issuedSoFar: number,
  isIssued: (id: string) => boolean,
  randomInt: (min: number, max: number) => number,
): string {
  const smallest = 10 ** (digitsOfNextId(issuedSoFar) - 1)
  for (;;) {
    const id = String(randomInt(smallest, smallest * 10))
    if (!isIssued(id)) return id
  }
}
