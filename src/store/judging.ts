/** Judging a phone clock ID and a PIN together. */
import { BeingJudged } from './being-judged.js'
import type { Database } from './database.js'
import { EarlyCheck, usualLengthIn } from './early-check.js'
import { type Begun, beginAttempt, type Guess, settleRight } from './guessing.js'
import type { PinKey } from './hashing.js'
import { type EmployeeWithPin, employeeWithPin } from './phone-clock-ids.js'
import { unhurriedTransaction } from './sqlite.js'

export interface Attempt extends Guess {
  readonly pin: string
}

/** Whose ID and PIN they are. */
export interface Identified {
  readonly employeeId: number
  /** The employee has clocked before, and never from this number. */
  readonly numberIsNew: boolean
}

const beingJudgedIn = new WeakMap<Database, BeingJudged>()

/**
 * Judges an ID and a PIN together: the employee, or null. Unknown, removed, locked and wrong cost the same and say the
 * same. The attempt is written down as a failure before anyone learns what became of it, so that neither a hang-up nor a kill
 * refunds it. `check` may have begun while the PIN was keyed.
 */
export async function judge(
  db: Database,
  key: PinKey,
  attempt: Attempt,
  check = new EarlyCheck(db, key, attempt.phoneClockId),
): Promise<Identified | null> {
  const others = beingJudgedIn.get(db) ?? new BeingJudged()
  beingJudgedIn.set(db, others)
  const employee = await employeeWithPin(db, attempt.phoneClockId)
  // Meanwhile, since it is another thread's work; also for one that turns out to be locked.
  const matching = check.matches(employee?.hash ?? null, attempt.pin)
  matching.catch(() => {})
  const { id, kind } = await beginInTurn(db, attempt, employee, others)
  try {
    const matches = await matching
    return kind === 'judge' && employee && matches ? await settle(db, attempt, id, employee) : null
  } finally {
    others.settled(id)
  }
}

/** Waits for others where it depends on them whether this one is locked. */
async function beginInTurn(
  db: Database,
  attempt: Attempt,
  employee: EmployeeWithPin | null,
  others: BeingJudged,
): Promise<Exclude<Begun, { kind: 'crowded' }>> {
  let hasWaited = false
  try {
    for (;;) {
      // One may be settled while this is looked at.
      const before = others.settledSoFar
      const begun = await beginAttempt(db, attempt, employee?.employeeId ?? null, others)
      if (begun.kind !== 'crowded') return begun
      await others.nextAfter(before, hasWaited ? 'first' : 'last')
      hasWaited = true
    }
  } finally {
    if (hasWaited) others.letNextLook()
  }
}

/** The PIN was right. */
async function settle(
  db: Database,
  attempt: Attempt,
  attemptId: number,
  employee: EmployeeWithPin,
): Promise<Identified | null> {
  usualLengthIn(db).note(attempt.pin.length)
  return unhurriedTransaction(db, async trx => {
    // The hash's work takes a moment in which an admin may have removed the PIN.
    if ((await employeeWithPin(trx, attempt.phoneClockId))?.hash !== employee.hash) return null
    const { employeeId } = employee
    return { employeeId, numberIsNew: await settleRight(trx, attemptId, attempt, employeeId) }
  })
}
