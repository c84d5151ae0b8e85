/** Attempts that are on disk as failures while they are still being judged, and those that wait for them. One process judges. */
export class BeingJudged {
  readonly #ids = new Set<number>()
  /** First come, first served. */
  readonly #waiting: (() => void)[] = []
  #settled = 0

  get ids(): readonly number[] {
    return [...this.#ids]
  }

  /** How many were settled so far. */
  get settledSoFar(): number {
    return this.#settled
  }

  add(id: number): void {
    this.#ids.add(id)
  }

  /** What is on disk of the attempt counts from now on. */
  settled(id: number): void {
    this.#ids.delete(id)
    this.#settled += 1
    this.letNextLook()
  }

  /** Only one looks at a time, or a hundred that wait would all look a hundred times. */
  letNextLook(): void {
    this.#waiting.shift()?.()
  }

  /** Until another one is settled than the first `before`. Who has waited before keeps its place in the row. */
  async nextAfter(before: number, place: 'first' | 'last'): Promise<void> {
    if (this.#settled > before) return
    await new Promise<void>(resolve => {
      if (place === 'first') this.#waiting.unshift(resolve)
      else this.#waiting.push(resolve)
    })
  }
}
