/** From # behind the ID to the next prompt, and from # behind the PIN to the confirmation. */
import type { Say } from '../measure.js'
import { type Comparison, median } from './comparison.js'
import { compared, crowd, LEAD, onBoth, p99, planned, TO_THE_PIN } from './planning.js'
import { reactions } from './soundness.js'
import type { Stage } from './stage.js'

/** One call at a time, up to the confirmation. */
export async function alone(stage: Stage, say: Say, calls: number): Promise<Comparison[]> {
  const plans = stage.whoHaveNotCalled(calls).map(employee => planned(employee, 'confirmation', Date.now()))
  const found = await onBoth(stage, say, 'one call at a time', clock => stage.listen(clock, plans, 1))
  const react = found.map(({ calls }) => reactions(say, calls, 0))
  const verdict = found.map(({ calls }) => reactions(say, calls, 1))
  return [
    compared('reaction, 1 call: median', 'ms', react.map(median)),
    compared('verdict, 1 call: median', 'ms', verdict.map(median), { most: 40, besidePeer: 'no more' }),
  ]
}

/** So many calls at once, each up to the question for the PIN. */
export async function severalAtOnce(stage: Stage, say: Say, atOnce: number, rounds: number): Promise<Comparison[]> {
  const found = await onBoth(stage, say, `${atOnce} calls at once`, clock => crowd(stage, clock, atOnce, rounds))
  const react = found.map(({ calls }) => reactions(say, calls, 0))
  const isTheMany = atOnce === 100
  return [
    compared(`reaction, ${atOnce} calls: median`, 'ms', react.map(median), isTheMany ? { most: 6 } : {}),
    compared(`reaction, ${atOnce} calls: p99`, 'ms', react.map(p99), isTheMany ? { most: 15 } : {}),
  ]
}

/** Everyone has keyed their ID and waits; then all PINs end within the same second. */
export async function sameSecond(stage: Stage, say: Say, count: number): Promise<Comparison[]> {
  const employees = stage.whoHaveNotCalled(count)
  const found = await onBoth(stage, say, `${count} PINs within a second`, clock => {
    const began = Date.now() + LEAD
    const pinsFrom = began + 5_000 + TO_THE_PIN + 2_000
    const plans = employees.map((employee, n) => ({
      ...planned(employee, 'confirmation', began + (n * 5_000) / count),
      pinAt: pinsFrom + (n * 1_000) / count,
    }))
    return stage.listen(clock, plans)
  })
  const verdict = found.map(({ calls }) => reactions(say, calls, 1))
  const worst = verdict.map(values => Math.max(...values))
  return [
    compared(`verdict, ${count} PINs within a second: worst`, 'ms', worst, { most: 1_500, besidePeer: 'no more' }),
    compared(`verdict, ${count} PINs within a second: median`, 'ms', verdict.map(median), { besidePeer: 'no more' }),
  ]
}
