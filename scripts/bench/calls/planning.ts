/** What the scenarios share: who calls when, on both clocks, and what is made of it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, type Say } from '../measure.js'
import type { Comparison, Reach } from './comparison.js'
import type { PlannedCall } from './plan.js'
import type { Employee } from './roster.js'
import { sayFaults } from './soundness.js'
import type { Clock, Listened, Stage } from './stage.js'

/** From planning to the first call, so that all processes are ready, in ms. */
export const LEAD = 500
/** How long a call takes up to the question for the PIN, in ms. */
export const TO_THE_PIN = 7_000

/** Punchline first, then the plain dialplan. */
export async function onBoth(
  stage: Stage,
  say: Say,
  what: string,
  run: (clock: Clock) => Promise<Listened>,
): Promise<readonly Listened[]> {
  const found: Listened[] = []
  for (const clock of stage.clocks) {
    const listened = await run(clock)
    sayFaults(say, what, clock, listened)
    found.push(listened)
    // Calls that were hung up on are put away.
    await sleep(1_000)
  }
  return found
}

/** So many calls at once for a while, each up to the question for the PIN; another begins where one ends. */
export function crowd(stage: Stage, clock: Clock, atOnce: number, rounds: number): Promise<Listened> {
  const began = Date.now() + LEAD
  const plans = Array.from({ length: atOnce * rounds }, (_, n) =>
    planned(employeeAt(stage, n), 'enter-pin', began + (n * TO_THE_PIN) / atOnce),
  )
  return stage.listen(clock, plans, atOnce)
}

export function planned(
  { phoneClockId, pin }: Employee,
  listensTo: PlannedCall['listensTo'],
  dialAt: number,
): PlannedCall {
  return { phoneClockId, pin, listensTo, dialAt }
}

/** They take turns. */
export function employeeAt({ employees }: Stage, n: number): Employee {
  const employee = employees[n % employees.length]
  if (!employee) throw new Error('Nobody was hired')
  return employee
}

export function compared(
  what: string,
  unit: Comparison['unit'],
  [punchline = null, peer = null]: readonly (number | null)[],
  reach: Reach = {},
): Comparison {
  return { what, unit, punchline: punchline ?? Number.NaN, peer, reach }
}

export function p99(values: readonly number[]): number {
  return percentile(values, 0.99)
}
