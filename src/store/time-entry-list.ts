/** Time entries as the pages list them: those that touch a range, those whose clock-out is missing, and one by its number. */
import { sql } from 'kysely'
import type { Attestation } from '../clock/attestation.js'
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import { LONGEST_ENTRY } from '../clock/worked-time.js'
import type { Database } from './database.js'
import { type TimeEntry, timeEntries, toTimeEntry } from './time-entries.js'
import type { Span, WhoseTime } from './worked-totals.js'

interface Part {
  readonly offset: number
  readonly limit: number
}

/** A part of the entries that have a time in the span, the newest first. Voided ones only when they are asked for. */
export async function listEntriesTouching(
  db: Database,
  span: Span,
  whose: WhoseTime & { readonly withVoided: boolean },
  part: Part,
): Promise<TimeEntry[]> {
  // Narrowed to the part before anything is joined: that reads the index alone.
  const ids = db
    .selectFrom('time_entries as touching')
    .select('touching.id')
    .where('touching.clock_in_at', '>=', span.from - LONGEST_ENTRY)
    .where('touching.clock_in_at', '<', span.to)
    .where(eb => eb.or([eb('touching.clock_in_at', '>=', span.from), eb('touching.clock_out_at', '>', span.from)]))
    .$if(!whose.withVoided, query => query.where('touching.state', '<>', 'voided'))
    .$if(whose.employeeId !== undefined, query => query.where('touching.employee_id', '=', whose.employeeId ?? 0))
    .$if(whose.jobId !== undefined, query =>
      whose.jobId === null
        ? query.where('touching.job_id', 'is', null)
        : query.where('touching.job_id', '=', whose.jobId ?? 0),
    )
    .orderBy('touching.clock_in_at', 'desc')
    .orderBy('touching.id', 'desc')
    .offset(part.offset)
    .limit(part.limit)
  return byNumber(db, ids)
}

/** A part of the entries of any time whose clock-out is missing, and of those open since before `forgottenSince`; oldest first. */
export async function listMissingClockOuts(db: Database, forgottenSince: Instant, part: Part): Promise<TimeEntry[]> {
  const rows = await missing(db, forgottenSince)
    .select('id')
    .orderBy('clock_in_at')
    .offset(part.offset)
    .limit(part.limit)
    .execute()
  if (rows.length === 0) return []
  const entries = await byNumber(
    db,
    rows.map(row => row.id),
  )
  return entries.reverse()
}

/** How many there are of those. */
export async function countMissingClockOuts(db: Database, forgottenSince: Instant): Promise<number> {
  const { count } = await missing(db, forgottenSince)
    .select(eb => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export async function findTimeEntry(db: Database, id: number): Promise<TimeEntry | null> {
  const [entry] = await byNumber(db, [id])
  return entry ?? null
}

/** A punch as it was made; nothing changes it. */
export interface OriginalPunch {
  readonly id: number
  readonly direction: Direction
  readonly at: Instant
  readonly callId: number
  readonly callerNumber: string | null
  /** The number is not kept any more. */
  readonly isErased: boolean
  readonly place: string | null
  readonly attestation: Attestation | null
  readonly numberIsNew: boolean
  /** The admin who assigned it; null: the employee's own call. */
  readonly assignedBy: string | null
}

/** The punches that an entry came from, the clock-in first. */
export async function originalPunches(db: Database, entry: TimeEntry): Promise<OriginalPunch[]> {
  const rows = await db
    .selectFrom('punches')
    .innerJoin('calls', 'calls.id', 'punches.call_id')
    .leftJoin('clock_locations', 'clock_locations.number', 'calls.caller_number')
    .select([
      'punches.id',
      'punches.direction',
      'punches.at',
      'punches.call_id',
      'punches.assigned_by',
      'calls.caller_number',
      'calls.erased_at',
      'calls.attestation',
      'calls.number_is_new',
      'clock_locations.name as place',
    ])
    .where('punches.id', 'in', [entry.clockInPunchId ?? 0, entry.clockOutPunchId ?? 0])
    .orderBy('punches.direction')
    .execute()
  return rows.map(row => ({
    id: row.id,
    direction: row.direction,
    at: row.at,
    callId: row.call_id,
    callerNumber: row.caller_number,
    isErased: row.erased_at !== null,
    place: row.place,
    attestation: row.attestation,
    numberIsNew: row.number_is_new === 1,
    assignedBy: row.assigned_by,
  }))
}

/** Names of employees and jobs, for totals and choices. */
export async function employeeNames(db: Database, ids: readonly number[] | 'all'): Promise<Map<number, string>> {
  let query = db.selectFrom('employees').select(['id', 'name'])
  if (ids !== 'all') query = query.where('id', 'in', ids)
  return new Map((await query.execute()).map(({ id, name }) => [id, name]))
}

function missing(db: Database, forgottenSince: Instant) {
  return (
    db
      .selectFrom('time_entries')
      // Written out as the index has it, so that the index answers it.
      .where(sql<boolean>`state in ('open', 'missing-clock-out')`)
      .where(eb => eb.or([eb('state', '=', 'missing-clock-out'), eb('clock_in_at', '<', forgottenSince)]))
  )
}

type Ids = readonly number[] | ReturnType<typeof idsOf>
function idsOf(db: Database) {
  return db.selectFrom('time_entries as touching').select('touching.id')
}

async function byNumber(db: Database, ids: Ids): Promise<TimeEntry[]> {
  const rows = await timeEntries(db)
    .where('time_entries.id', 'in', ids)
    .orderBy('time_entries.clock_in_at', 'desc')
    .orderBy('time_entries.id', 'desc')
    .execute()
  return rows.map(toTimeEntry)
}
