/** Who did what to whom. Never a PIN, a token or a password. */
import type { Database } from './database.js'

export type AuditAction =
  | 'admin added'
  | 'employee added'
  | 'job added'
  | 'phone clock ID issued'
  | 'PIN set'
  | 'PIN changed'
  | 'PIN removed'
  | 'setting changed'

export interface AuditEvent {
  /** The admin's e-mail address, or `command line`. */
  readonly actor: string
  readonly action: AuditAction
  readonly employeeId?: number
  readonly detail?: string
}

/** Keeps an event; give it the transaction that makes the change, so that both are there or neither. */
export async function audit(db: Database, event: AuditEvent): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      at: Date.now(),
      actor: event.actor,
      action: event.action,
      employee_id: event.employeeId ?? null,
      detail: event.detail ?? null,
    })
    .execute()
}
