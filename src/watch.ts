/** Looks every minute whether somebody may be guessing PINs, and has the admins told. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { MINUTE } from './clock/time.js'
import { watchForGuessing } from './store/alarms.js'
import type { Database } from './store/database.js'

export class Watch {
  readonly #db: Database
  readonly #log: Logger
  readonly #onAlarm: () => void
  readonly #stopping = new AbortController()
  #work: Promise<void> | null = null

  /** `onAlarm`: mails to the admins wait in the outbox. */
  constructor({ db, log, onAlarm }: { db: Database; log: Logger; onAlarm: () => void }) {
    this.#db = db
    this.#log = log
    this.#onAlarm = onAlarm
  }

  start(): void {
    this.#work ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#look().catch(error => this.#log.error({ err: error }, 'could not look for wrong PINs'))
      await pause(MINUTE, null, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  async #look(): Promise<void> {
    if (!(await watchForGuessing(this.#db, Date.now()))) return
    this.#log.warn('wrong PINs are out of the ordinary: somebody may be guessing')
    this.#onAlarm()
  }
}
