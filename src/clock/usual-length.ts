/** How many digits most PINs have that were right lately: where a caller is likely to be done but for `#`. */

/** What is remembered is halved at so many, so that a company that changes its habit is followed. */
const MOST_REMEMBERED = 1_000
/** Before any was right: the shortest that is allowed, which most people choose. */
const FIRST_GUESS = 4

export class UsualLength {
  readonly #counts = new Map<number, number>()
  #remembered = 0

  get digits(): number {
    const [most] = [...this.#counts].sort(([, a], [, b]) => b - a)
    return most?.[0] ?? FIRST_GUESS
  }

  note(digits: number): void {
    this.#counts.set(digits, (this.#counts.get(digits) ?? 0) + 1)
    this.#remembered += 1
    if (this.#remembered < MOST_REMEMBERED) return
    for (const [length, count] of this.#counts) this.#counts.set(length, count / 2)
    this.#remembered /= 2
  }
}
