/** What admins do to time entries, and the record of it. Punches stay as they were. */
import { judgeTimes, type OtherEntry, type TimesFault } from '../clock/correction.js'
import type { Instant } from '../clock/time.js'
import { LONGEST_ENTRY } from '../clock/worked-time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import type { Row, TimeEntryState } from './schema.js'

/** What an entry is to be. */
export interface WantedEntry {
  readonly clockInAt: Instant
  /** Null: the employee is in, or the clock-out stays missing. */
  readonly clockOutAt: Instant | null
  readonly jobId: number | null
}

/** Who asks, and why; `now` is when. */
export interface Asking {
  readonly actor: string
  readonly reason: string
  readonly now: Instant
}

export type CorrectionResult =
  | { readonly kind: 'done'; readonly entryId: number }
  /** It is as wanted already: the same form came twice, or another admin did the same. */
  | { readonly kind: 'unchanged' }
  /** It has changed since the admin saw it. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly fault: TimesFault }

/** Gives an entry other times or another job, if it is still as the admin saw it. Null: there is no such entry. */
export async function correctEntry(
  db: Database,
  entryId: number,
  seenRevision: number,
  wanted: WantedEntry,
  asking: Asking,
): Promise<CorrectionResult | null> {
  return db.transaction().execute(async trx => {
    const entry = await findEntry(trx, entryId)
    if (!entry) return null
    if (entry.state === 'voided') return { kind: 'stale' }
    if (isAsWanted(entry, wanted)) return { kind: 'unchanged' }
    if (entry.revision !== seenRevision) return { kind: 'stale' }
    const verdict = judgeTimes(wanted, await otherEntries(trx, entry.employee_id, entryId, wanted, asking.now), {
      now: asking.now,
      wasMissing: entry.state === 'missing-clock-out',
    })
    if ('fault' in verdict) return { kind: 'refused', fault: verdict.fault }
    await change(trx, entry, { ...wanted, state: verdict.state }, 'corrected', asking)
    return { kind: 'done', entryId }
  })
}

export type AdditionResult =
  /** `unchanged`: the employee has such an entry already; the same form came twice. */
  | { readonly kind: 'done' | 'unchanged'; readonly entryId: number }
  | { readonly kind: 'refused'; readonly fault: TimesFault }

/** Adds an entry that no call made. */
export async function addEntry(
  db: Database,
  employeeId: number,
  wanted: WantedEntry,
  asking: Asking,
): Promise<AdditionResult> {
  return db.transaction().execute(async trx => {
    const same = await findSame(trx, employeeId, wanted)
    if (same) return { kind: 'unchanged', entryId: same.id }
    const verdict = judgeTimes(wanted, await otherEntries(trx, employeeId, null, wanted, asking.now), {
      now: asking.now,
      wasMissing: false,
    })
    if ('fault' in verdict) return { kind: 'refused', fault: verdict.fault }
    const { id } = await trx
      .insertInto('time_entries')
      .values({
        employee_id: employeeId,
        job_id: wanted.jobId,
        state: verdict.state,
        clock_in_at: wanted.clockInAt,
        clock_out_at: wanted.clockOutAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await record(trx, id, null, { ...wanted, state: verdict.state }, 'added', asking)
    return { kind: 'done', entryId: id }
  })
}

/** Makes an entry count for nothing, if it is still as the admin saw it. Null: there is no such entry. */
export async function voidEntry(
  db: Database,
  entryId: number,
  seenRevision: number,
  asking: Asking,
): Promise<CorrectionResult | null> {
  return db.transaction().execute(async trx => {
    const entry = await findEntry(trx, entryId)
    if (!entry) return null
    if (entry.state === 'voided') return { kind: 'unchanged' }
    if (entry.revision !== seenRevision) return { kind: 'stale' }
    const { clock_in_at: clockInAt, clock_out_at: clockOutAt, job_id: jobId } = entry
    await change(trx, entry, { clockInAt, clockOutAt, jobId, state: 'voided' }, 'voided', asking)
    return { kind: 'done', entryId }
  })
}

export interface Correction {
  readonly at: Instant
  readonly actor: string
  readonly action: 'added' | 'corrected' | 'voided'
  readonly reason: string
  /** Null where the entry was added. */
  readonly from: CorrectedEntry | null
  readonly to: CorrectedEntry
}

interface CorrectedEntry {
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
  readonly job: string | null
  readonly state: TimeEntryState
}

/** An entry's history, the latest first. */
export async function listCorrections(db: Database, entryId: number): Promise<Correction[]> {
  const rows = await db
    .selectFrom('entry_corrections')
    .leftJoin('jobs as from_job', 'from_job.id', 'from_job_id')
    .leftJoin('jobs as to_job', 'to_job.id', 'to_job_id')
    .selectAll('entry_corrections')
    .select(['from_job.name as from_job', 'to_job.name as to_job'])
    .where('entry_id', '=', entryId)
    .orderBy('entry_corrections.id', 'desc')
    .execute()
  return rows.map(row => ({
    at: row.at,
    actor: row.actor,
    action: row.action,
    reason: row.reason,
    from:
      row.from_clock_in_at === null || row.from_state === null
        ? null
        : {
            clockInAt: row.from_clock_in_at,
            clockOutAt: row.from_clock_out_at,
            job: row.from_job,
            state: row.from_state,
          },
    to: { clockInAt: row.to_clock_in_at, clockOutAt: row.to_clock_out_at, job: row.to_job, state: row.to_state },
  }))
}

type EntryRow = Row<'time_entries'>

function findEntry(trx: Database, id: number): Promise<EntryRow | undefined> {
  return trx.selectFrom('time_entries').selectAll().where('id', '=', id).executeTakeFirst()
}

async function findSame(trx: Database, employeeId: number, wanted: WantedEntry): Promise<EntryRow | undefined> {
  const rows = await trx
    .selectFrom('time_entries')
    .selectAll()
    .where('employee_id', '=', employeeId)
    .where('clock_in_at', '=', wanted.clockInAt)
    .where('state', '<>', 'voided')
    .execute()
  return rows.find(row => isAsWanted(row, wanted))
}

function isAsWanted(entry: EntryRow, wanted: WantedEntry): boolean {
  return (
    entry.clock_in_at === wanted.clockInAt && entry.clock_out_at === wanted.clockOutAt && entry.job_id === wanted.jobId
  )
}

/** The employee's other entries that the wanted times could meet, and the one that is open. */
async function otherEntries(
  trx: Database,
  employeeId: number,
  entryId: number | null,
  wanted: WantedEntry,
  now: Instant,
): Promise<OtherEntry[]> {
  const near = await trx
    .selectFrom('time_entries')
    .select(['id', 'clock_in_at', 'clock_out_at', 'state'])
    .where('employee_id', '=', employeeId)
    .where('state', '<>', 'voided')
    .where('clock_in_at', '>=', wanted.clockInAt - LONGEST_ENTRY)
    .where('clock_in_at', '<=', wanted.clockOutAt ?? now)
    .execute()
  const open = await trx
    .selectFrom('time_entries')
    .select(['id', 'clock_in_at', 'clock_out_at', 'state'])
    .where('employee_id', '=', employeeId)
    .where('state', '=', 'open')
    .execute()
  return [...near.filter(({ state }) => state !== 'open'), ...open]
    .filter(({ id }) => id !== entryId)
    .map(row => ({ clockInAt: row.clock_in_at, clockOutAt: row.clock_out_at, isOpen: row.state === 'open' }))
}

interface NewState extends WantedEntry {
  readonly state: TimeEntryState
}

async function change(
  trx: Database,
  entry: EntryRow,
  to: NewState,
  action: 'corrected' | 'voided',
  asking: Asking,
): Promise<void> {
  await trx
    .updateTable('time_entries')
    .set({
      clock_in_at: to.clockInAt,
      clock_out_at: to.clockOutAt,
      job_id: to.jobId,
      state: to.state,
      revision: entry.revision + 1,
    })
    .where('id', '=', entry.id)
    .execute()
  await record(trx, entry.id, entry, to, action, asking)
}

async function record(
  trx: Database,
  entryId: number,
  from: EntryRow | null,
  to: NewState,
  action: 'added' | 'corrected' | 'voided',
  { actor, reason, now }: Asking,
): Promise<void> {
  await trx
    .insertInto('entry_corrections')
    .values({
      entry_id: entryId,
      at: now,
      actor,
      action,
      reason,
      from_clock_in_at: from?.clock_in_at ?? null,
      from_clock_out_at: from?.clock_out_at ?? null,
      from_job_id: from?.job_id ?? null,
      from_state: from?.state ?? null,
      to_clock_in_at: to.clockInAt,
      to_clock_out_at: to.clockOutAt,
      to_job_id: to.jobId,
      to_state: to.state,
    })
    .execute()
  const { employee_id: employeeId } = await trx
    .selectFrom('time_entries')
    .select('employee_id')
    .where('id', '=', entryId)
    .executeTakeFirstOrThrow()
  await audit(trx, { actor, action: `entry ${action}`, employeeId, detail: inWords(entryId, to, reason) })
}

function inWords(entryId: number, { clockInAt, clockOutAt, jobId, state }: NewState, reason: string): string {
  const times = [clockInAt, clockOutAt].map(at => (at === null ? 'none' : new Date(at).toISOString())).join(' to ')
  return `entry ${entryId}: ${times}, ${jobId === null ? 'no job' : `job ${jobId}`}, ${state}. ${reason}`
}
