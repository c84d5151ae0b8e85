/** The steps of all calls, a dozen each, written together a few times a second. A kill loses the last ones. */
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import { unhurried } from './sqlite.js'

export interface CallStep {
  readonly callId: number
  readonly at: Instant
  readonly step: string
  readonly detail: string | null
}

interface Batch {
  readonly steps: CallStep[]
  readonly written: Promise<void>
  write(): void
}

/** In milliseconds. */
const WRITTEN_WITHIN = 200

export class CallSteps {
  readonly #db: Database
  /** Those that are written next, in their order; null while there are none. */
  #next: Batch | null = null

  constructor(db: Database) {
    this.#db = db
  }

  /** Settles when the step is written; rejects when it could not be. */
  add(step: CallStep): Promise<void> {
    this.#next ??= this.#batch()
    this.#next.steps.push(step)
    return this.#next.written
  }

  /** Writes at once what is waiting: a call is over. */
  hurry(): void {
    this.#next?.write()
  }

  #batch(): Batch {
    const steps: CallStep[] = []
    let write = () => {}
    const written = new Promise<void>(resolve => {
      write = () => {
        this.#next = null
        clearTimeout(timer)
        resolve(addCallSteps(this.#db, steps))
      }
    })
    const timer = setTimeout(write, WRITTEN_WITHIN)
    return { steps, written, write }
  }
}

export async function addCallSteps(db: Database, steps: readonly CallStep[]): Promise<void> {
  const rows = steps.map(({ callId, ...columns }) => ({ call_id: callId, ...columns }))
  await unhurried(db, db.insertInto('call_steps').values(rows))
}
