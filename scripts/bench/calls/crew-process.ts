/** A process of callers: gets plans, sends a report of each call. */
import pLimit from 'p-limit'
import { loadPrompts } from '../../telephone/telephone.js'
import { call } from './employee.js'
import type { Destination, PlannedCall } from './plan.js'

const prompts = await loadPrompts('asterisk-config/sounds/en')
prompts.indexFor('pcmu')

process.on('message', ({ plans, destination, atOnce }: Shift) => {
  const inTurn = pLimit(atOnce)
  void Promise.all(plans.map(plan => inTurn(() => call(plan, destination, prompts)))).then(reports =>
    process.send?.(reports),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

/** What a process has to do at one time. */
export interface Shift {
  readonly plans: readonly PlannedCall[]
  readonly destination: Destination
  /** So many calls at once at most. */
  readonly atOnce: number
}
