/**
 * Hours of a busy company: calls at an even pace and a fault a minute, in turn. Memory and open files are measured when no
 * call is in progress, each time after the same sequence of faults, so that the processes that these end are of the same
 * age: at the end of the first turn that has brought 500 calls, and at the end of the last.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { table } from '../../src/cli/listing.js'
import { MINUTE, SECOND } from '../../src/clock/time.js'
import { type Usage, usageOf } from '../rig/usage.js'
import type { Report } from './report.js'
import { Trial, type TrialOptions } from './trial.js'

export interface SoakOptions extends TrialOptions {
  /** These strike in turn. */
  readonly faults: readonly string[]
  readonly minutes: number
}

/** Of each process, by its name. */
type Usages = ReadonlyMap<string, Usage>

const WARM_AFTER_CALLS = 500
const MOST_GROWTH = 1.1
/** After the last call a process still has something to put away: Node gives memory back when it has been idle for a while. */
const REST = 45 * SECOND

export async function runSoak({ faults, minutes, ...options }: SoakOptions): Promise<Report> {
  const trial = await Trial.open(options)
  try {
    let warm: Usages | null = null
    let latest: Usages = new Map()
    let works = true
    for (let turn = 0; works && turn * faults.length < minutes; turn++) {
      trial.crowd.start()
      for (const fault of faults) works &&= await minuteWith(trial, fault)
      await trial.crowd.stop()
      await sleep(REST)
      if (works) latest = measure(trial)
      if (trial.crowd.ledger.length >= WARM_AFTER_CALLS) warm ??= latest
      options.say(usageTable(latest))
    }
    const report = await trial.report()
    return { ...report, faults: [...report.faults, ...growths(warm, latest)] }
  } finally {
    await trial.close()
  }
}

/** A minute of calls, with the fault at some instant of it; false when calls did not work again. */
async function minuteWith(trial: Trial, fault: string): Promise<boolean> {
  const end = performance.now() + MINUTE
  trial.crowd.during = fault
  await sleep(trial.pause(0, 20 * SECOND))
  const works = await trial.strike(fault)
  await sleep(Math.max(0, end - performance.now()))
  return works
}

function measure({ site: { punchline, pbx } }: Trial): Usages {
  return new Map([
    ['Punchline', usageOf(punchline.pid ?? 0)],
    ['Asterisk', usageOf(pbx.pid ?? 0)],
  ])
}

function growths(warm: Usages | null, latest: Usages): string[] {
  if (!warm || warm === latest) return ['It was too short to tell whether memory and open files grow']
  return [...warm].flatMap(([name, before]) => {
    const after = latest.get(name) ?? before
    return [
      ...growth(`${name}'s memory in MB`, before.megabytes, after.megabytes),
      ...growth(`${name}'s open files`, before.openFiles, after.openFiles),
    ]
  })
}

function growth(what: string, before: number, after: number): string[] {
  return after <= before * MOST_GROWTH ? [] : [`${what} grew from ${before.toFixed(0)} to ${after.toFixed(0)}`]
}

function usageTable(usages: Usages): string {
  const rows = [...usages].map(([name, { megabytes, openFiles, ageSeconds }]) => [
    name,
    megabytes.toFixed(0),
    String(openFiles),
    ageSeconds.toFixed(0),
  ])
  return table(['process', 'MB', 'open files', 'age s'], rows)
}
