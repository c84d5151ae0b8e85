/** Looks every two seconds whether the wall clock jumped, and keeps that for the admins. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { DAY, MINUTE, SECOND } from './clock/time.js'
import { type ClockJump, jumpBetween, jumpInWords, type Reading } from './clock/wall-clock.js'
import { keepJump, latestCommit } from './store/clock-jumps.js'
import type { Database } from './store/database.js'

const LOOK_EVERY = 2 * SECOND
/** By so much a restarted machine's clock may be behind the latest punch and be right: it was being kept right. */
const SLIGHTLY_BEHIND = MINUTE
/** A clock that went ahead by more may be wrong, and so may one that is further from the latest punch at a start. */
const FAR_AHEAD = DAY
const LONG_QUIET = 30 * DAY
/** How long an admin has to set it right. */
const DOUBTED_FOR = DAY

export interface ClockWatchSettings {
  readonly db: Database
  readonly log: Logger
  /** Reads both clocks. */
  readonly read?: () => Reading
}

export class ClockWatch {
  readonly #db: Database
  readonly #log: Logger
  readonly #read: () => Reading
  readonly #stopping = new AbortController()
  #latest: Reading
  /** By the clock that nobody sets. */
  #doubtedUntil = 0
  #work: Promise<void> | null = null

  constructor({ db, log, read = readClocks }: ClockWatchSettings) {
    this.#db = db
    this.#log = log
    this.#read = read
    this.#latest = read()
  }

  start(): void {
    this.#work ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  /** Compares with what was on record when Punchline started: the clock may have been set meanwhile. */
  async lookBack(): Promise<void> {
    const latest = await latestCommit(this.#db)
    const { wall } = this.#latest
    if (latest !== null && wall - latest > LONG_QUIET) this.#doubt()
    if (latest !== null && latest - wall > SLIGHTLY_BEHIND) await this.#jumped({ from: latest, to: wall })
  }

  /** The clock went far ahead within the last day: what can't be undone had better not go by it. */
  get isDoubtful(): boolean {
    return this.#read().steady < this.#doubtedUntil
  }

  async look(): Promise<void> {
    const reading = this.#read()
    const jump = jumpBetween(this.#latest, reading)
    this.#latest = reading
    if (jump) await this.#jumped(jump)
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.look().catch(error => this.#log.error({ err: error }, 'a jump of the clock could not be kept'))
      await pause(LOOK_EVERY, null, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  async #jumped(jump: ClockJump): Promise<void> {
    this.#log.warn({ from: new Date(jump.from), to: new Date(jump.to) }, `the clock jumped ${jumpInWords(jump)}`)
    if (jump.to - jump.from > FAR_AHEAD) this.#doubt()
    await keepJump(this.#db, jump)
  }

  #doubt(): void {
    this.#doubtedUntil = this.#latest.steady + DOUBTED_FOR
  }
}

export function readClocks(): Reading {
  return { wall: Date.now(), steady: performance.now() }
}
