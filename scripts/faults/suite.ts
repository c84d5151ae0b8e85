/** Strikes each fault so many times under a stream of calls, and reports what came of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../tests/calls/support/until.js'
import { loadPrompts } from '../telephone/telephone.js'
import { Crowd } from './crowd.js'
import { Roster } from './employees.js'
import { FAULTS } from './kinds.js'
import { between, chanceOf } from './random.js'
import { isSettled, readRecords } from './records.js'
import { secondsToRecover } from './recovery.js'
import { type Report, reportOf } from './report.js'
import { openSite } from './site.js'

export interface SuiteOptions {
  readonly seed: number
  readonly callsPerSecond: number
  readonly employees: number
  /** How many times each fault strikes; those that are not named don't. */
  readonly times: ReadonlyMap<string, number>
  readonly logFile: string
  readonly say: (line: string) => void
}

export async function runSuite({
  seed,
  callsPerSecond,
  employees,
  times,
  logFile,
  say,
}: SuiteOptions): Promise<Report> {
  const chance = chanceOf(seed)
  const site = await openSite(employees, logFile)
  try {
    const telephone = { to: site.pbx.sipAddress, prompts: await loadPrompts('asterisk-config/sounds/en') }
    const crowd = new Crowd({ telephone, roster: new Roster(site.employees), chance, callsPerSecond })
    const recoveries = new Map<string, number[]>()
    for (const [fault, count] of times) {
      const strike = FAULTS.get(fault)
      if (!strike) throw new Error(`There is no fault ${fault}. There are: ${[...FAULTS.keys()].join(', ')}.`)
      crowd.during = fault
      crowd.start()
      const seconds: number[] = []
      recoveries.set(fault, seconds)
      for (let round = 1; round <= count; round++) {
        await sleep(between(chance, 500, 4_000))
        await strike({ site, crowd, chance })
        seconds.push(await secondsToRecover(crowd))
        say(
          `${fault} ${round}/${count}: calls worked after ${seconds.at(-1)?.toFixed(1)} s; ${crowd.ledger.length} calls so far`,
        )
      }
      await crowd.stop()
    }
    say(`${crowd.mostAtOnce} calls at once at most; ${crowd.missed} were not placed, as nobody was free`)
    // What can't be settled is reported.
    await until('all is taken in', () => isSettled(site), 60_000).catch(() => {})
    return reportOf(crowd, await readRecords(site, crowd.ledger), recoveries)
  } finally {
    await site.close()
  }
}
