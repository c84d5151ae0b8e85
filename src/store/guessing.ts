/** What bounds the guessing of PINs: which callers have to pause, as all attempts of the last 30 days on disk say. */
import { type SqlBool, sql } from 'kysely'
import {
  type CallerKind,
  type GuessingLimits,
  latestLock,
  lockAfterRow,
  lockOfWindow,
  MONTH,
  mostFromNumber,
} from '../clock/throttle.js'
import { DAY, type Instant } from '../clock/time.js'
import { audit } from './audit-events.js'
import { BeingJudged } from './being-judged.js'
import type { Database } from './database.js'
import { readSettings } from './settings.js'
import { unhurriedTransaction } from './sqlite.js'

/** Who tries which ID. */
export interface Guess {
  readonly callId: number
  readonly phoneClockId: string
  /** Null when withheld, and where nothing can be told by it. */
  readonly callerNumber: string | null
}

/** What is locked as one: a phone clock ID, a caller number, or all known callers or strangers together. */
export type Bucket =
  | { readonly kind: 'id'; readonly phoneClockId: string }
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: Exclude<CallerKind, 'usual'> }

/** In the words of the partial indexes on pin_attempts. */
const JUDGED = sql<SqlBool>`verdict in ('wrong', 'forgiven', 'right')`
const JUDGED_WRONG = sql<SqlBool>`verdict in ('wrong', 'forgiven')`
const NOT_FORGIVEN = sql<SqlBool>`verdict = 'wrong'`

/** The longest lock of a day is reached so many wrong PINs after the free ones. */
const DOUBLINGS = 11

/** What is counted, and as of when. */
interface Counting {
  readonly db: Database
  readonly limits: GuessingLimits
  readonly now: Instant
  /** Attempts that are left out. */
  readonly except: readonly number[]
}

export type Begun =
  | { readonly kind: 'judge' | 'locked'; readonly id: number }
  /** It would be locked if all that are being judged at this moment turned out wrong: nothing was begun. */
  | { readonly kind: 'crowded' }

/**
 * Writes an attempt down as a failure before anyone learns its verdict, and notes it as one that is; unless it must wait for others that
 * are: many may call from one number at the same moment, and be right. A kill keeps it; the disk is not waited for, since a
 * guesser can't cut the power.
 */
export async function beginAttempt(
  db: Database,
  guess: Guess,
  employeeId: number | null,
  others = new BeingJudged(),
): Promise<Begun> {
  // One transaction: a hundred calls at the same moment get no more guesses than a hundred in a row.
  return unhurriedTransaction(db, async trx => {
    const now = Date.now()
    const caller = await callerKind(trx, guess.callerNumber, employeeId)
    const counting = { db: trx, limits: await readSettings(trx), now, except: [] }
    const isLocked = (await lockOf(counting, guess, caller)) !== null
    const except = others.ids
    if (isLocked && except.length > 0 && (await lockOf({ ...counting, except }, guess, caller)) === null) {
      return { kind: 'crowded' }
    }
    const { id } = await trx
      .insertInto('pin_attempts')
      .values({
        call_id: guess.callId,
        // An unknown ID may be a PIN that was keyed in its place: it is not written down.
        phone_clock_id: employeeId === null ? null : guess.phoneClockId,
        caller_number: guess.callerNumber,
        caller,
        at: now,
        verdict: employeeId === null ? 'unknown' : isLocked ? 'locked' : 'wrong',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    others.add(id)
    return { kind: isLocked ? 'locked' : 'judge', id }
  })
}

/**
 * The attempt was right: what this caller got wrong at this ID before was a mistake, and the number is one of theirs. Says
 * whether they have others, and this one is new.
 */
export async function settleRight(
  trx: Database,
  attemptId: number,
  { callId, phoneClockId, callerNumber }: Guess,
  employeeId: number,
): Promise<boolean> {
  const now = Date.now()
  await trx.updateTable('pin_attempts').set({ verdict: 'right' }).where('id', '=', attemptId).execute()
  await trx
    .updateTable('pin_attempts')
    .set({ verdict: 'forgiven' })
    .where('phone_clock_id', '=', phoneClockId)
    .where(JUDGED)
    .where(NOT_FORGIVEN)
    .where('at', '>', now - MONTH)
    .where(eb =>
      eb.or([eb('call_id', '=', callId), ...(callerNumber === null ? [] : [eb('caller_number', '=', callerNumber)])]),
    )
    .execute()
  if (callerNumber === null) return false
  const numbers = trx.selectFrom('known_numbers').select('number').where('employee_id', '=', employeeId).limit(1)
  const hasOthers = (await numbers.executeTakeFirst()) !== undefined
  const isNew = (await numbers.where('number', '=', callerNumber).executeTakeFirst()) === undefined
  await noteNumber(trx, employeeId, callerNumber)
  return hasOthers && isNew
}

/** From now on the number is one that this employee clocks from. */
export async function noteNumber(trx: Database, employeeId: number, number: string): Promise<void> {
  const now = Date.now()
  await trx
    .insertInto('known_numbers')
    .values({ employee_id: employeeId, number, first_at: now, latest_at: now })
    .onConflict(conflict => conflict.columns(['employee_id', 'number']).doUpdateSet({ latest_at: now }))
    .execute()
}

async function callerKind(trx: Database, number: string | null, employeeId: number | null): Promise<CallerKind> {
  if (number === null) return 'stranger'
  const known = trx.selectFrom('known_numbers').select('number').where('number', '=', number).limit(1)
  if (await known.where('employee_id', '=', employeeId ?? -1).executeTakeFirst()) return 'usual'
  const location = trx.selectFrom('clock_locations').select('id').where('number', '=', number)
  const isKnown = (await known.executeTakeFirst()) ?? (await location.executeTakeFirst())
  return isKnown ? 'known' : 'stranger'
}

/** Until when a caller can't be judged at an ID; null: now. */
async function lockOf(counting: Counting, guess: Guess, caller: CallerKind): Promise<Instant | null> {
  return latestLock(
    [
      await lockOfId(counting, guess.phoneClockId, caller === 'usual' ? guess.callerNumber : null),
      guess.callerNumber === null ? null : await lockOfNumber(counting, guess.callerNumber),
      caller === 'usual' ? null : await lockOfGroup(counting, caller),
    ],
    counting.now,
  )
}

/** Attempts that count for a bucket, the newest first. */
function attemptsFor({ db, now, except }: Counting, since: Instant) {
  return (
    db
      .selectFrom('pin_attempts')
      .where('at', '>', Math.max(since, now - MONTH))
      // What a clock that was ahead has left in the future would lock until then.
      .where('at', '<=', now)
      .$if(except.length > 0, query => query.where('id', 'not in', except))
  )
}

/** The lock of an ID for callers from one of its usual numbers; null: for everybody else. */
async function lockOfId(counting: Counting, phoneClockId: string, usualNumber: string | null): Promise<Instant | null> {
  const { limits, now } = counting
  const attempts = attemptsFor(counting, await unlockedAt(counting, { kind: 'id', phoneClockId }))
    .select(['at', 'verdict'])
    .where('phone_clock_id', '=', phoneClockId)
    .orderBy('id', 'desc')
    .$if(usualNumber !== null, query => query.where('caller', '=', 'usual').where('caller_number', '=', usualNumber))
    .$if(usualNumber === null, query => query.where('caller', '!=', 'usual'))
  const latest = await attempts
    .where(JUDGED)
    .limit(limits.wrongPinsInARow + DOUBLINGS)
    .execute()
  const nth = await attempts
    .where(JUDGED)
    .where(JUDGED_WRONG)
    .offset(limits.wrongPinsPerMonth - 1)
    .limit(1)
    .executeTakeFirst()
  return latestLock([lockAfterRow(rowOf(latest), limits), lockOfWindow(nth?.at ?? null, MONTH, now)], now)
}

/** The lock of a caller number, whichever IDs it tries. In a row counts only what it tried at IDs that are not its own. */
async function lockOfNumber(counting: Counting, number: string): Promise<Instant | null> {
  const { limits, now } = counting
  const ofNumber = attemptsFor(counting, await unlockedAt(counting, { kind: 'number', number })).where(
    'caller_number',
    '=',
    number,
  )
  const attempts = ofNumber.select(['at', 'verdict']).orderBy('id', 'desc')
  const latest = await attempts
    .where(JUDGED)
    .where(eb => eb.or([eb('caller', '!=', 'usual'), eb('verdict', '=', 'right')]))
    .limit(limits.wrongPinsInARow + DOUBLINGS)
    .execute()
  const { right } = await ofNumber
    .select(eb => eb.fn.countAll<number>().as('right'))
    .where(JUDGED)
    .where('verdict', '=', 'right')
    .executeTakeFirstOrThrow()
  const nth = await attempts
    .where(JUDGED)
    .where(JUDGED_WRONG)
    .offset(mostFromNumber(right, limits) - 1)
    .limit(1)
    .executeTakeFirst()
  return latestLock([lockAfterRow(rowOf(latest), limits), lockOfWindow(nth?.at ?? null, MONTH, now)], now)
}

/**
 * The lock of all known callers, or of all strangers. Each PIN that was set lately lets one more wrong one through: new
 * employees call for the first time, and mistype.
 */
async function lockOfGroup(counting: Counting, group: Exclude<CallerKind, 'usual'>): Promise<Instant | null> {
  const { limits, now } = counting
  const since = await unlockedAt(counting, { kind: group })
  const { fresh } = await counting.db
    .selectFrom('pins')
    .select(eb => eb.fn.countAll<number>().as('fresh'))
    .where('set_at', '>', now - MONTH)
    .where('set_at', '<=', now)
    .executeTakeFirstOrThrow()
  const nthNewest = async (nth: number) => {
    const row = await attemptsFor(counting, since)
      .select('at')
      .where('caller', '=', group)
      .where(NOT_FORGIVEN)
      .orderBy('at', 'desc')
      .offset(nth - 1)
      .limit(1)
      .executeTakeFirst()
    return row?.at ?? null
  }
  return latestLock(
    [
      lockOfWindow(await nthNewest(limits.strangersPerDay + fresh), DAY, now),
      lockOfWindow(await nthNewest(limits.strangersPerMonth + fresh), MONTH, now),
    ],
    now,
  )
}

/** The wrong PINs since the last right one, of attempts with the newest first. */
function rowOf(attempts: readonly { at: Instant; verdict: string }[]): { wrong: number; latestAt: Instant } {
  const right = attempts.findIndex(({ verdict }) => verdict === 'right')
  const wrong = right === -1 ? attempts.length : right
  return { wrong, latestAt: attempts[0]?.at ?? 0 }
}

/** Wrong PINs from before this lock nothing of a bucket. One in the future is from a clock that was ahead, and opens nothing. */
async function unlockedAt({ db, now }: Counting, bucket: Bucket): Promise<Instant> {
  const unlocked = await db
    .selectFrom('unlocks')
    .select('at')
    .where('bucket', '=', nameOf(bucket))
    .where('at', '<=', now)
    .executeTakeFirst()
  return unlocked?.at ?? 0
}

function nameOf(bucket: Bucket): string {
  switch (bucket.kind) {
    case 'id':
      return `id ${bucket.phoneClockId}`
    case 'number':
      return `number ${bucket.number}`
    default:
      return bucket.kind
  }
}

/** A lock of an employee's ID. */
export interface IdLock {
  readonly until: Instant
  /** For callers from this usual number of theirs; null: for everybody who calls from elsewhere. */
  readonly usualNumber: string | null
}

/** The locks of employees' IDs, by employee, the one that lasts longest first. */
export async function readIdLocks(db: Database, now: Instant): Promise<Map<number, IdLock[]>> {
  const limits = await readSettings(db)
  const counting = { db, limits, now, except: [] }
  const tried = await db
    .selectFrom('pin_attempts')
    .innerJoin('phone_clock_ids', 'phone_clock_ids.phone_clock_id', 'pin_attempts.phone_clock_id')
    .select(eb => [
      'employee_id as employeeId',
      'pin_attempts.phone_clock_id as phoneClockId',
      eb.case().when('caller', '=', 'usual').then(eb.ref('caller_number')).else(null).end().as('usualNumber'),
    ])
    .where('at', '>', now - MONTH)
    .where(JUDGED_WRONG)
    .where('retired_at', 'is', null)
    .groupBy(['employeeId', 'phoneClockId', 'usualNumber'])
    .having(eb => eb.fn.countAll(), '>=', limits.wrongPinsInARow)
    .execute()
  const locks = new Map<number, IdLock[]>()
  for (const { employeeId, phoneClockId, usualNumber } of tried) {
    if (phoneClockId === null) continue
    const until = await lockOfId(counting, phoneClockId, usualNumber)
    if (until === null) continue
    locks.set(
      employeeId,
      [...(locks.get(employeeId) ?? []), { until, usualNumber }].sort((a, b) => b.until - a.until),
    )
  }
  return locks
}

/** A lock that concerns more than one employee. */
export interface WideLock {
  readonly bucket: Exclude<Bucket, { kind: 'id' }>
  readonly until: Instant
}

/** The locks of caller numbers and of whole groups of callers. */
export async function readWideLocks(db: Database, now: Instant): Promise<WideLock[]> {
  const limits = await readSettings(db)
  const counting = { db, limits, now, except: [] }
  const locks: WideLock[] = []
  for (const kind of ['stranger', 'known'] as const) {
    const until = await lockOfGroup(counting, kind)
    if (until !== null) locks.push({ bucket: { kind }, until })
  }
  const numbers = await db
    .selectFrom('pin_attempts')
    .select('caller_number as number')
    .where('at', '>', now - MONTH)
    .where(JUDGED_WRONG)
    .where('caller_number', 'is not', null)
    .groupBy('caller_number')
    .having(eb => eb.fn.countAll(), '>=', limits.wrongPinsInARow)
    .execute()
  for (const { number } of numbers) {
    if (number === null) continue
    const until = await lockOfNumber(counting, number)
    if (until !== null) locks.push({ bucket: { kind: 'number', number }, until })
  }
  return locks
}

/** Lets a bucket's callers try again at once. */
export async function unlock(db: Database, bucket: Bucket, actor: string): Promise<void> {
  await db.transaction().execute(async trx => {
    await forgetWrongPins(trx, bucket)
    if (bucket.kind === 'id') {
      const { employee_id: employeeId } = await trx
        .selectFrom('phone_clock_ids')
        .select('employee_id')
        .where('phone_clock_id', '=', bucket.phoneClockId)
        .executeTakeFirstOrThrow()
      await audit(trx, { actor, action: 'unlocked', employeeId })
    } else {
      await audit(trx, {
        actor,
        action: 'unlocked',
        detail: bucket.kind === 'number' ? bucket.number : `${bucket.kind}s`,
      })
    }
  })
}

/** From now on the wrong PINs so far lock nothing of this bucket. */
export async function forgetWrongPins(trx: Database, bucket: Bucket): Promise<void> {
  const at = Date.now()
  await trx
    .insertInto('unlocks')
    .values({ bucket: nameOf(bucket), at })
    .onConflict(conflict => conflict.column('bucket').doUpdateSet({ at }))
    .execute()
}
