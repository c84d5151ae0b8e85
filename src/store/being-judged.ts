/** Attempts that are on disk as failures while they are still being judged. One process judges. */
export class BeingJudged {
  readonly #ids = new Set<number>()
  #waiting: (() => void)[] = []

  get ids(): readonly number[] {
    return [...this.#ids]
  }

  add(id: number): void {
    this.#ids.add(id)
  }

  /** What is on disk of the attempt counts from now on. */
  settled(id: number): void {
    this.#ids.delete(id)
    for (const goOn of this.#waiting.splice(0)) goOn()
  }

  /** Until another one is settled. */
  next(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve))
  }
}
