/** Worked minutes added up: of a range in all, by employee, by job, by day. Only closed entries count. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { DAY, type Instant, MINUTE } from '../clock/time.js'
import { LONGEST_ENTRY, workedMinutesWithin } from '../clock/worked-time.js'
import type { Database } from './database.js'

/** The instants [from, to), which begin and end on whole minutes. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

/** Whose time, and for what; a job that is null: entries without one. */
export interface WhoseTime {
  readonly employeeId?: number
  readonly jobId?: number | null
}

/** So long a piece of a range is added up at a time: calls have their turn in between. */
const PIECE = DAY

/** All minutes in a span. */
export async function workedIn(db: Database, span: Span, whose: WhoseTime): Promise<number> {
  return (await added(db, span, whose, null)).get(null) ?? 0
}

/** Minutes by the number of the employee. */
export async function workedByEmployee(db: Database, span: Span, whose: WhoseTime): Promise<Map<number, number>> {
  const totals = await added(db, span, whose, 'employee_id')
  return new Map([...totals].flatMap(([id, minutes]) => (id === null ? [] : [[id, minutes] as const])))
}

/** Minutes by the number of the job; null: without one. */
export function workedByJob(db: Database, span: Span, whose: WhoseTime): Promise<Map<number | null, number>> {
  return added(db, span, whose, 'job_id')
}

/** Minutes of each of a row of days, which follow one another. A night shift counts on both of its days. */
export async function workedByDay(db: Database, days: readonly Span[], whose: WhoseTime): Promise<number[]> {
  const totals: number[] = []
  let goingOn: Closed[] = days[0] ? await closedEntries(db, lookBack(days[0]), whose, days[0].from).execute() : []
  for (const day of days) {
    const { minutes } = await sumWithin(db, day, day, whose).executeTakeFirstOrThrow()
    const carried = goingOn.reduce(
      (sum, entry) => sum + workedMinutesWithin(entry.clock_in_at, entry.clock_out_at, day),
      0,
    )
    totals.push((minutes ?? 0) + carried)
    goingOn = [
      ...goingOn.filter(entry => entry.clock_out_at > day.to),
      ...(await closedEntries(db, day, whose, day.to).execute()),
    ]
    await nextTurn()
  }
  return totals
}

interface Closed {
  readonly clock_in_at: Instant
  readonly clock_out_at: Instant
}

/** Sums over a span by a column, piece by piece. */
async function added(
  db: Database,
  span: Span,
  whose: WhoseTime,
  by: 'employee_id' | 'job_id' | null,
): Promise<Map<number | null, number>> {
  const totals = new Map<number | null, number>()
  for (const piece of pieces({ from: span.from - LONGEST_ENTRY, to: span.to })) {
    const sums = sumWithin(db, piece, span, whose)
    const rows =
      by === null
        ? (await sums.execute()).map(({ minutes }) => ({ key: null, minutes }))
        : await sums.select(`${by} as key`).groupBy(by).execute()
    for (const { key, minutes } of rows) if (minutes) totals.set(key, (totals.get(key) ?? 0) + minutes)
    await nextTurn()
  }
  return totals
}

function* pieces({ from, to }: Span): Generator<Span> {
  for (let start = from; start < to; start += PIECE) yield { from: start, to: Math.min(start + PIECE, to) }
}

/** The minutes that entries which begin in one span have in another. */
function sumWithin(db: Database, begin: Span, within: Span, whose: WhoseTime) {
  const start = sql<number>`case when clock_in_at > ${within.from} then clock_in_at else ${within.from} end`
  const end = sql<number>`case when clock_out_at < ${within.to} then clock_out_at else ${within.to} end`
  return narrowed(db, begin, whose)
    .where('clock_out_at', '>', within.from)
    .select(sql<number | null>`sum((${end}) / ${sql.lit(MINUTE)} - (${start}) / ${sql.lit(MINUTE)})`.as('minutes'))
}

/** Closed entries that begin in a span and end after an instant. */
function closedEntries(db: Database, begin: Span, whose: WhoseTime, after: Instant) {
  return narrowed(db, begin, whose)
    .where('clock_out_at', '>', after)
    .select(['clock_in_at', 'clock_out_at'])
    .$narrowType<{ clock_out_at: Instant }>()
}

function narrowed(db: Database, begin: Span, { employeeId, jobId }: WhoseTime) {
  return db
    .selectFrom('time_entries')
    .where('state', '=', 'closed')
    .where('clock_in_at', '>=', begin.from)
    .where('clock_in_at', '<', begin.to)
    .$if(employeeId !== undefined, query => query.where('employee_id', '=', employeeId ?? 0))
    .$if(jobId !== undefined, query =>
      jobId === null ? query.where('job_id', 'is', null) : query.where('job_id', '=', jobId ?? 0),
    )
}

function lookBack({ from }: Span): Span {
  return { from: from - LONGEST_ENTRY, to: from }
}
