/** A failure that repeats, logged once, and once more when it is over: what works every second would fill the log. */
import type { Logger } from 'pino'

export class Complaint {
  readonly #log: Logger
  readonly #sentence: string
  #isMade = false

  constructor(log: Logger, sentence: string) {
    this.#log = log
    this.#sentence = sentence
  }

  make(error: unknown): void {
    if (!this.#isMade) this.#log.error({ err: error }, this.#sentence)
    this.#isMade = true
  }

  /** What failed has worked. */
  settle(): void {
    if (this.#isMade) this.#log.info(`over: ${this.#sentence}`)
    this.#isMade = false
  }
}
