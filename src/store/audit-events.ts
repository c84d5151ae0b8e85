/** Who did what to whom. Never a PIN, a token or a password. */
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'

export type AuditAction =
  | 'admin added'
  | 'admin removed'
  | 'API token made'
  | 'API token revoked'
  | 'clock location added'
  | 'clock location removed'
  | 'employee added'
  | 'employee changed'
  | 'employee deactivated'
  | 'employee deleted'
  | 'employee reactivated'
  | 'job activated'
  | 'job added'
  | 'job changed'
  | 'job deactivated'
  | 'phone clock ID issued'
  | 'PIN set'
  | 'PIN changed'
  | 'PIN removed'
  | 'password changed'
  | 'reset link emailed'
  | 'setting changed'
  | 'setup link emailed'
  | 'setup link not delivered'
  | 'setup link used'
  | 'recovery code used'
  | 'role changed'
  | 'second factor turned off'
  | 'second factor turned on'
  | 'recording erased'
  | 'unlocked'
  | 'unclaimed punch assigned'
  | 'unclaimed punch refused'
  | 'voice check doubtful'
  | 'voice check heard'
  | 'webhook added'
  | 'webhook removed'

export interface AuditEvent {
  /** The admin's e-mail address, `command line`, `setup link` (the employee with a link), `mail` (the outbox) or `first-admin link`. */
  readonly actor: string
  readonly action: AuditAction
  readonly employeeId?: number
  readonly detail?: string
}

/** Keeps events; give it the transaction that makes the change, so that both are there or neither. */
export async function audit(db: Database, ...events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  const at = Date.now()
  await db
    .insertInto('audit_events')
    .values(
      events.map(({ actor, action, employeeId, detail }) => ({
        at,
        actor,
        action,
        employee_id: employeeId ?? null,
        detail: detail ?? null,
      })),
    )
    .execute()
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
