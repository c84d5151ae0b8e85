/** Strikes each fault so many times, at random instants under a stream of calls. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from './report.js'
import { Trial, type TrialOptions } from './trial.js'

/** `times`: how often each fault strikes. */
export async function runSuite(times: ReadonlyMap<string, number>, options: TrialOptions): Promise<Report> {
  const trial = await Trial.open(options)
  try {
    const { crowd } = trial
    crowd.start()
    for (const [fault, count] of times) {
      crowd.during = fault
      for (let round = 0; round < count; round++) {
        await sleep(trial.pause(500, 4_000))
        await trial.strike(fault)
      }
    }
    await crowd.stop()
    return await trial.report()
  } finally {
    await trial.close()
  }
}
