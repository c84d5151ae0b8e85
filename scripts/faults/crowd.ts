/** A stream of calls, as on a busy morning, and what became of each. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Caller, type Manner, type Remembered, type Telephone } from './caller.js'
import type { Roster } from './employees.js'
import { type Chance, oneOf } from './random.js'

const MANNERS: readonly (readonly [share: number, manner: Manner])[] = [
  [45, 'typist'],
  [15, 'listener'],
  [10, 'silent'],
  [10, 'mistyper'],
  [5, 'locked out'],
  [15, 'hurried'],
]

/** A call, and during which fault it ended. */
export interface Entry extends Remembered {
  readonly during: string
}

export interface CrowdOptions {
  readonly telephone: Telephone
  readonly roster: Roster
  readonly chance: Chance
  readonly callsPerSecond: number
}

export class Crowd {
  /** What calls that end are booked under. */
  during = ''
  /** Then it is no word of its own when the PBX ends a call. */
  isPbxDown = false
  readonly ledger: Entry[] = []
  /** What went wrong beside the calls. */
  readonly complaints: string[] = []
  readonly #options: CrowdOptions
  readonly #callers = new Set<Caller>()
  #calling: AbortController | null = null
  /** How many calls could not be placed, as all employees had called too lately. */
  missed = 0
  mostAtOnce = 0

  constructor(options: CrowdOptions) {
    this.#options = options
  }

  start(): void {
    this.#calling = new AbortController()
    void this.#keepCalling(this.#calling.signal)
  }

  /** Places no more calls; settles when those in progress are over. */
  async stop(): Promise<void> {
    this.#calling?.abort()
    while (this.#callers.size > 0) await Promise.all([...this.#callers].map(({ remembered }) => remembered))
  }

  /** The PBX went away under all calls. */
  cut(): void {
    for (const caller of this.#callers) caller.cut()
  }

  /** What is said in the calls of this moment may not be heard. */
  expectNoVoices(): void {
    for (const caller of this.#callers) caller.expectsNoVoice = true
  }

  complain(sentence: string): void {
    this.complaints.push(`${this.during}: ${sentence}`)
  }

  /** Places one call; null when all employees have called too lately. */
  call(manner: Manner): Caller | null {
    const { telephone, roster, chance } = this.#options
    const employee = roster.take()
    if (!employee) return null
    const caller = new Caller(telephone, employee, manner, chance)
    this.#callers.add(caller)
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#callers.size)
    void caller.remembered.then(remembered => {
      this.#callers.delete(caller)
      roster.giveBack(employee, !isByThePbx(remembered))
      const endedBy = this.isPbxDown && remembered.endedBy === 'pbx' ? 'cut' : remembered.endedBy
      this.ledger.push({ ...remembered, endedBy, during: this.during })
    })
    return caller
  }

  async #keepCalling(stopped: AbortSignal): Promise<void> {
    const { chance, callsPerSecond } = this.#options
    for (;;) {
      // Arrivals that know nothing of each other.
      const pause = (-Math.log(1 - chance()) / callsPerSecond) * 1000
      await sleep(pause, undefined, { signal: stopped }).catch(() => {})
      if (stopped.aborted) return
      if (!this.call(oneOf(chance, MANNERS))) this.missed += 1
    }
  }
}

/** Punchline never had the call. Who typed ahead does not hear that the clock is not available. */
function isByThePbx({ heard }: Remembered): boolean {
  const [first] = heard
  return first === undefined || first === 'clock-not-available' || first === 'say-your-name-and-site'
}
