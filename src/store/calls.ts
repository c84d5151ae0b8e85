/**
 * Calls: how far each came, for "I called and it didn't work". The disk is not waited for: a punch or an unclaimed punch, for
 * which it is, takes its call along, and the next start ends calls whose end a power cut took.
 */
import type { Attestation } from '../clock/attestation.js'
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import type { CallOutcome, SoundTrouble } from './schema.js'
import { unhurried } from './sqlite.js'

export interface AnsweredCall {
  /** The PBX's name for it. */
  readonly channel: string
  /** Null when withheld. */
  readonly callerNumber: string | null
  readonly answeredAt: Instant
  /** What the number's signature says; left out or null: it has none. */
  readonly attestation?: Attestation | null
  /** Left out or null: the dialplan does not tell. */
  readonly dialledNumber?: string | null
}

export async function addCall(db: Database, call: AnsweredCall): Promise<number> {
  const row = db
    .insertInto('calls')
    .values({
      channel: call.channel,
      caller_number: call.callerNumber,
      answered_at: call.answeredAt,
      attestation: call.attestation ?? null,
      dialled_number: call.dialledNumber ?? null,
    })
    .returning('id')
  const {
    rows: [added],
  } = await unhurried(db, row)
  if (!added) throw new Error('A row that was added has no number')
  return added.id
}

export async function setCallEmployee(
  db: Database,
  callId: number,
  { employeeId, numberIsNew }: { employeeId: number; numberIsNew: boolean },
): Promise<void> {
  const columns = { employee_id: employeeId, number_is_new: numberIsNew ? (1 as const) : (0 as const) }
  await unhurried(db, db.updateTable('calls').set(columns).where('id', '=', callId))
}

export async function endCall(
  db: Database,
  callId: number,
  outcome: CallOutcome,
  at = Date.now(),
  trouble: SoundTrouble | null = null,
): Promise<void> {
  await unhurried(db, db.updateTable('calls').set({ outcome, ended_at: at, trouble }).where('id', '=', callId))
}

/** Ends the calls that an earlier run of Punchline left behind, with what each came to. */
export async function endAbandonedCalls(db: Database): Promise<void> {
  const end = (outcome: CallOutcome) =>
    db.updateTable('calls').set({ outcome, ended_at: Date.now() }).where('ended_at', 'is', null)
  // By the call, of which there are a handful, and not by all the punches that ever were.
  const punched = (direction: Direction) =>
    end(direction === 'in' ? 'clocked-in' : 'clocked-out').where(({ exists, selectFrom }) =>
      exists(
        selectFrom('punches').select('id').whereRef('call_id', '=', 'calls.id').where('direction', '=', direction),
      ),
    )
  await punched('in').execute()
  await punched('out').execute()
  await end('unclaimed-punch')
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('unclaimed_punches').select('id').whereRef('call_id', '=', 'calls.id')),
    )
    .execute()
  await end('cut-off').execute()
}

/** Whether the latest call on a channel of the PBX made a punch, or left a name for the office. */
export async function isCallOnRecord(db: Database, channel: string): Promise<boolean> {
  const call = await latestOnChannel(db, channel).executeTakeFirst()
  return call !== undefined && (call.punch_id !== null || call.unclaimed_id !== null)
}

/** The latest call on a channel of the PBX, and what it left. */
export function latestOnChannel(db: Database, channel: string) {
  return db
    .selectFrom('calls')
    .leftJoin('punches', 'punches.call_id', 'calls.id')
    .leftJoin('unclaimed_punches', 'unclaimed_punches.call_id', 'calls.id')
    .select(['calls.id', 'calls.employee_id', 'punches.id as punch_id', 'unclaimed_punches.id as unclaimed_id'])
    .where('calls.channel', '=', channel)
    .orderBy('calls.id', 'desc')
    .limit(1)
}

export interface EndedCall {
  readonly answeredAt: Instant
  readonly outcome: CallOutcome
}

/** The latest call that is over. */
export async function latestCall(db: Database): Promise<EndedCall | null> {
  const row = await db
    .selectFrom('calls')
    .select(['answered_at', 'outcome'])
    .where('outcome', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.outcome ? { answeredAt: row.answered_at, outcome: row.outcome } : null
}

/** What a call that is over shows of the way between a caller and the clock. */
export interface CallSign {
  readonly answeredAt: Instant
  readonly trouble: SoundTrouble | null
  readonly dialledNumber: string | null
  /** An ID and a PIN were keyed in, right or not. */
  readonly hadKeys: boolean
}

/** What the latest calls show, the newest first. */
export async function latestSigns(db: Database, limit: number): Promise<CallSign[]> {
  const rows = await db
    .selectFrom('calls')
    .select(({ exists, selectFrom }) => [
      'answered_at as answeredAt',
      'trouble',
      'dialled_number as dialledNumber',
      exists(selectFrom('pin_attempts').select('id').whereRef('call_id', '=', 'calls.id')).as('hadKeys'),
    ])
    .where('ended_at', 'is not', null)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(row => ({ ...row, hadKeys: Boolean(row.hadKeys) }))
}

/** A call, its punch if it made one, and whether it is over, with all that it could keep itself. */
export async function findCall(
  db: Database,
  id: number,
): Promise<{ id: number; answeredAt: Instant; punchId: number | null; isOver: boolean } | null> {
  const row = await db
    .selectFrom('calls')
    .leftJoin('punches', 'punches.call_id', 'calls.id')
    .select(['calls.answered_at', 'calls.ended_at', 'punches.id as punch_id'])
    .where('calls.id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  return { id, answeredAt: row.answered_at, punchId: row.punch_id, isOver: row.ended_at !== null }
}
