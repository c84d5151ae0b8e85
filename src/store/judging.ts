/** Judging a phone clock ID and a PIN together. */
import { FREE_FAILURES, lockedUntil } from '../clock/throttle.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import { type PinKey, verifyPin } from './hashing.js'

export interface Attempt {
  readonly callId: number
  readonly phoneClockId: string
  readonly pin: string
}

/**
 * Judges an ID and a PIN together: the employee, or null. Unknown, removed, locked and wrong cost the same and say the
 * same. The attempt is on disk as a failure before it is judged, so that a hang-up refunds nothing.
 */
export async function judge(db: Database, key: PinKey, attempt: Attempt): Promise<{ employeeId: number } | null> {
  const { phoneClockId, callId, pin } = attempt
  const now = Date.now()
  const known = await db
    .selectFrom('phone_clock_ids')
    .innerJoin('employees', 'employees.id', 'phone_clock_ids.employee_id')
    .innerJoin('pins', 'pins.employee_id', 'phone_clock_ids.employee_id')
    .where('phone_clock_id', '=', phoneClockId)
    .where('retired_at', 'is', null)
    .where('employees.active', '=', 1)
    .select(['employees.id', 'pins.hash'])
    .executeTakeFirst()
  const locked = await isLocked(db, phoneClockId, now)
  const { id: attemptId } = await db
    .insertInto('pin_attempts')
    // An unknown ID may be a PIN that was keyed in its place: it is not written down.
    .values({ call_id: callId, phone_clock_id: known ? phoneClockId : null, at: now })
    .returning('id')
    .executeTakeFirstOrThrow()
  const matches = await verifyPin(known && !locked ? known.hash : null, pin, key)
  if (!known || !matches || !(await isStill(db, phoneClockId, known.hash))) return null
  await db.updateTable('pin_attempts').set({ succeeded: 1 }).where('id', '=', attemptId).execute()
  return { employeeId: known.id }
}

/** The hash's work takes a moment in which an admin may have removed the PIN. */
async function isStill(db: Database, phoneClockId: string, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom('phone_clock_ids')
    .innerJoin('pins', 'pins.employee_id', 'phone_clock_ids.employee_id')
    .select('pins.hash')
    .where('phone_clock_id', '=', phoneClockId)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return row?.hash === hash
}

async function isLocked(db: Database, phoneClockId: string, now: Instant): Promise<boolean> {
  const recent = await db
    .selectFrom('pin_attempts')
    .select(['at', 'succeeded'])
    .where('phone_clock_id', '=', phoneClockId)
    .orderBy('id', 'desc')
    .limit(FREE_FAILURES + 10)
    .execute()
  const success = recent.findIndex(attempt => attempt.succeeded === 1)
  const failures = success === -1 ? recent : recent.slice(0, success)
  const until = lockedUntil(failures.length, failures[0]?.at ?? 0)
  return until !== null && now < until
}
