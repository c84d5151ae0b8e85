/** Unclaimed punches: calls that failed three times, until an admin makes each an employee's punch or refuses it. */
import { type Assignment, decideAssignment } from '../clock/assignment.js'
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import { assigning, findAssignable, jobExists } from './assigning.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { noteNumber } from './guessing.js'
import { addPunch } from './punches.js'
import { addVoiceCheck } from './voice-checks.js'

export interface UnclaimedPunch {
  readonly id: number
  readonly callId: number
  /** When the call was answered. */
  readonly at: Instant
  /** Null when withheld, and once the call's record was erased. */
  readonly callerNumber: string | null
  readonly isCallErased: boolean
  /** The clock location that the number belongs to. */
  readonly place: string | null
  /** Whose ID and PIN the call got right before it failed; once assigned, whose punch it is. */
  readonly employeeId: number | null
  readonly employee: string | null
  /** The PBX kept it while Punchline was away; it asked for an ID, and for no PIN. */
  readonly kept: Kept | null
  readonly recording: string | null
  readonly erasedAt: Instant | null
  readonly durationMs: number
  readonly hasSpeech: boolean
  readonly settled: Settled | null
}

export interface Kept {
  /** What was keyed; null: nothing that could be an ID. */
  readonly keyedId: string | null
  /** Whose ID it is, or was. */
  readonly employee: { readonly id: number; readonly name: string } | null
}

export interface Settled {
  readonly verdict: 'assigned' | 'refused'
  readonly at: Instant
  readonly by: string
  readonly reason: string | null
  /** What it became. */
  readonly direction: Direction | null
  readonly entryId: number | null
  /** The voice check that has its recording now. */
  readonly voiceCheck: {
    readonly id: number
    readonly recording: string | null
    readonly erasedAt: Instant | null
  } | null
}

/** `kept`: those waiting that the PBX kept. */
export type UnclaimedPunchList = 'waiting' | 'kept' | 'settled'

/** A part of the list: those waiting, the oldest first, or those settled, the latest first. */
export async function listUnclaimedPunches(
  db: Database,
  list: UnclaimedPunchList,
  { offset, limit }: { offset: number; limit: number },
): Promise<UnclaimedPunch[]> {
  const all = unclaimedPunches(db).offset(offset).limit(limit)
  const waiting = all.where('unclaimed_punches.verdict', 'is', null).orderBy('unclaimed_punches.at')
  const settled = all.where('unclaimed_punches.verdict', 'is not', null).orderBy('unclaimed_punches.settled_at', 'desc')
  const lists = { waiting, kept: waiting.where('unclaimed_punches.kept_as', 'is not', null), settled }
  return (await lists[list].execute()).map(toUnclaimedPunch)
}

/** How many wait for an admin, counted up to `most`; `kept`: of those that the PBX kept. */
export async function countUnclaimedPunches(
  db: Database,
  most: number,
  list: 'waiting' | 'kept' = 'waiting',
): Promise<number> {
  const waiting = db.selectFrom('unclaimed_punches').select('id').where('verdict', 'is', null).limit(most)
  const { count } = await db
    .selectFrom((list === 'kept' ? waiting.where('kept_as', 'is not', null) : waiting).as('counted'))
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export async function findUnclaimedPunch(db: Database, id: number): Promise<UnclaimedPunch | null> {
  const row = await unclaimedPunches(db).where('unclaimed_punches.id', '=', id).executeTakeFirst()
  return row ? toUnclaimedPunch(row) : null
}

/** The oldest that waits. */
export async function nextUnclaimedPunch(db: Database): Promise<number | null> {
  const row = await db
    .selectFrom('unclaimed_punches')
    .select('id')
    .where('verdict', 'is', null)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? null
}

/** An unclaimed punch can't be settled so. The message says why and what to do. */
export class SettlingRefused extends Error {
  /** Another had settled it before. */
  readonly isDone: boolean
  constructor(sentence: string, { isDone = false } = {}) {
    super(sentence)
    this.isDone = isDone
  }
}

/**
 * Makes an unclaimed punch the employee's, at the call's time, in one transaction: the punch, its time entry, and the
 * recording, which from then on belongs to the punch as a voice check.
 * @throws SettlingRefused
 */
export async function assignUnclaimedPunch(
  db: Database,
  {
    id,
    employeeId,
    direction,
    jobId,
    actor,
    isHeard = true,
  }: {
    id: number
    employeeId: number
    direction: Direction
    jobId: number | null
    actor: string
    /** The admin listened to it. */
    isHeard?: boolean
  },
): Promise<{ punchId: number; entryId: number; employee: string }> {
  return db.transaction().execute(async trx => {
    const unclaimed = await stillWaiting(trx, id)
    const employee = await findAssignable(trx, employeeId)
    if (!employee) throw new SettlingRefused('There is no such employee.')
    if (jobId !== null && !(await jobExists(trx, jobId))) throw new SettlingRefused('There is no such active job.')
    const decision = decideAssignment(direction, await assigning(trx, employeeId, unclaimed.at))
    if (decision.kind === 'impossible') throw new SettlingRefused(decision.sentence)

    const callId = unclaimed.call_id
    const punchId = await addPunch(trx, { callId, employeeId, jobId, direction, at: unclaimed.at, assignedBy: actor })
    const entryId = await writeEntry(trx, decision, { employeeId, jobId, punchId, at: unclaimed.at })
    const { caller_number: number } = await trx
      .updateTable('calls')
      .set({ employee_id: employeeId })
      .where('id', '=', callId)
      .returning('caller_number')
      .executeTakeFirstOrThrow()
    // An admin has heard whose voice it is: that vouches for the phone, while strangers are locked out because of somebody else.
    if (number !== null && isHeard) await noteNumber(trx, employeeId, number)
    if (unclaimed.recording !== null) {
      await addVoiceCheck(trx, {
        punchId,
        recordedAt: unclaimed.at,
        recording: unclaimed.recording,
        durationMs: unclaimed.duration_ms,
        hasSpeech: unclaimed.has_speech === 1,
        ...(isHeard && { heardBy: actor }),
      })
    }
    await trx
      .updateTable('unclaimed_punches')
      .set({
        verdict: 'assigned',
        settled_at: Date.now(),
        settled_by: actor,
        punch_id: punchId,
        employee_id: employeeId,
        recording: null,
      })
      .where('id', '=', id)
      .execute()
    await audit(trx, {
      actor,
      action: 'unclaimed punch assigned',
      employeeId,
      detail: `clock-${direction} at ${new Date(unclaimed.at).toISOString()}`,
    })
    return { punchId, entryId, employee: employee.name }
  })
}

/** Settles an unclaimed punch as nobody's. @throws SettlingRefused */
export async function refuseUnclaimedPunch(
  db: Database,
  { id, reason, actor }: { id: number; reason: string; actor: string },
): Promise<void> {
  await db.transaction().execute(async trx => {
    const unclaimed = await stillWaiting(trx, id)
    await trx
      .updateTable('unclaimed_punches')
      .set({ verdict: 'refused', settled_at: Date.now(), settled_by: actor, reason })
      .where('id', '=', id)
      .execute()
    await audit(trx, {
      actor,
      action: 'unclaimed punch refused',
      ...(unclaimed.employee_id !== null && { employeeId: unclaimed.employee_id }),
      detail: `of ${new Date(unclaimed.at).toISOString()}: ${reason}`,
    })
  })
}

async function stillWaiting(trx: Database, id: number) {
  const row = await trx.selectFrom('unclaimed_punches').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new SettlingRefused('There is no such unclaimed punch.')
  if (row.verdict !== null) {
    throw new SettlingRefused(`It had been ${row.verdict} already, by ${row.settled_by}. Nothing was changed.`, {
      isDone: true,
    })
  }
  return row
}

async function writeEntry(
  trx: Database,
  decision: Exclude<Assignment, { kind: 'impossible' }>,
  punch: { employeeId: number; jobId: number | null; punchId: number; at: Instant },
): Promise<number> {
  if (decision.kind === 'closes') {
    const { id } = await trx
      .updateTable('time_entries')
      .set(eb => ({
        state: 'closed' as const,
        clock_out_punch_id: punch.punchId,
        clock_out_at: punch.at,
        job_id: eb.fn.coalesce('job_id', eb.val(punch.jobId)),
        revision: eb('revision', '+', 1),
      }))
      .where('id', '=', decision.entryId)
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }
  if (decision.forgottenEntryId !== null) {
    await trx
      .updateTable('time_entries')
      .set(eb => ({ state: 'missing-clock-out' as const, revision: eb('revision', '+', 1) }))
      .where('id', '=', decision.forgottenEntryId)
      .execute()
  }
  const { id } = await trx
    .insertInto('time_entries')
    .values({
      employee_id: punch.employeeId,
      job_id: punch.jobId,
      state: decision.state,
      clock_in_punch_id: punch.punchId,
      clock_in_at: punch.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

function unclaimedPunches(db: Database) {
  return db
    .selectFrom('unclaimed_punches')
    .innerJoin('calls', 'calls.id', 'unclaimed_punches.call_id')
    .leftJoin('clock_locations', 'clock_locations.number', 'calls.caller_number')
    .leftJoin('employees', 'employees.id', 'unclaimed_punches.employee_id')
    .leftJoin('phone_clock_ids as keyed', 'keyed.phone_clock_id', 'unclaimed_punches.keyed_id')
    .leftJoin('employees as keyed_employees', 'keyed_employees.id', 'keyed.employee_id')
    .leftJoin('punches', 'punches.id', 'unclaimed_punches.punch_id')
    .leftJoin('voice_checks', 'voice_checks.punch_id', 'unclaimed_punches.punch_id')
    .leftJoin('time_entries as began', 'began.clock_in_punch_id', 'unclaimed_punches.punch_id')
    .leftJoin('time_entries as ended', 'ended.clock_out_punch_id', 'unclaimed_punches.punch_id')
    .select([
      'unclaimed_punches.id',
      'unclaimed_punches.call_id',
      'unclaimed_punches.at',
      'unclaimed_punches.employee_id',
      'unclaimed_punches.recording',
      'unclaimed_punches.erased_at',
      'unclaimed_punches.duration_ms',
      'unclaimed_punches.has_speech',
      'unclaimed_punches.verdict',
      'unclaimed_punches.settled_at',
      'unclaimed_punches.settled_by',
      'unclaimed_punches.reason',
      'calls.caller_number',
      'calls.erased_at as call_erased_at',
      'clock_locations.name as place',
      'employees.name as employee',
      'unclaimed_punches.kept_as',
      'unclaimed_punches.keyed_id',
      'keyed_employees.id as keyed_employee_id',
      'keyed_employees.name as keyed_employee',
      'punches.direction',
      'voice_checks.id as voice_check_id',
      'voice_checks.recording as voice_recording',
      'voice_checks.erased_at as voice_erased_at',
      'began.id as began_id',
      'ended.id as ended_id',
    ])
}

type UnclaimedPunchRow = Awaited<ReturnType<ReturnType<typeof unclaimedPunches>['execute']>>[number]

function keyedEmployee({ keyed_employee_id: id, keyed_employee: name }: UnclaimedPunchRow): Kept['employee'] {
  return id === null || name === null ? null : { id, name }
}

function toUnclaimedPunch(row: UnclaimedPunchRow): UnclaimedPunch {
  return {
    id: row.id,
    callId: row.call_id,
    at: row.at,
    callerNumber: row.caller_number,
    isCallErased: row.call_erased_at !== null,
    place: row.place,
    employeeId: row.employee_id,
    employee: row.employee,
    kept: row.kept_as === null ? null : { keyedId: row.keyed_id, employee: keyedEmployee(row) },
    recording: row.erased_at === null ? row.recording : null,
    erasedAt: row.erased_at,
    durationMs: row.duration_ms,
    hasSpeech: row.has_speech === 1,
    settled: row.verdict && {
      verdict: row.verdict,
      at: row.settled_at ?? row.at,
      by: row.settled_by ?? '',
      reason: row.reason,
      direction: row.direction,
      entryId: row.began_id ?? row.ended_id,
      voiceCheck:
        row.voice_check_id === null
          ? null
          : { id: row.voice_check_id, recording: row.voice_recording, erasedAt: row.voice_erased_at },
    },
  }
}
