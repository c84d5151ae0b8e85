/** Punchline as a process: how soon it is there, and what memory it takes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMegabytes } from '../../rig/usage.js'
import type { Say } from '../measure.js'
import type { Comparison } from './comparison.js'
import type { PlannedCall } from './plan.js'
import { compared, employeeAt, LEAD, planned } from './planning.js'
import { sayFaults } from './soundness.js'
import type { Stage } from './stage.js'

/** From starting Punchline to the first word of the first call that it answers. */
export async function coldStart(stage: Stage): Promise<Comparison[]> {
  const { punchline, clocks } = stage
  await punchline.end('SIGTERM')
  const began = Date.now()
  punchline.start()
  await stage.appIsRegistered()
  const { calls } = await stage.listen(clocks[0], [planned(employeeAt(stage, 0), 'enter-pin', 0)])
  const answered = (calls[0]?.firstSoundAt ?? Number.NaN) - began
  return [compared('cold start to the first word of the first call', 's', [answered / 1000], { most: 3 })]
}

/** What a shift change leaves, V8 puts away once there has been next to nothing to do for a minute; in ms. */
const REST = 120_000
const CALLS_PER_SECOND = 20
const LOOKED_EVERY = 250

/** After the start, while many call, and when all is over. */
export async function memory(stage: Stage, say: Say, atOnce: number, calls: number): Promise<Comparison[]> {
  const { punchline, clocks } = stage
  const [clock] = clocks
  await punchline.end('SIGTERM')
  punchline.start()
  await stage.punchlineIsThere()
  await sleep(5_000)
  const now = () => residentMegabytes(punchline.pid ?? 0)
  const afterStart = now()
  let most = 0
  const looking = setInterval(() => {
    most = Math.max(most, now())
  }, LOOKED_EVERY)
  const withName = await stage.listen(clock, plansAt(stage, 'end', atOnce / 5, atOnce * 2), atOnce)
  clearInterval(looking)
  sayFaults(say, 'memory', clock, withName)
  await sleep(REST)
  const afterTheFirst = now()
  const brief = plansAt(stage, 'confirmation', CALLS_PER_SECOND, calls).map(plan => ({ ...plan, typesAhead: true }))
  // Unheard by the wire tap: there are too many.
  const reports = await stage.call(clock, brief, atOnce)
  sayFaults(say, 'memory', clock, { reports, calls: reports })
  await sleep(REST)
  const afterAll = now()
  return [
    compared('memory after the start', 'MB', [afterStart], { most: 150 }),
    compared(`memory at ${atOnce} calls, most`, 'MB', [most], { most: 250 }),
    compared(`memory after ${atOnce * 2} calls`, 'MB', [afterTheFirst]),
    compared(`memory after ${calls} calls more`, 'MB', [afterAll], { most: afterTheFirst * 1.05 }),
  ]
}

function plansAt(stage: Stage, listensTo: PlannedCall['listensTo'], perSecond: number, count: number): PlannedCall[] {
  const began = Date.now() + LEAD
  return Array.from({ length: count }, (_, n) =>
    planned(employeeAt(stage, n), listensTo, began + (n * 1000) / perSecond),
  )
}
