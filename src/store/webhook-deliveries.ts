/**
 * What waits to be sent to webhooks, and what became of it. Each webhook gets its deliveries in the order of the punches:
 * the first that waits is tried until it is settled, and the others wait behind it.
 */
import type { Direction } from '../clock/punch.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import type { DeliveryState } from './schema.js'

/** Queues a punch for every webhook; part of the punch's transaction. */
export async function queueDeliveries(trx: Database, punchId: number): Promise<void> {
  const now = Date.now()
  await trx
    .insertInto('webhook_deliveries')
    .columns(['webhook_id', 'punch_id', 'queued_at', 'next_attempt_at'])
    .expression(eb =>
      eb
        .selectFrom('webhooks')
        .where('ended_at', 'is', null)
        .select(['id', eb.lit(punchId).as('punch_id'), eb.lit(now).as('queued_at'), eb.lit(now).as('next_attempt_at')]),
    )
    .execute()
}

/** For the transaction that ends the webhook. */
export async function cancelDeliveries(trx: Database, webhookId: number): Promise<void> {
  await waiting(trx, webhookId).set({ state: 'cancelled', settled_at: Date.now() }).execute()
}

/** The first delivery that waits. */
export interface NextDelivery {
  readonly id: number
  readonly punchId: number
  /** How often it was tried before. */
  readonly attempts: number
  readonly dueAt: Instant
  /** What went wrong last; null before the first attempt. */
  readonly fault: string | null
}

export async function nextDelivery(db: Database, webhookId: number): Promise<NextDelivery | null> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .select(['id', 'punch_id', 'attempts', 'next_attempt_at', 'fault'])
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  const { id, punch_id: punchId, attempts, next_attempt_at: dueAt, fault } = row
  return { id, punchId, attempts, dueAt, fault }
}

/** A punch as receivers are told of it. */
export interface SentPunch {
  readonly id: number
  readonly employeeId: number
  readonly employee: string
  readonly payrollNumber: string | null
  /** The punch's own job; of a clock-out that named none, the entry's. */
  readonly jobId: number | null
  readonly job: string | null
  readonly direction: Direction
  readonly at: Instant
  readonly committedAt: Instant
  readonly callerNumber: string | null
  /** An admin made an unclaimed punch this employee's. */
  readonly isAssigned: boolean
  readonly entryId: number | null
}

/** @throws when there is no such punch */
export async function readSentPunch(db: Database, punchId: number): Promise<SentPunch> {
  const row = await db
    .selectFrom('punches')
    .innerJoin('employees', 'employees.id', 'punches.employee_id')
    .innerJoin('calls', 'calls.id', 'punches.call_id')
    .leftJoin('time_entries as opened', 'opened.clock_in_punch_id', 'punches.id')
    .leftJoin('time_entries as closed', 'closed.clock_out_punch_id', 'punches.id')
    .leftJoin('jobs', join =>
      join.on('jobs.id', '=', eb => eb.fn.coalesce('punches.job_id', 'opened.job_id', 'closed.job_id')),
    )
    .where('punches.id', '=', punchId)
    .select(eb => [
      'punches.id',
      'punches.employee_id',
      'punches.direction',
      'punches.at',
      'punches.committed_at',
      'punches.assigned_by',
      'employees.name',
      'employees.payroll_number',
      'calls.caller_number',
      'jobs.id as job_id',
      'jobs.name as job_name',
      eb.fn.coalesce('opened.id', 'closed.id').as('entry_id'),
    ])
    .executeTakeFirstOrThrow()
  return {
    id: row.id,
    employeeId: row.employee_id,
    employee: row.name,
    payrollNumber: row.payroll_number,
    jobId: row.job_id,
    job: row.job_name,
    direction: row.direction,
    at: row.at,
    committedAt: row.committed_at,
    callerNumber: row.caller_number,
    isAssigned: row.assigned_by !== null,
    entryId: row.entry_id,
  }
}

export async function markDelivered(db: Database, id: number): Promise<void> {
  await settle(db, id, { state: 'delivered', fault: null })
}

/** This one is given up; the others go on. */
export async function giveUpDelivery(db: Database, id: number, fault: string): Promise<void> {
  await settle(db, id, { state: 'failed', fault })
}

async function settle(db: Database, id: number, to: { state: 'delivered' | 'failed'; fault: string | null }) {
  await db
    .updateTable('webhook_deliveries')
    .set(eb => ({ ...to, attempts: eb('attempts', '+', 1), settled_at: Date.now() }))
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

export interface HoldUp {
  /** When the first that waits is tried next. */
  readonly until: Instant
  /** How often in a row the receiver has failed. */
  readonly attempts: number
  readonly fault: string
  /** What was queued before this is given up. */
  readonly giveUpBefore: Instant
  readonly farewell: string
}

/** Nothing is sent to the webhook for a while. */
export async function holdUp(db: Database, webhookId: number, hold: HoldUp): Promise<void> {
  await db.transaction().execute(async trx => {
    await waiting(trx, webhookId)
      .where('queued_at', '<', hold.giveUpBefore)
      .set({ state: 'failed', fault: hold.farewell, settled_at: Date.now() })
      .execute()
    const first = await nextDelivery(trx, webhookId)
    if (!first) return
    await trx
      .updateTable('webhook_deliveries')
      .set({ attempts: hold.attempts, next_attempt_at: hold.until, fault: hold.fault })
      .where('id', '=', first.id)
      .execute()
  })
}

/** What waits is tried at once. False: nothing waits. */
export async function tryNow(db: Database, webhookId: number): Promise<boolean> {
  const first = await nextDelivery(db, webhookId)
  if (!first) return false
  await db
    .updateTable('webhook_deliveries')
    .set({ next_attempt_at: Date.now() })
    .where('id', '=', first.id)
    .where('state', '=', 'waiting')
    .execute()
  return true
}

/** Queues again what failed: the one delivery, or all of the webhook's. Says how many; none that is not failed. */
export async function sendAgain(db: Database, webhookId: number, id: number | 'all'): Promise<number> {
  const now = Date.now()
  const failed = db
    .updateTable('webhook_deliveries')
    .set({ state: 'waiting', queued_at: now, attempts: 0, next_attempt_at: now, fault: null, settled_at: null })
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'failed')
  const { numUpdatedRows } = await (id === 'all' ? failed : failed.where('id', '=', id)).executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** How many of the webhook's deliveries are in that state. */
export async function countDeliveries(db: Database, webhookId: number, state: 'waiting' | 'failed'): Promise<number> {
  const { count } = await db
    .selectFrom('webhook_deliveries')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('webhook_id', '=', webhookId)
    .where('state', '=', state)
    .executeTakeFirstOrThrow()
  return count
}

/** How many deliveries of all webhooks wait. */
export async function countWaitingDeliveries(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('webhook_deliveries')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()
  return count
}

export interface Delivery {
  readonly id: number
  readonly employee: string
  readonly direction: Direction
  readonly at: Instant
  readonly state: DeliveryState
  readonly attempts: number
  readonly fault: string | null
  readonly settledAt: Instant | null
}

/** The webhook's latest punches and how their deliveries stand, the newest first. */
export async function listDeliveries(db: Database, webhookId: number, limit: number): Promise<Delivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries as delivery')
    .innerJoin('punches', 'punches.id', 'delivery.punch_id')
    .innerJoin('employees', 'employees.id', 'punches.employee_id')
    .where('delivery.webhook_id', '=', webhookId)
    .orderBy('delivery.punch_id', 'desc')
    .limit(limit)
    .select([
      'delivery.id',
      'delivery.state',
      'delivery.attempts',
      'delivery.fault',
      'delivery.settled_at',
      'punches.direction',
      'punches.at',
      'employees.name',
    ])
    .execute()
  return rows.map(({ settled_at: settledAt, name: employee, ...row }) => ({ ...row, employee, settledAt }))
}

/** Deletes what was settled before `instant`, at most `limit`; says how many that were. */
export async function deleteSettled(db: Database, instant: Instant, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('webhook_deliveries')
    .where('id', 'in', eb =>
      eb.selectFrom('webhook_deliveries').select('id').where('settled_at', '<', instant).limit(limit),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

function waiting(db: Database, webhookId: number) {
  return db.updateTable('webhook_deliveries').where('webhook_id', '=', webhookId).where('state', '=', 'waiting')
}
