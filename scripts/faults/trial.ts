/** Premises under a stream of calls, and what breaking them came to so far. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { until } from '../rig/until.js'
import { loadPrompts } from '../telephone/telephone.js'
import { Crowd } from './crowd.js'
import { Roster } from './employees.js'
import { FAULTS } from './kinds.js'
import { between, type Chance, chanceOf } from './random.js'
import { isSettled, readRecords } from './records.js'
import { secondsToRecover } from './recovery.js'
import { type Report, reportOf } from './report.js'
import { openSite, type Site } from './site.js'

export interface TrialOptions {
  readonly seed: number
  readonly callsPerSecond: number
  /** What Punchline logs is added to it. */
  readonly logFile: string
  readonly say: (line: string) => void
}

/** Enough employees, each resting for two minutes and calling for half a minute, and those who try whether calls work again. */
const EMPLOYEES_PER_CALL_A_SECOND = 200
/** What the calls left is taken in within this, in milliseconds; what is not is reported. */
const SETTLED_WITHIN = 60_000

export class Trial {
  readonly site: Site
  readonly crowd: Crowd
  readonly #options: TrialOptions
  readonly #chance: Chance
  readonly #recoveries = new Map<string, number[]>()
  readonly #lateness = monitorEventLoopDelay({ resolution: 10 })

  private constructor(options: TrialOptions, site: Site, crowd: Crowd, chance: Chance) {
    this.#options = options
    this.site = site
    this.crowd = crowd
    this.#chance = chance
    this.#lateness.enable()
  }

  static async open(options: TrialOptions): Promise<Trial> {
    const { callsPerSecond, logFile, seed } = options
    const prompts = await loadPrompts('asterisk-config/sounds/en')
    const site = await openSite(Math.ceil(callsPerSecond * EMPLOYEES_PER_CALL_A_SECOND), logFile)
    const chance = chanceOf(seed)
    const telephone = { to: site.pbx.sipAddress, prompts }
    const crowd = new Crowd({ telephone, roster: new Roster(site.employees), chance, callsPerSecond })
    return new Trial(options, site, crowd, chance)
  }

  /** A pause that nobody could have foreseen, in milliseconds. */
  pause(least: number, most: number): number {
    return between(this.#chance, least, most)
  }

  /** Breaks it once; settles when calls work again, or don't within a minute: then there is nothing more to break, and it is false. */
  async strike(fault: string): Promise<boolean> {
    const strike = FAULTS.get(fault)
    if (!strike) throw new Error(`There is no fault '${fault}'. There are: ${[...FAULTS.keys()].join(', ')}.`)
    const { site, crowd } = this
    crowd.during = fault
    await strike({ site, crowd, chance: this.#chance })
    const seconds = await secondsToRecover(crowd)
    const earlier = this.#recoveries.get(fault) ?? []
    this.#recoveries.set(fault, [...earlier, seconds])
    this.#options.say(
      `${fault} ${earlier.length + 1}: calls worked after ${seconds.toFixed(1)} s; ${crowd.ledger.length} calls`,
    )
    return Number.isFinite(seconds)
  }

  /** To be asked for when the crowd has stopped. */
  async report(): Promise<Report> {
    const { site, crowd } = this
    this.#options.say(
      `${crowd.mostAtOnce} calls at once at most; ${crowd.missed} were not placed, as all had called too lately`,
    )
    this.#options.say(`the callers were late by ${(this.#lateness.max / 1e6).toFixed(0)} ms at worst`)
    await until('all is taken in', () => isSettled(site), SETTLED_WITHIN).catch(() => {})
    return reportOf(crowd, await readRecords(site, crowd.ledger), this.#recoveries)
  }

  close(): Promise<void> {
    return this.site.close()
  }
}
