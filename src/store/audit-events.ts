/** Who did what to whom. Never a PIN, a token or a password. */
import { sql } from 'kysely'
import type { Instant } from '../clock/time.js'
import { eventHash, latestHash } from './audit-chain.js'
import type { Database } from './database.js'
import { currentOrigin } from './origin.js'

export type AuditAction =
  | 'account connected'
  | 'admin added'
  | 'admin removed'
  | 'API token made'
  | 'API token revoked'
  | 'clock jumped'
  | 'clock-out counted from clock-in'
  | 'clock location added'
  | 'clock location removed'
  | 'connecting allowed'
  | 'connecting no longer allowed'
  | 'employee added'
  | 'employee changed'
  | 'employee deactivated'
  | 'employee deleted'
  | 'employee reactivated'
  | 'entry added'
  | 'entry corrected'
  | 'entry voided'
  | 'job activated'
  | 'job added'
  | 'job changed'
  | 'job deactivated'
  | 'phone clock ID issued'
  | 'PIN set'
  | 'PIN changed'
  | 'PIN removed'
  | 'password changed'
  | 'password set'
  | 'reset link emailed'
  | 'setting changed'
  | 'setup link emailed'
  | 'setup link not delivered'
  | 'setup link used'
  | 'recovery code used'
  | 'role changed'
  | 'second factor turned off'
  | 'second factor turned on'
  | 'signed out everywhere'
  | 'recording erased'
  | 'unlocked'
  | 'unclaimed punch assigned'
  | 'unclaimed punch refused'
  | 'voice check doubtful'
  | 'voice check heard'
  | 'webhook added'
  | 'webhook removed'

export interface AuditEvent {
  /** The admin's e-mail address, `command line`, `setup link` (the employee with a link), `clock` (this machine's), `mail` (the outbox), `first-admin link`, or the address that names the identity provider. */
  readonly actor: string
  readonly action: AuditAction
  readonly employeeId?: number
  readonly detail?: string
}

/** Keeps events; give it the transaction that makes the change, so that both are there or neither, and the chain has no fork. */
export async function audit(trx: Database, ...events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  const at = Date.now()
  const address = currentOrigin()
  let before = await latestHash(trx)
  const rows = events.map(({ actor, action, employeeId = null, detail = null }) => {
    before = eventHash(before, { at, actor, address, action, employeeId, detail })
    return { at, actor, address, action, employee_id: employeeId, detail, hash: before }
  })
  await trx.insertInto('audit_events').values(rows).execute()
}

/** Every change of employees and jobs leaves an event: while this number stays, so do they. */
export async function latestChange(db: Database): Promise<number> {
  const { id } = await db
    .selectFrom('audit_events')
    .select(eb => eb.fn.max('id').as('id'))
    .executeTakeFirstOrThrow()
  return id ?? 0
}

export interface HistoryEvent {
  readonly at: Instant
  readonly actor: string
  readonly action: string
  readonly detail: string | null
}

/** What happened to an employee, the newest first, at most `limit`. */
export async function listHistory(db: Database, employeeId: number, limit: number): Promise<HistoryEvent[]> {
  return db
    .selectFrom('audit_events')
    .select(['at', 'actor', 'action', 'detail'])
    .where('employee_id', '=', employeeId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export interface ListedEvent extends HistoryEvent {
  readonly id: number
  readonly address: string | null
  readonly employeeId: number | null
  readonly employee: string | null
}

/** Which events are looked for. `before`: only those with a smaller number. */
export interface AuditFilter {
  readonly actor?: string
  readonly action?: string
  readonly from?: Instant
  readonly to?: Instant
  readonly before?: number
}

/** Events, the newest first, at most `limit`. */
export async function listAuditEvents(db: Database, filter: AuditFilter, limit: number): Promise<ListedEvent[]> {
  const { actor, action, from, to, before } = filter
  let query = db
    .selectFrom('audit_events')
    .leftJoin('employees', 'employees.id', 'audit_events.employee_id')
    .select([
      'audit_events.id',
      'at',
      'actor',
      'address',
      'action',
      'detail',
      'employee_id as employeeId',
      'employees.name as employee',
    ])
    .orderBy('audit_events.id', 'desc')
    .limit(limit)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (action !== undefined) query = query.where('action', '=', action)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<', to)
  if (before !== undefined) query = query.where('audit_events.id', '<', before)
  return query.execute()
}

/** The kinds of events that there are, by name. */
export async function auditActions(db: Database): Promise<string[]> {
  // From one to the next in the index: `distinct` would read an entry of it for every event there ever was.
  const { rows } = await sql<{ action: string }>`
    with recursive actions (action) as (
      select min(action) from audit_events
      union all
      select (select min(action) from audit_events where action > actions.action) from actions where action is not null
    )
    select action from actions where action is not null`.execute(db)
  return rows.map(({ action }) => action)
}
