/** ID and PIN keyed in one go as the PBX answers. */
import type { Say } from '../measure.js'
import { type Comparison, median } from './comparison.js'
import { keyingTime } from './employee.js'
import { compared, planned } from './planning.js'
import { sayFaults } from './soundness.js'
import type { Stage } from './stage.js'

/** How much later than the release of the last key the punch is on disk. */
export async function typeAhead(stage: Stage, say: Say, calls: number): Promise<Comparison[]> {
  const beyond: number[] = []
  const [clock] = stage.clocks
  for (const employee of stage.whoHaveNotCalled(calls)) {
    const listened = await stage.listen(clock, [{ ...planned(employee, 'confirmation', Date.now()), typesAhead: true }])
    sayFaults(say, 'typed ahead', clock, listened)
    const committedAt = await stage.lastCommit(employee)
    const keys = `${employee.phoneClockId}#${employee.pin}#`.length
    beyond.push(committedAt - (listened.reports[0]?.answeredAt ?? Number.NaN) - keyingTime(keys))
  }
  return [compared('typed ahead: on disk after the last key, median', 'ms', [median(beyond)], { most: 150 })]
}
