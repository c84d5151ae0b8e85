/** Calls as admins look for them: newest first, by number or employee, each with its steps and what it led to. */
import type { Attestation } from '../clock/attestation.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import type { CallOutcome } from './schema.js'

export interface ListedCall {
  readonly id: number
  /** Null when withheld, and once erased. */
  readonly callerNumber: string | null
  readonly answeredAt: Instant
  readonly endedAt: Instant | null
  readonly outcome: CallOutcome | null
  readonly employeeId: number | null
  readonly employee: string | null
  /** Number and steps were older than is kept. */
  readonly isErased: boolean
  /** The clock location of its number. */
  readonly place: string | null
  readonly attestation: Attestation | null
  readonly numberIsNew: boolean
  readonly steps: readonly CallStep[]
}

export interface CallStep {
  readonly at: Instant
  readonly step: string
  readonly detail: string | null
}

/** Where a page of the list begins: after this call. */
export interface CallPosition {
  readonly answeredAt: Instant
  readonly id: number
}

/** Whose calls: all, those from one of these numbers, or those of one of these employees. */
export type CallFilter = { readonly numbers: readonly string[] } | { readonly employeeIds: readonly number[] } | null

/** Calls that go on at this moment, the newest first, at most 200. */
export async function callsInProgress(db: Database): Promise<ListedCall[]> {
  const rows = await calls(db).where('ended_at', 'is', null).orderBy('calls.id', 'desc').limit(200).execute()
  return withSteps(db, rows)
}

/** Calls that have ended, the newest first, at most `limit`. */
export async function endedCalls(
  db: Database,
  filter: CallFilter,
  after: CallPosition | null,
  limit: number,
): Promise<ListedCall[]> {
  // A query for each number or employee is answered by their index in order, however many calls there are.
  const page = () => {
    const query = calls(db)
      .where('ended_at', 'is not', null)
      .orderBy('answered_at', 'desc')
      .orderBy('calls.id', 'desc')
      .limit(limit)
    if (!after) return query
    const { answeredAt, id } = after
    return query
      .where('answered_at', '<=', answeredAt)
      .where(eb => eb.or([eb('answered_at', '<', answeredAt), eb('calls.id', '<', id)]))
  }
  if (filter === null) return withSteps(db, await page().execute())
  const found: CallRow[] = []
  if ('numbers' in filter) {
    for (const number of filter.numbers) found.push(...(await page().where('caller_number', '=', number).execute()))
  } else {
    for (const id of filter.employeeIds) found.push(...(await page().where('calls.employee_id', '=', id).execute()))
  }
  found.sort((a, b) => b.answeredAt - a.answeredAt || b.id - a.id)
  return withSteps(db, found.slice(0, limit))
}

/** Last digits are looked for among the numbers of this many calls: those who call do so again and again. */
export const NUMBERS_OF_LATEST = 20_000
/** Fewer last digits than this would find everybody. */
export const LEAST_LAST_DIGITS = 4
const MOST_NUMBERS = 20

/**
 * The numbers that may be meant by digits: written with +, 00 or neither, whenever they called; or ending with them,
 * among the latest calls. At most 20.
 */
export async function numbersMeantBy(db: Database, written: string): Promise<string[]> {
  const digits = written.replace(/\D/g, '')
  const bare = digits.replace(/^0+/, '')
  const exact = new Set([digits, bare, `+${bare}`, `00${bare}`, `+${digits}`])
  const numbers = new Set(await knownAmong(db, [...exact]))
  // As written, and without the zero that numbers of other countries are dialled with.
  const endings = [digits, bare].filter(ending => ending.length >= LEAST_LAST_DIGITS)
  for (const number of endings.length > 0 ? await latestNumbers(db) : []) {
    const known = number.replace(/\D/g, '')
    if (endings.some(ending => known.endsWith(ending))) numbers.add(number)
  }
  return [...numbers].slice(0, MOST_NUMBERS)
}

async function knownAmong(db: Database, numbers: readonly string[]): Promise<string[]> {
  const known: string[] = []
  for (const number of numbers) {
    const row = await db
      .selectFrom('calls')
      .select('id')
      .where('caller_number', '=', number)
      .limit(1)
      .executeTakeFirst()
    if (row) known.push(number)
  }
  return known
}

/** In the order of the table itself, where they lie side by side. */
async function latestNumbers(db: Database): Promise<Set<string>> {
  const rows = await db
    .selectFrom(
      db.selectFrom('calls').select('caller_number').orderBy('id', 'desc').limit(NUMBERS_OF_LATEST).as('latest'),
    )
    .select('caller_number')
    .distinct()
    .execute()
  return new Set(rows.flatMap(row => row.caller_number ?? []))
}

/** What a call led to. */
export interface CallResults {
  readonly punchId: number | null
  readonly timeEntryId: number | null
  readonly voiceCheck: Tape | null
  readonly unclaimed: (Tape & { readonly isSettled: boolean }) | null
}

interface Tape {
  readonly id: number
  /** File name in the recordings' folder; null when nothing was recorded, and once it is erased. */
  readonly recording: string | null
}

export async function readCall(db: Database, id: number): Promise<(ListedCall & CallResults) | null> {
  const row = await calls(db).where('calls.id', '=', id).executeTakeFirst()
  if (!row) return null
  const [call] = await withSteps(db, [row])
  return call ? { ...call, ...(await readResults(db, id)) } : null
}

async function readResults(db: Database, callId: number): Promise<CallResults> {
  const punch = await db.selectFrom('punches').select('id').where('call_id', '=', callId).executeTakeFirst()
  const punchId = punch?.id ?? null
  const unclaimed = await db
    .selectFrom('unclaimed_punches')
    .select(['id', 'recording', 'erased_at', 'verdict'])
    .where('call_id', '=', callId)
    .executeTakeFirst()
  const check =
    punchId === null
      ? undefined
      : await db
          .selectFrom('voice_checks')
          .select(['id', 'recording', 'erased_at'])
          .where('punch_id', '=', punchId)
          .executeTakeFirst()
  return {
    punchId,
    timeEntryId: punchId === null ? null : await entryOfPunch(db, punchId),
    voiceCheck: check ? toTape(check) : null,
    unclaimed: unclaimed ? { ...toTape(unclaimed), isSettled: unclaimed.verdict !== null } : null,
  }
}

function toTape(row: { id: number; recording: string | null; erased_at: Instant | null }): Tape {
  return { id: row.id, recording: row.erased_at === null ? row.recording : null }
}

async function entryOfPunch(db: Database, punchId: number): Promise<number | null> {
  for (const column of ['clock_in_punch_id', 'clock_out_punch_id'] as const) {
    const entry = await db.selectFrom('time_entries').select('id').where(column, '=', punchId).executeTakeFirst()
    if (entry) return entry.id
  }
  return null
}

function calls(db: Database) {
  return db
    .selectFrom('calls')
    .leftJoin('employees', 'employees.id', 'calls.employee_id')
    .leftJoin('clock_locations', 'clock_locations.number', 'calls.caller_number')
    .select([
      'calls.id',
      'caller_number as callerNumber',
      'answered_at as answeredAt',
      'ended_at as endedAt',
      'outcome',
      'calls.employee_id as employeeId',
      'employees.name as employee',
      'erased_at as erasedAt',
      'clock_locations.name as place',
      'attestation',
      'number_is_new',
    ])
}

type CallRow = Awaited<ReturnType<ReturnType<typeof calls>['execute']>>[number]

async function withSteps(db: Database, rows: readonly CallRow[]): Promise<ListedCall[]> {
  const ids = rows.map(row => row.id)
  if (ids.length === 0) return []
  const steps = await db
    .selectFrom('call_steps')
    .select(['call_id as callId', 'at', 'step', 'detail'])
    .where('call_id', 'in', ids)
    .orderBy('id')
    .execute()
  const stepsOf = new Map<number, CallStep[]>(ids.map(id => [id, []]))
  for (const { callId, ...step } of steps) stepsOf.get(callId)?.push(step)
  return rows.map(({ erasedAt, number_is_new, ...row }) => ({
    ...row,
    isErased: erasedAt !== null,
    numberIsNew: number_is_new === 1,
    steps: stepsOf.get(row.id) ?? [],
  }))
}
