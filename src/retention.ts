/** Erases, once an hour, the recordings and the calls that are older than the settings keep. May be killed at any moment. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { DAY, HOUR, type Instant } from './clock/time.js'
import type { Database } from './store/database.js'
import type { RecordingFolder } from './store/recordings.js'
import { eraseCalls, eraseRecordings, removeErasedFiles, removeOldAttempts } from './store/retention.js'
import { readSettings } from './store/settings.js'

export interface RetentionSettings {
  readonly db: Database
  readonly recordings: RecordingFolder
  readonly log: Logger
  /** Whether the clock may be far ahead, so that nothing should be erased by it. */
  readonly isClockDoubtful?: () => boolean
}

/** So few rows at once, and then a pause in milliseconds, that a call in between notices nothing. */
const BATCH = 50
const BREATH = 20

export class Retention {
  readonly #settings: RetentionSettings
  readonly #stopping = new AbortController()
  #work: Promise<void> | null = null

  constructor(settings: RetentionSettings) {
    this.#settings = settings
  }

  /** Runs at once, and then every hour. */
  start(): void {
    this.#work ??= this.#run()
  }

  /** Returns when nothing is being erased any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  async #run(): Promise<void> {
    const { log } = this.#settings
    while (!this.#isStopping) {
      if (this.#settings.isClockDoubtful?.())
        log.warn('the clock may be far ahead: nothing is erased until it is set right, for a day')
      else await this.eraseOld(Date.now()).catch(error => log.error({ err: error }, 'what is old could not be erased'))
      await this.#rest(HOUR)
    }
  }

  /** Erases what is too old by now. Gives how much of each there was. */
  async eraseOld(now: Instant): Promise<{ recordings: number; calls: number }> {
    const { db, recordings: folder, log } = this.#settings
    const { recordingDays, callDays } = await readSettings(db)
    // First what an admin asked for, and what an earlier run did not finish.
    await this.#inBatches(() => removeErasedFiles(db, folder, BATCH))
    const recordings = await this.#inBatches(async () => {
      const erased = await eraseRecordings(db, now - recordingDays * DAY, BATCH)
      await removeErasedFiles(db, folder, 2 * BATCH)
      return erased
    })
    await this.#inBatches(() => removeOldAttempts(db, now, BATCH))
    const calls = await this.#inBatches(() => eraseCalls(db, now - callDays * DAY, BATCH))
    if (recordings + calls > 0) log.info({ recordings, calls }, 'erased what was older than is kept')
    return { recordings, calls }
  }

  /** Repeats until there is no more to do; gives the sum. */
  async #inBatches(batch: () => Promise<number>): Promise<number> {
    let sum = 0
    while (!this.#isStopping) {
      const count = await batch()
      if (count === 0) break
      sum += count
      await this.#rest(BREATH)
    }
    return sum
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  async #rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, null, { signal: this.#stopping.signal }).catch(() => {})
  }
}
