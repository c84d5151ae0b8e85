/**
 * Five years of guessing at PINs, simulated on the real database with the clock set forward: 500 employees on four-digit
 * PINs, 1,000 calls a day from a fresh number each with three guesses a call, and one employee who mistypes twice every
 * morning, on the phone that they clocked from before it began. Only guesses that are judged change anything, so what comes while all strangers are locked is skipped.
 */
import { pinFault } from '../../src/clock/pin.js'
import { DAY, HOUR, type Instant, SECOND } from '../../src/clock/time.js'
import { addCall } from '../../src/store/calls.js'
import type { Database } from '../../src/store/database.js'
import { beginAttempt, type Guess, readWideLocks, settleRight } from '../../src/store/guessing.js'
import { removeOldAttempts } from '../../src/store/retention.js'
import { openWorkspace } from '../../tests/support/workspace.js'
import type { Figure, Say } from './measure.js'

const EMPLOYEES = 500
const CALLS_A_DAY = 1000
const GUESSES_A_CALL = 3
const YEARS = 5
/** How many of the employees are replaced, and get a PIN, in a year. */
const TURNOVER = 0.3
const MOST_FOUND = 1
const PHONE = '+15550102'

interface Employee {
  readonly id: number
  readonly phoneClockId: string
}

export async function benchGuessing(say: Say): Promise<Figure[]> {
  const workspace = await openWorkspace()
  const realNow = Date.now
  let now = Date.UTC(2026, 0, 5)
  Date.now = () => now
  try {
    const { db } = workspace
    const employees = await hire(db)
    await clocksFrom(db, employees[0] ?? raise('nobody was hired'), PHONE)
    const end = now + YEARS * 365.25 * DAY
    let judged = 0
    let lockedMornings = 0
    let mornings = 0
    let nextMorning = now + 8 * HOUR
    let nextHire = now
    while (now < end) {
      if (now >= nextMorning) {
        if (!(await morning(db, employees[0] ?? raise('nobody was hired')))) lockedMornings += 1
        mornings += 1
        nextMorning += DAY
        await removeOldAttempts(db, now, 10_000)
      }
      if (now >= nextHire) {
        await replacePin(db, now)
        nextHire += (365.25 * DAY) / (EMPLOYEES * TURNOVER)
      }
      judged += await attack(db, employees)
      const strangers = (await readWideLocks(db, now)).find(({ bucket }) => bucket.kind === 'stranger')
      const next = Math.max(now + DAY / CALLS_A_DAY, strangers?.until ?? 0)
      now = Math.min(next, Math.max(nextMorning, now + SECOND), Math.max(nextHire, now + SECOND))
    }
    tell(say, { judged, mornings, lockedMornings })
    return []
  } finally {
    Date.now = realNow
    await workspace.close()
  }
}

function tell(
  say: Say,
  { judged, mornings, lockedMornings }: Record<'judged' | 'mornings' | 'lockedMornings', number>,
) {
  const pins = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(4, '0')).filter(
    pin => pinFault(pin, null) === null,
  ).length
  const calls = Math.round(YEARS * 365.25 * CALLS_A_DAY)
  const found = judged / pins
  say(
    `guessing: of ${(calls * GUESSES_A_CALL).toLocaleString('en')} guesses in ${YEARS} years ${judged.toLocaleString('en')} were judged; ` +
      `with ${pins.toLocaleString('en')} four-digit PINs to choose from, ${found.toFixed(2)} PINs found are expected (fewer than ${MOST_FOUND})`,
    found < MOST_FOUND,
  )
  say(
    `guessing: an employee who mistypes twice every morning was locked on ${lockedMornings} of ${mornings} mornings`,
    lockedMornings === 0,
  )
}

/** One call of the attacker, at the ID that comes next; gives how many of its guesses were judged. */
async function attack(db: Database, employees: readonly Employee[]): Promise<number> {
  const { id, phoneClockId } = employees[calls % employees.length] ?? raise('nobody was hired')
  const callerNumber = `+1666${String(calls++).padStart(7, '0')}`
  const callId = await addCall(db, { channel: 'attack', callerNumber, answeredAt: Date.now() })
  let judged = 0
  for (let i = 0; i < GUESSES_A_CALL; i++) {
    const { kind } = await beginAttempt(db, { callId, callerNumber, phoneClockId }, id)
    if (kind === 'judge') judged += 1
  }
  await db.deleteFrom('calls').where('id', '=', callId).execute()
  return judged
}
let calls = 0

async function clocksFrom(db: Database, { id }: Employee, number: string): Promise<void> {
  const now = Date.now()
  await db.insertInto('known_numbers').values({ employee_id: id, number, first_at: now, latest_at: now }).execute()
}

/** Mistypes twice, then clocks in, and clocks out in the evening; false: was locked. */
async function morning(db: Database, employee: Employee): Promise<boolean> {
  const callId = await addCall(db, { channel: 'morning', callerNumber: PHONE, answeredAt: Date.now() })
  const guess: Guess = { callId, callerNumber: PHONE, phoneClockId: employee.phoneClockId }
  let locked = false
  for (const isRight of [false, false, true, true]) {
    const begun = await beginAttempt(db, guess, employee.id)
    locked ||= begun.kind !== 'judge'
    if (isRight && begun.kind === 'judge') await settleRight(db, begun.id, guess, employee.id)
  }
  await db.deleteFrom('calls').where('id', '=', callId).execute()
  return !locked
}

async function hire(db: Database): Promise<Employee[]> {
  const created_at = Date.now()
  const rows = Array.from({ length: EMPLOYEES }, (_, i) => ({ name: `Employee ${i}`, created_at }))
  const ids = await db.insertInto('employees').values(rows).returning('id').execute()
  const employees = ids.map(({ id }, i) => ({ id, phoneClockId: String(10_000 + i) }))
  await db
    .insertInto('phone_clock_ids')
    .values(
      employees.map(({ id, phoneClockId }) => ({
        phone_clock_id: phoneClockId,
        employee_id: id,
        issued_at: created_at,
      })),
    )
    .execute()
  await db
    .insertInto('pins')
    .values(
      employees.map(({ id }) => ({
        employee_id: id,
        hash: 'never looked at',
        key_id: '',
        set_at: created_at,
        set_by: 'bench',
      })),
    )
    .execute()
  return employees
}

/** Somebody new takes the place of the one whose PIN is the oldest. */
async function replacePin(db: Database, at: Instant): Promise<void> {
  const oldest = db.selectFrom('pins').select('employee_id').orderBy('set_at').limit(1)
  await db.updateTable('pins').set({ set_at: at }).where('employee_id', '=', oldest).execute()
}

function raise(message: string): never {
  throw new Error(message)
}
