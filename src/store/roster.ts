/** Every active employee with how far they are set up for phone clocking: what the list *Phone clock PINs* shows. */
import { type Link, linkState, needsSetupLink, type SetupStatus, setupStatus } from '../clock/setup-status.js'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import type { MailState } from './schema.js'

export interface RosterEntry {
  readonly employeeId: number
  readonly name: string
  readonly email: string | null
  readonly phoneClockId: string | null
  readonly pinSetAt: Instant | null
  readonly status: SetupStatus
  readonly link: LatestLink | null
}

/** An employee's latest link and its mail. */
export interface LatestLink extends Link {
  readonly id: number
  readonly sentAt: Instant
  readonly isActive: boolean
  readonly mail: { readonly state: MailState; readonly fault: string | null }
}

/** Active employees by name; only those of `employeeIds` where it is given. */
export async function readRoster(db: Database, now: Instant, employeeIds?: readonly number[]): Promise<RosterEntry[]> {
  const all = activeEmployees(db)
  const rows = await (employeeIds ? all.where('employees.id', 'in', employeeIds) : all).execute()
  return rows.map(row => toEntry(row, now)).sort((one, other) => byName.compare(one.name, other.name))
}

/** As a dictionary does: Émile beside Emil. The rows come nearly so, which makes this cheap. */
const byName = new Intl.Collator('en')

/** One active employee. */
export async function findOnRoster(db: Database, now: Instant, employeeId: number): Promise<RosterEntry | null> {
  const [entry] = await readRoster(db, now, [employeeId])
  return entry ?? null
}

/** Those to whom *Email setup links* sends. */
export function isDue({ status, email }: RosterEntry): boolean {
  return needsSetupLink(status) && email !== null
}

/** Those whose latest mail has failed, or may have, and whom nothing since has helped. */
export async function readUnreached(db: Database, now: Instant): Promise<RosterEntry[]> {
  const rows = await db
    .selectFrom('mail_outbox')
    .innerJoin('setup_links', 'setup_links.id', 'mail_outbox.setup_link_id')
    .select('setup_links.employee_id')
    .where('state', 'in', ['failed', 'unconfirmed'])
    .where('expires_at', '>', now)
    .execute()
  const candidates = [...new Set(rows.map(row => row.employee_id))]
  return (await readRoster(db, now, candidates)).filter(isUnreached)
}

function isUnreached({ link, pinSetAt }: RosterEntry): boolean {
  if (link?.mail.state === 'unconfirmed') return link.isActive
  return link?.mail.state === 'failed' && (pinSetAt === null || pinSetAt < link.sentAt)
}

function activeEmployees(db: Database) {
  return db
    .selectFrom('employees')
    .leftJoin('phone_clock_ids', join =>
      join.onRef('phone_clock_ids.employee_id', '=', 'employees.id').on('phone_clock_ids.retired_at', 'is', null),
    )
    .leftJoin('pins', 'pins.employee_id', 'employees.id')
    .leftJoin('setup_links', join =>
      join.on('setup_links.id', '=', eb =>
        eb
          .selectFrom('setup_links as latest')
          .select(latest => latest.fn.max('latest.id').as('id'))
          .whereRef('latest.employee_id', '=', 'employees.id'),
      ),
    )
    .leftJoin('mail_outbox', 'mail_outbox.setup_link_id', 'setup_links.id')
    .where('employees.active', '=', 1)
    .select([
      'employees.id',
      'employees.name',
      'employees.email',
      'phone_clock_ids.phone_clock_id',
      'pins.set_at',
      'setup_links.id as link_id',
      'setup_links.created_at as link_sent_at',
      'setup_links.expires_at as link_expires_at',
      'setup_links.ended as link_ended',
      'mail_outbox.state as mail_state',
      'mail_outbox.fault as mail_fault',
    ])
    .orderBy(eb => eb.fn<string>('lower', ['employees.name']))
    .orderBy('employees.id')
}

type Row = Awaited<ReturnType<ReturnType<typeof activeEmployees>['execute']>>[number]

function toEntry(row: Row, now: Instant): RosterEntry {
  const link = toLink(row, now)
  return {
    employeeId: row.id,
    name: row.name,
    email: row.email,
    phoneClockId: row.phone_clock_id,
    pinSetAt: row.set_at,
    status: setupStatus({ hasPin: row.set_at !== null, link }, now),
    link,
  }
}

function toLink(row: Row, now: Instant): LatestLink | null {
  const { link_id: id, link_sent_at: sentAt, link_expires_at: expiresAt, link_ended: ended, mail_state: state } = row
  if (id === null || sentAt === null || expiresAt === null || state === null) return null
  const isActive = linkState({ ended, expiresAt }, now) === 'active'
  return { id, sentAt, expiresAt, ended, isActive, mail: { state, fault: row.mail_fault } }
}
