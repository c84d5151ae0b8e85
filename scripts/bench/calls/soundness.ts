/** A figure counts only where the calls behind it went as planned. */
import type { Say } from '../measure.js'
import type { HeardCall } from './heard-call.js'
import type { CallReport } from './plan.js'
import type { Clock } from './stage.js'

interface Made {
  readonly reports: readonly CallReport[]
  readonly calls: readonly unknown[]
}

/** Says what went wrong, and how many calls it was of how many. */
export function sayFaults(say: Say, what: string, clock: Clock, { reports, calls }: Made): void {
  const faults = reports.map(({ fault }) => fault).filter(fault => fault !== null)
  if (faults.length > 0)
    say(`${what}, ${clock.name}: ${faults.length} of ${reports.length} calls failed: ${faults[0]}`, false)
  if (calls.length < reports.length)
    say(`${what}, ${clock.name}: ${calls.length} of ${reports.length} calls were on the wire`, false)
}

/** From the release of each call's so-manyth # to the next sound, in ms. One that was not followed by sound counts as a fault. */
export function reactions(say: Say, calls: readonly HeardCall[], nth: number): number[] {
  const pounds = calls.map(({ pounds }) => pounds[nth]).filter(pound => pound !== undefined)
  const silent = pounds.filter(({ soundAt }) => soundAt === null).length
  if (silent > 0) say(`After ${silent} of ${pounds.length} pounds there was no sound`, false)
  return pounds.flatMap(({ releasedAt, soundAt }) => (soundAt === null ? [] : [soundAt - releasedAt]))
}
