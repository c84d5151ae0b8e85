/** Punches, and the time entries that they open and close. */
import { type Direction, decidePunch, LONGEST_CALL, type Standing } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import { workedMinutes } from '../clock/worked-time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { readSettings } from './settings.js'
import { queueDeliveries } from './webhook-deliveries.js'

export interface PunchRequest {
  readonly callId: number
  readonly employeeId: number
  readonly answeredAt: Instant
  /** The caller was told of the punch a moment ago and asked for another. */
  readonly secondPunchConfirmed: boolean
  readonly jobId: number | null
  readonly ago?: HowLongAgo
}

/** How long before the call was answered a punch was made, in ms by a clock that nobody sets; null: not known. */
export type HowLongAgo = (punchId: number) => number | null

export type PunchResult =
  | { readonly kind: 'in'; readonly punchId: number; readonly at: Instant }
  | { readonly kind: 'out'; readonly punchId: number; readonly at: Instant; readonly workedMinutes: number }
  | { readonly kind: 'too-soon'; readonly last: { readonly direction: Direction; readonly at: Instant } }

/** A result that is a punch. */
export type Punched = Exclude<PunchResult, { kind: 'too-soon' }>

/** What the employee's own calls, and admins, have left. A punch that an admin assigned is no call that just happened. */
export async function readStanding(db: Database, employeeId: number, ago?: HowLongAgo): Promise<Standing> {
  const last = await db
    .selectFrom('punches')
    .select(['id', 'direction', 'at', 'committed_at'])
    .where('employee_id', '=', employeeId)
    .where('assigned_by', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const open = await openEntry(db, employeeId)
  return {
    lastPunch: last
      ? { direction: last.direction, at: last.at, committedAt: last.committed_at, ago: ago?.(last.id) ?? null }
      : null,
    openEntry: open ? { clockInAt: open.clock_in_at, hasJob: open.job_id !== null } : null,
  }
}

/**
 * Decides and keeps a call's punch and its time entry, in one transaction: when the promise settles they are on
 * disk. Asked again for the same call it gives that call's punch and makes none.
 */
export async function punch(db: Database, request: PunchRequest): Promise<PunchResult> {
  return db.transaction().execute(async trx => {
    const done = await punchOfCall(trx, request.callId)
    if (done) return done
    const standing = await readStanding(trx, request.employeeId, request.ago)
    const rules = await readSettings(trx)
    const decision = decidePunch(standing, request.answeredAt, rules, request.secondPunchConfirmed)
    switch (decision.kind) {
      case 'too-soon':
        return decision
      case 'in':
        if (decision.forgotten) await markMissingClockOut(trx, request.employeeId)
        return clockIn(trx, request, decision.at)
      case 'out':
        if (decision.at - request.answeredAt > LONGEST_CALL) await noteClockSetBack(trx, request, decision.at)
        return clockOut(trx, request, decision.at)
    }
  })
}

/** For the admins: the entry has no time worked in it, and the clock is why. */
async function noteClockSetBack(trx: Database, { employeeId, answeredAt }: PunchRequest, at: Instant): Promise<void> {
  const detail = `the clock said ${new Date(answeredAt).toISOString()}, the clock-in is at ${new Date(at).toISOString()}`
  await audit(trx, { actor: 'clock', action: 'clock-out counted from clock-in', employeeId, detail })
}

async function clockIn(trx: Database, request: PunchRequest, at: Instant): Promise<PunchResult> {
  const punchId = await insertPunch(trx, request, 'in', at)
  await trx
    .insertInto('time_entries')
    .values({
      employee_id: request.employeeId,
      job_id: request.jobId,
      state: 'open',
      clock_in_punch_id: punchId,
      clock_in_at: at,
    })
    .execute()
  return { kind: 'in', punchId, at }
}

async function clockOut(trx: Database, request: PunchRequest, at: Instant): Promise<PunchResult> {
  const punchId = await insertPunch(trx, request, 'out', at)
  const entry = await trx
    .updateTable('time_entries')
    .set(eb => ({
      state: 'closed' as const,
      clock_out_punch_id: punchId,
      clock_out_at: at,
      job_id: eb.fn.coalesce('job_id', eb.val(request.jobId)),
      revision: eb('revision', '+', 1),
    }))
    .where('employee_id', '=', request.employeeId)
    .where('state', '=', 'open')
    .returning('clock_in_at')
    .executeTakeFirstOrThrow()
  return { kind: 'out', punchId, at, workedMinutes: workedMinutes(entry.clock_in_at, at) }
}

function insertPunch(trx: Database, request: PunchRequest, direction: Direction, at: Instant): Promise<number> {
  return addPunch(trx, { ...request, direction, at, assignedBy: null })
}

/** When the first punch was made that needed no admin; null: there is none among the first 200. */
export async function firstPunchAt(db: Database): Promise<Instant | null> {
  const rows = await db.selectFrom('punches').select(['at', 'assigned_by']).orderBy('id').limit(200).execute()
  return rows.find(row => row.assigned_by === null)?.at ?? null
}

export interface NewPunch {
  readonly callId: number
  readonly employeeId: number
  readonly jobId: number | null
  readonly direction: Direction
  readonly at: Instant
  /** The admin who assigned it; null: the employee's own call. */
  readonly assignedBy: string | null
}

/** Adds a punch alone, without its time entry, and what tells other systems of it; gives its number. */
export async function addPunch(trx: Database, punch: NewPunch): Promise<number> {
  const { id } = await trx
    .insertInto('punches')
    .values({
      call_id: punch.callId,
      employee_id: punch.employeeId,
      job_id: punch.jobId,
      direction: punch.direction,
      at: punch.at,
      committed_at: Date.now(),
      assigned_by: punch.assignedBy,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await queueDeliveries(trx, id)
  return id
}

async function markMissingClockOut(trx: Database, employeeId: number): Promise<void> {
  await trx
    .updateTable('time_entries')
    .set(eb => ({ state: 'missing-clock-out' as const, revision: eb('revision', '+', 1) }))
    .where('employee_id', '=', employeeId)
    .where('state', '=', 'open')
    .execute()
}

async function punchOfCall(trx: Database, callId: number): Promise<PunchResult | null> {
  const row = await trx
    .selectFrom('punches')
    .leftJoin('time_entries', 'time_entries.clock_out_punch_id', 'punches.id')
    .select(['punches.id', 'direction', 'at', 'time_entries.clock_in_at'])
    .where('call_id', '=', callId)
    .executeTakeFirst()
  if (!row) return null
  const { id: punchId, at } = row
  if (row.direction === 'in') return { kind: 'in', punchId, at }
  return { kind: 'out', punchId, at, workedMinutes: workedMinutes(row.clock_in_at ?? at, at) }
}

function openEntry(db: Database, employeeId: number) {
  return db
    .selectFrom('time_entries')
    .select(['clock_in_at', 'job_id'])
    .where('employee_id', '=', employeeId)
    .where('state', '=', 'open')
    .executeTakeFirst()
}
