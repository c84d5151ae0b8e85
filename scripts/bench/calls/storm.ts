/** Shift change: everyone calls within a minute, and listens to the end. */
import type { Say } from '../measure.js'
import { type Comparison, median } from './comparison.js'
import { compared, LEAD, p99, planned } from './planning.js'
import { reactions, sayFaults } from './soundness.js'
import type { Listened, Stage } from './stage.js'

export async function storm(stage: Stage, say: Say, callers: number, seconds: number): Promise<Comparison[]> {
  const employees = stage.whoHaveNotCalled(callers)
  const found: Listened[] = []
  const before = await Promise.all(stage.clocks.map(clock => clock.punches()))
  for (const clock of stage.clocks) {
    const began = Date.now() + LEAD
    const plans = employees.map(employee => planned(employee, 'end', began + Math.random() * seconds * 1000))
    const listened = await stage.listen(clock, plans)
    sayFaults(say, 'storm', clock, listened)
    found.push(listened)
  }
  const verdict = found.map(({ calls }) => reactions(say, calls, 1))
  const perCall = (seconds: number) => (seconds * 1000) / callers
  const kept = await Promise.all(stage.clocks.map(clock => clock.punches()))
  const punchesOf = (which: number) =>
    employees.map(({ phoneClockId }) => (kept[which]?.get(phoneClockId) ?? 0) - (before[which]?.get(phoneClockId) ?? 0))
  const lost = [0, 1].map(which => punchesOf(which).filter(count => count === 0).length)
  const doubled = [0, 1].map(which => punchesOf(which).filter(count => count > 1).length)
  const failed = found.map(({ reports }) => reports.filter(({ fault }) => fault !== null).length)
  const gaps = found.map(({ calls }) => calls.map(({ longestGap }) => longestGap))
  const clockCpu = found.map(({ processor }) => perCall(processor.clock))
  const asteriskCpu = found.map(({ processor }) => perCall(processor.asterisk))
  const [ofPunchline = Number.NaN] = clockCpu
  const [ofAsterisk = Number.NaN] = asteriskCpu
  return [
    compared('storm: calls that failed', '', failed, { most: 0 }),
    compared('storm: punches lost', '', lost, { most: 0 }),
    compared('storm: punches doubled', '', doubled, { most: 0 }),
    compared('storm: verdict, median', 'ms', verdict.map(median), { besidePeer: 'no more' }),
    compared('storm: verdict, p99', 'ms', verdict.map(p99), { most: 150, besidePeer: 'no more' }),
    compared('storm: longest gap in a prompt, p99 of calls', 'ms', gaps.map(p99), { most: 60 }),
    compared('storm: processor per call, the clock itself', 'ms of a core', clockCpu),
    compared('storm: processor per call, Asterisk', 'ms of a core', asteriskCpu),
    compared('storm: Punchline’s processor as a share of Asterisk’s', '', [ofPunchline / ofAsterisk], { most: 0.5 }),
  ]
}
