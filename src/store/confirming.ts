/** Confirming calls that the PBX kept, many at once. */
import { TOO_SOON } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import { suggestAssignment } from './assigning.js'
import type { Database } from './database.js'
import { assignUnclaimedPunch, findUnclaimedPunch, SettlingRefused } from './unclaimed-punches.js'

export interface Confirmed {
  readonly clockIns: number
  readonly clockOuts: number
  /** Those that still wait, and why. */
  readonly left: readonly { readonly id: number; readonly at: Instant; readonly why: string }[]
}

/**
 * Makes each kept call the punch of the employee whose ID was keyed, as what a call at its time would have been, each in a
 * transaction of its own, in the order of their times. Their voices count as not heard yet.
 */
export async function confirmKeptCalls(
  db: Database,
  { ids, actor }: { ids: readonly number[]; actor: string },
): Promise<Confirmed> {
  const found = await Promise.all(ids.map(id => findUnclaimedPunch(db, id)))
  const calls = found.flatMap(call => (call?.kept ? [call] : [])).sort((one, other) => one.at - other.at)
  let clockIns = 0
  let clockOuts = 0
  const left: { id: number; at: Instant; why: string }[] = []
  for (const { id, at, kept } of calls) {
    try {
      if (!kept?.employee) throw new SettlingRefused('The ID that was keyed is nobody’s.')
      const { id: employeeId, name } = kept.employee
      if (await hasPunchAround(db, employeeId, at)) {
        throw new SettlingRefused(`${name} has a punch within two minutes of it.`)
      }
      const { direction } = await suggestAssignment(db, employeeId, at)
      await assignUnclaimedPunch(db, { id, employeeId, direction, jobId: null, actor, isHeard: false })
      if (direction === 'in') clockIns++
      else clockOuts++
    } catch (error) {
      if (!(error instanceof SettlingRefused)) throw error
      if (!error.isDone) left.push({ id, at, why: error.message })
    }
  }
  return { clockIns, clockOuts, left }
}

/** Who calls twice within so short a time was not certain that it took; the second call is no clock-out. */
async function hasPunchAround(db: Database, employeeId: number, at: Instant): Promise<boolean> {
  const punch = await db
    .selectFrom('punches')
    .select('id')
    .where('employee_id', '=', employeeId)
    .where('at', '>', at - TOO_SOON)
    .where('at', '<', at + TOO_SOON)
    .limit(1)
    .executeTakeFirst()
  return punch !== undefined
}
