/** Strikes each fault so many times, at random instants under a stream of calls. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from './report.js'
import { Trial, type TrialOptions } from './trial.js'

/** `times`: how often each fault strikes. */
export async function runSuite(times: ReadonlyMap<string, number>, options: TrialOptions): Promise<Report> {
  const trial = await Trial.open(options)
  const { crowd } = trial
  const rounds = [...times].flatMap(([fault, count]) => Array.from({ length: count }, () => fault))
  try {
    crowd.start()
    for (const fault of rounds) {
      crowd.during = fault
      await sleep(trial.pause(500, 8_000))
      if (!(await trial.strike(fault))) break
    }
    await crowd.stop()
    return await trial.report()
  } finally {
    await trial.close()
  }
}
