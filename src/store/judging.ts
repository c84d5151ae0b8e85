/** Judging a phone clock ID and a PIN together. */
import type { Database } from './database.js'
import { beginAttempt, type Guess, settleRight } from './guessing.js'
import { type PinKey, verifyPin } from './hashing.js'

export interface Attempt extends Guess {
  readonly pin: string
}

/** Whose ID and PIN they are. */
export interface Identified {
  readonly employeeId: number
  /** The employee has clocked before, and never from this number. */
  readonly numberIsNew: boolean
}

/**
 * Judges an ID and a PIN together: the employee, or null. Unknown, removed, locked and wrong cost the same and say the
 * same. The attempt is on disk as a failure before it is judged, so that a hang-up refunds nothing.
 */
export async function judge(db: Database, key: PinKey, attempt: Attempt): Promise<Identified | null> {
  const known = await employeeWithPin(db, attempt.phoneClockId)
  const { id, locked } = await beginAttempt(db, attempt, known?.employeeId ?? null)
  const matches = await verifyPin(known && !locked ? known.hash : null, attempt.pin, key)
  if (!known || !matches) return null
  return db.transaction().execute(async trx => {
    // The hash's work takes a moment in which an admin may have removed the PIN.
    if ((await employeeWithPin(trx, attempt.phoneClockId))?.hash !== known.hash) return null
    const { employeeId } = known
    return { employeeId, numberIsNew: await settleRight(trx, id, attempt, employeeId) }
  })
}

async function employeeWithPin(db: Database, phoneClockId: string) {
  return db
    .selectFrom('phone_clock_ids')
    .innerJoin('employees', 'employees.id', 'phone_clock_ids.employee_id')
    .innerJoin('pins', 'pins.employee_id', 'phone_clock_ids.employee_id')
    .where('phone_clock_id', '=', phoneClockId)
    .where('retired_at', 'is', null)
    .where('employees.active', '=', 1)
    .select(['employees.id as employeeId', 'pins.hash'])
    .executeTakeFirst()
}
