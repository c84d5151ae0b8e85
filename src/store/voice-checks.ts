/** Voice checks: the queue of those that nobody listened to yet, and what admins made of the others. */
import { type SqlBool, sql } from 'kysely'
import type { Direction } from '../clock/punch.js'
import { type Instant, MINUTE } from '../clock/time.js'
import { voiceRisk } from '../clock/voice-risk.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import type { VoiceVerdict } from './schema.js'

export interface QueuedCheck {
  readonly id: number
  readonly employeeId: number
  readonly employee: string
  readonly direction: Direction
  /** When the call was answered. */
  readonly recordedAt: Instant
  readonly callId: number
  /** Null when withheld, and once the call's record was erased. */
  readonly callerNumber: string | null
  readonly isCallErased: boolean
  /** The clock location that the number belongs to. */
  readonly place: string | null
  readonly job: string | null
  readonly recording: string | null
  readonly erasedAt: Instant | null
  readonly durationMs: number
  readonly hasSpeech: boolean
  readonly numberIsNew: boolean
  readonly numberIsShared: boolean
  readonly risk: number
  readonly verdict: VoiceVerdict | null
  readonly judgedAt: Instant | null
  readonly judgedBy: string | null
}

/** Voice checks that an admin may look for, with what each list is sorted by. */
export type VoiceCheckList = 'waiting' | VoiceVerdict

/** Two employees who punch from one number within this may be one voice. */
const SHARED_WITHIN = 10 * MINUTE

/** Nobody has listened, and there is something to hear. In the words of the index voice_checks_queue. */
const WAITING = sql<SqlBool>`voice_checks.verdict is null and voice_checks.recording is not null
  and voice_checks.erased_at is null`

/** Keeps a voice check, part of a transaction; keeping it again changes nothing. What makes it risky is judged here. */
export async function addVoiceCheck(
  trx: Database,
  check: {
    readonly punchId: number
    readonly recordedAt: Instant
    readonly recording: string | null
    readonly durationMs: number
    readonly hasSpeech: boolean
    /** The admin who has listened to it already. */
    readonly heardBy?: string
  },
): Promise<void> {
  const number = await numberFacts(trx, check.punchId)
  const numbers = { numberIsNew: number.isNew, numberIsShared: number.sharedWith.length > 0 }
  const added = await trx
    .insertInto('voice_checks')
    .values({
      punch_id: check.punchId,
      recorded_at: check.recordedAt,
      recording: check.recording,
      duration_ms: check.durationMs,
      has_speech: check.hasSpeech ? 1 : 0,
      number_is_new: numbers.numberIsNew ? 1 : 0,
      number_is_shared: numbers.numberIsShared ? 1 : 0,
      risk: voiceRisk({ ...check, ...numbers }),
      ...(check.heardBy !== undefined && { verdict: 'heard', judged_at: Date.now(), judged_by: check.heardBy }),
    })
    .onConflict(conflict => conflict.column('punch_id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added) await markShared(trx, number.sharedWith)
}

/** What the caller number of a punch's call says, as far as calls are still on record. */
async function numberFacts(trx: Database, punchId: number): Promise<{ isNew: boolean; sharedWith: number[] }> {
  const punch = await trx
    .selectFrom('punches')
    .innerJoin('calls', 'calls.id', 'punches.call_id')
    .select(['punches.id', 'punches.employee_id', 'calls.caller_number', 'calls.answered_at', 'calls.erased_at'])
    .where('punches.id', '=', punchId)
    .executeTakeFirstOrThrow()
  if (punch.erased_at !== null) return { isNew: false, sharedWith: [] }

  const earlier = trx
    .selectFrom('punches')
    .innerJoin('calls', 'calls.id', 'punches.call_id')
    .select('punches.id')
    .where('punches.employee_id', '=', punch.employee_id)
    .where('punches.id', '<', punch.id)
    .where('calls.erased_at', 'is', null)
    .orderBy('punches.id', 'desc')
    .limit(1)
  // A withheld number is one of its own. As an expression it leaves the look-up to the employee's own punches: a number may
  // have millions of calls.
  const fromThere = earlier.where(
    eb => eb.fn.coalesce('calls.caller_number', eb.val('')),
    '=',
    punch.caller_number ?? '',
  )
  const isNew = !(await fromThere.executeTakeFirst()) && (await earlier.executeTakeFirst()) !== undefined
  if (punch.caller_number === null) return { isNew, sharedWith: [] }

  const others = await trx
    .selectFrom('calls')
    .innerJoin('punches', 'punches.call_id', 'calls.id')
    .select('punches.id')
    .where('calls.caller_number', '=', punch.caller_number)
    .where('calls.answered_at', '>=', punch.answered_at - SHARED_WITHIN)
    .where('calls.answered_at', '<=', punch.answered_at + SHARED_WITHIN)
    .where('calls.erased_at', 'is', null)
    .where('punches.employee_id', '!=', punch.employee_id)
    .execute()
  return { isNew, sharedWith: others.map(other => other.id) }
}

/** The other one's voice is as much in question. */
async function markShared(trx: Database, punchIds: readonly number[]): Promise<void> {
  if (punchIds.length === 0) return
  const others = await trx
    .selectFrom('voice_checks')
    .select(['id', 'has_speech', 'duration_ms', 'number_is_new'])
    .where('punch_id', 'in', punchIds)
    .where('number_is_shared', '=', 0)
    .execute()
  for (const other of others) {
    const risk = voiceRisk({
      hasSpeech: other.has_speech === 1,
      durationMs: other.duration_ms,
      numberIsNew: other.number_is_new === 1,
      numberIsShared: true,
    })
    await trx.updateTable('voice_checks').set({ number_is_shared: 1, risk }).where('id', '=', other.id).execute()
  }
}

/** A part of a list: those waiting by risk, then the oldest; doubtful ones by call and heard ones by verdict, the newest first. */
export async function listVoiceChecks(
  db: Database,
  list: VoiceCheckList,
  { offset, limit }: { offset: number; limit: number },
): Promise<QueuedCheck[]> {
  const rows = await ordered(db, list).offset(offset).limit(limit).execute()
  return rows.map(toQueuedCheck)
}

function ordered(db: Database, list: VoiceCheckList) {
  const checks = voiceChecks(db)
  switch (list) {
    case 'waiting':
      return checks
        .where(WAITING)
        .orderBy('voice_checks.risk', 'desc')
        .orderBy('voice_checks.recorded_at')
        .orderBy('voice_checks.id')
    case 'doubtful':
      return checks.where('voice_checks.verdict', '=', 'doubtful').orderBy('voice_checks.recorded_at', 'desc')
    case 'heard':
      return checks.where('voice_checks.verdict', '=', 'heard').orderBy('voice_checks.judged_at', 'desc')
  }
}

/** How many wait to be listened to, or are doubtful; counted up to `most`. */
export async function countVoiceChecks(db: Database, list: 'waiting' | 'doubtful', most: number): Promise<number> {
  const checks = db.selectFrom('voice_checks').select('voice_checks.id')
  const counted =
    list === 'doubtful'
      ? checks.where('verdict', '=', 'doubtful')
      : // In the order of their index, without which SQLite takes that of all recordings.
        checks.where(WAITING).orderBy('risk', 'desc').orderBy('recorded_at').orderBy('id')
  const { count } = await db
    .selectFrom(counted.limit(most).as('counted'))
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export async function findVoiceCheck(
  db: Database,
  id: number,
): Promise<(QueuedCheck & { entryId: number | null }) | null> {
  const row = await voiceChecks(db).where('voice_checks.id', '=', id).executeTakeFirst()
  if (!row) return null
  const entryOf = (column: 'clock_in_punch_id' | 'clock_out_punch_id') =>
    db.selectFrom('time_entries').select('id').where(column, '=', row.punch_id).executeTakeFirst()
  const entry = (await entryOf('clock_in_punch_id')) ?? (await entryOf('clock_out_punch_id'))
  return { ...toQueuedCheck(row), entryId: entry?.id ?? null }
}

/** The latest recordings of the same employee, to compare a voice with. */
export async function lastRecordings(
  db: Database,
  { employeeId, except, limit }: { employeeId: number; except: number; limit: number },
): Promise<QueuedCheck[]> {
  const rows = await voiceChecks(db)
    .where('punches.employee_id', '=', employeeId)
    .where('voice_checks.id', '!=', except)
    .where('voice_checks.recording', 'is not', null)
    .where('voice_checks.erased_at', 'is', null)
    .orderBy('punches.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toQueuedCheck)
}

/** The neighbours of a voice check in the queue, also when it is no longer in it itself. */
export async function neighbours(
  db: Database,
  { id, risk, recordedAt }: Pick<QueuedCheck, 'id' | 'risk' | 'recordedAt'>,
): Promise<{ previous: number | null; next: number | null }> {
  const queue = db.selectFrom('voice_checks').select('voice_checks.id').where(WAITING).limit(1)
  const alike = queue.where('risk', '=', risk)
  const next =
    (await alike
      .where('recorded_at', '>=', recordedAt)
      .where(eb => eb.or([eb('recorded_at', '>', recordedAt), eb('voice_checks.id', '>', id)]))
      .orderBy('recorded_at')
      .orderBy('id')
      .executeTakeFirst()) ??
    (await queue
      .where('risk', '<', risk)
      .orderBy('risk', 'desc')
      .orderBy('recorded_at')
      .orderBy('id')
      .executeTakeFirst())
  const previous =
    (await alike
      .where('recorded_at', '<=', recordedAt)
      .where(eb => eb.or([eb('recorded_at', '<', recordedAt), eb('voice_checks.id', '<', id)]))
      .orderBy('recorded_at', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirst()) ??
    (await queue
      .where('risk', '>', risk)
      .orderBy('risk')
      .orderBy('recorded_at', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirst())
  return { previous: previous?.id ?? null, next: next?.id ?? null }
}

/** There is nothing to judge. The message says why. */
export class VerdictRefused extends Error {}

/**
 * Marks a voice check. Gives the verdict that it had before, if any, with its author: the later one counts. Marked again as
 * what it is, nothing changes.
 * @throws VerdictRefused
 */
export async function judgeVoiceCheck(
  db: Database,
  { id, verdict, actor }: { id: number; verdict: VoiceVerdict; actor: string },
): Promise<{ verdict: VoiceVerdict; by: string } | null> {
  return db.transaction().execute(async trx => {
    const check = await trx
      .selectFrom('voice_checks')
      .innerJoin('punches', 'punches.id', 'voice_checks.punch_id')
      .select(['verdict', 'judged_by', 'recording', 'erased_at', 'punches.employee_id', 'punches.at'])
      .where('voice_checks.id', '=', id)
      .executeTakeFirst()
    if (!check) throw new VerdictRefused('There is no such voice check.')
    if (check.erased_at !== null) throw new VerdictRefused('The recording has been erased, so nothing was marked.')
    if (check.recording === null) throw new VerdictRefused('Nothing was recorded, so there is nothing to mark.')
    const before = check.verdict && { verdict: check.verdict, by: check.judged_by ?? '' }
    if (check.verdict === verdict) return before
    await trx
      .updateTable('voice_checks')
      .set({ verdict, judged_at: Date.now(), judged_by: actor })
      .where('id', '=', id)
      .execute()
    await audit(trx, {
      actor,
      action: verdict === 'heard' ? 'voice check heard' : 'voice check doubtful',
      employeeId: check.employee_id,
      detail: `of ${new Date(check.at).toISOString()}`,
    })
    return before
  })
}

/** A voice check's recording that can be played; null when there is none. Undefined: no such voice check. */
export async function findVoiceCheckRecording(db: Database, id: number): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('voice_checks')
    .select(['recording', 'erased_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  return row.erased_at === null ? row.recording : null
}

function voiceChecks(db: Database) {
  return db
    .selectFrom('voice_checks')
    .innerJoin('punches', 'punches.id', 'voice_checks.punch_id')
    .innerJoin('employees', 'employees.id', 'punches.employee_id')
    .innerJoin('calls', 'calls.id', 'punches.call_id')
    .leftJoin('clock_locations', 'clock_locations.number', 'calls.caller_number')
    .leftJoin('jobs', 'jobs.id', 'punches.job_id')
    .select([
      'voice_checks.id',
      'voice_checks.punch_id',
      'voice_checks.recorded_at',
      'voice_checks.recording',
      'voice_checks.erased_at',
      'voice_checks.duration_ms',
      'voice_checks.has_speech',
      'voice_checks.number_is_new',
      'voice_checks.number_is_shared',
      'voice_checks.risk',
      'voice_checks.verdict',
      'voice_checks.judged_at',
      'voice_checks.judged_by',
      'punches.direction',
      'punches.employee_id',
      'punches.call_id',
      'employees.name as employee',
      'calls.caller_number',
      'calls.erased_at as call_erased_at',
      'clock_locations.name as place',
      'jobs.name as job',
    ])
}

type VoiceCheckRow = Awaited<ReturnType<ReturnType<typeof voiceChecks>['execute']>>[number]

function toQueuedCheck(row: VoiceCheckRow): QueuedCheck {
  return {
    id: row.id,
    employeeId: row.employee_id,
    employee: row.employee,
    direction: row.direction,
    recordedAt: row.recorded_at,
    callId: row.call_id,
    callerNumber: row.caller_number,
    isCallErased: row.call_erased_at !== null,
    place: row.place,
    job: row.job,
    recording: row.erased_at === null ? row.recording : null,
    erasedAt: row.erased_at,
    durationMs: row.duration_ms,
    hasSpeech: row.has_speech === 1,
    numberIsNew: row.number_is_new === 1,
    numberIsShared: row.number_is_shared === 1,
    risk: row.risk,
    verdict: row.verdict,
    judgedAt: row.judged_at,
    judgedBy: row.judged_by,
  }
}
