/**
 * Mails that wait to be sent: one for each setup link, those of alarms, and test mails. A mail is marked before its last byte
 * is handed over, so that one which the server may have is never sent again by a Punchline that was stopped just then.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Instant } from '../clock/time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import type { MailState } from './schema.js'

export interface WaitingMail {
  readonly id: number
  readonly address: string
  readonly queuedAt: Instant
  /** How often it was tried before. */
  readonly attempts: number
  readonly content: SetupLinkContent | AlarmContent | TestContent
}

export interface SetupLinkContent {
  readonly kind: 'setup link'
  readonly employee: { readonly name: string; readonly phoneClockId: string; readonly hasPin: boolean }
  readonly link: { readonly nonce: string; readonly expiresAt: Instant }
}

/** Wrong PINs are out of the ordinary. */
export interface AlarmContent {
  readonly kind: 'alarm'
  readonly raisedAt: Instant
  /** Within the day before it. */
  readonly wrongPins: number
}

/** To see whether mail works. */
export interface TestContent {
  readonly kind: 'test'
}

/** For the transaction that makes the links. */
export async function queueMails(
  trx: Database,
  mails: readonly { setupLinkId: number; mailingId: number | null; address: string }[],
): Promise<void> {
  const now = Date.now()
  await trx
    .insertInto('mail_outbox')
    .values(
      mails.map(({ setupLinkId, mailingId, address }) => ({
        setup_link_id: setupLinkId,
        mailing_id: mailingId,
        address,
        queued_at: now,
        next_attempt_at: now,
      })),
    )
    .execute()
}

/** For the transaction that raises the alarm. */
export async function queueAlarmMails(trx: Database, alarmId: number, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return
  const now = Date.now()
  await trx
    .insertInto('mail_outbox')
    .values(addresses.map(address => ({ alarm_id: alarmId, address, queued_at: now, next_attempt_at: now })))
    .execute()
}

/** One that still waits is not sent besides. */
export async function queueTestMail(db: Database, address: string, actor: string): Promise<void> {
  const now = Date.now()
  await db.transaction().execute(async trx => {
    await trx
      .updateTable('mail_outbox')
      .set({ state: 'cancelled', settled_at: now })
      .where('test_by', 'is not', null)
      .where('state', '=', 'waiting')
      .execute()
    await trx
      .insertInto('mail_outbox')
      .values({ test_by: actor, address, queued_at: now, next_attempt_at: now })
      .execute()
  })
}

/** One that was sent apart from the outbox: taken by the server, or refused for this reason. */
export async function noteTestMail(db: Database, address: string, actor: string, fault: string | null): Promise<void> {
  const now = Date.now()
  const state = fault === null ? 'sent' : 'failed'
  await db
    .insertInto('mail_outbox')
    .values({
      test_by: actor,
      address,
      state,
      fault,
      queued_at: now,
      next_attempt_at: now,
      attempts: 1,
      settled_at: now,
    })
    .execute()
}

/** What shows whether mail works. */
export interface MailSigns {
  /** The latest test. */
  readonly test: { address: string; state: MailState; fault: string | null; at: Instant } | null
  /** When the server took a mail, one of the latest. */
  readonly sentAt: Instant | null
}

export async function readMailSigns(db: Database): Promise<MailSigns> {
  const test = await db
    .selectFrom('mail_outbox')
    .select(['address', 'state', 'fault', 'settled_at', 'queued_at'])
    .where('test_by', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const sent = await db
    .selectFrom('mail_outbox')
    .select('settled_at')
    .where('state', '=', 'sent')
    .orderBy('next_attempt_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    test: test ? { ...test, at: test.settled_at ?? test.queued_at } : null,
    sentAt: sent?.settled_at ?? null,
  }
}

/** For the transaction that ends the links: what waits with one is not sent. */
export async function cancelMails(trx: Database, employeeIds: readonly number[]): Promise<void> {
  await trx
    .updateTable('mail_outbox')
    .set({ state: 'cancelled', settled_at: Date.now() })
    .where('state', '=', 'waiting')
    .where('setup_link_id', 'in', eb =>
      eb.selectFrom('setup_links').select('id').where('employee_id', 'in', employeeIds).where('ended', 'is', null),
    )
    .execute()
}

/** The mails that are due, the longest waiting first, at most `limit`, without those that are being sent. */
export async function dueMails(
  db: Database,
  now: Instant,
  limit: number,
  beingSent: readonly number[] = [],
): Promise<WaitingMail[]> {
  const rows = await waitingMails(db, beingSent)
    .leftJoin('setup_links', 'setup_links.id', 'mail_outbox.setup_link_id')
    .leftJoin('employees', 'employees.id', 'setup_links.employee_id')
    .leftJoin('phone_clock_ids', join =>
      join.onRef('phone_clock_ids.employee_id', '=', 'employees.id').on('phone_clock_ids.retired_at', 'is', null),
    )
    .leftJoin('pins', 'pins.employee_id', 'employees.id')
    .leftJoin('alarms', 'alarms.id', 'mail_outbox.alarm_id')
    .where('mail_outbox.next_attempt_at', '<=', now)
    .select([
      'mail_outbox.id',
      'mail_outbox.address',
      'mail_outbox.queued_at',
      'mail_outbox.attempts',
      'mail_outbox.test_by',
      'setup_links.nonce',
      'setup_links.expires_at',
      'employees.name',
      'phone_clock_ids.phone_clock_id',
      'pins.set_at',
      'alarms.raised_at',
      'alarms.wrong_pins',
    ])
    .orderBy('mail_outbox.next_attempt_at')
    .orderBy('mail_outbox.id')
    .limit(limit)
    .execute()
  return rows.map(row => ({
    id: row.id,
    address: row.address,
    queuedAt: row.queued_at,
    attempts: row.attempts,
    content: contentOf(row),
  }))
}

function contentOf(row: {
  test_by: string | null
  nonce: string | null
  expires_at: Instant | null
  name: string | null
  phone_clock_id: string | null
  set_at: Instant | null
  raised_at: Instant | null
  wrong_pins: number | null
}): WaitingMail['content'] {
  const { nonce, expires_at: expiresAt, name, phone_clock_id: phoneClockId, raised_at, wrong_pins } = row
  if (row.test_by !== null) return { kind: 'test' }
  if (raised_at !== null && wrong_pins !== null) return { kind: 'alarm', raisedAt: raised_at, wrongPins: wrong_pins }
  if (nonce === null || expiresAt === null || name === null || phoneClockId === null) {
    throw new Error('a mail waits whose link has lost its phone clock ID')
  }
  const employee = { name, phoneClockId, hasPin: row.set_at !== null }
  return { kind: 'setup link', employee, link: { nonce, expiresAt } }
}

/** When the next mail is due that is not being sent; null when none waits. */
export async function nextMailAt(db: Database, beingSent: readonly number[] = []): Promise<Instant | null> {
  const { next } = await waitingMails(db, beingSent)
    .select(eb => eb.fn.min('next_attempt_at').as('next'))
    .executeTakeFirstOrThrow()
  return next
}

/** The mails that wait since before `instant`, the longest waiting first. */
export async function mailsQueuedBefore(db: Database, instant: Instant): Promise<number[]> {
  const rows = await waitingMails(db).select('id').where('queued_at', '<', instant).orderBy('id').execute()
  return rows.map(row => row.id)
}

function waitingMails(db: Database, beingSent: readonly number[] = []) {
  const all = db.selectFrom('mail_outbox').where('mail_outbox.state', '=', 'waiting')
  return beingSent.length === 0 ? all : all.where('mail_outbox.id', 'not in', beingSent)
}

/** On disk before the last byte goes out. False: the mail was cancelled meanwhile and must not be sent. */
export async function handOver(db: Database, id: number): Promise<boolean> {
  const result = await db
    .updateTable('mail_outbox')
    .set({ state: 'handing-over' })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** The server has confirmed it. */
export async function markSent(db: Database, id: number): Promise<void> {
  await settle(db, id, 'sent', null)
}

/** Not sent now: it waits until `until`, or is cancelled when its link has ended meanwhile. */
export async function putOff(
  db: Database,
  id: number,
  { until, fault }: { until: Instant; fault: string },
): Promise<void> {
  await db.transaction().execute(async trx => {
    const mail = await unsettled(trx, id)
    if (!mail) return
    if (mail.ended !== null) return settle(trx, id, 'cancelled', null)
    await trx
      .updateTable('mail_outbox')
      .set({ state: 'waiting', attempts: mail.attempts + 1, next_attempt_at: until, fault })
      .where('id', '=', id)
      .execute()
  })
}

/**
 * It can't be sent. A link's mail ends the link too: nobody ever had it, so the employee counts as not set up. When the
 * link has ended already, the mail is cancelled.
 */
export async function giveUp(db: Database, id: number, fault: string): Promise<void> {
  await db.transaction().execute(async trx => {
    const mail = await unsettled(trx, id)
    if (!mail) return
    if (mail.ended !== null) return settle(trx, id, 'cancelled', null)
    await settle(trx, id, 'failed', fault)
    if (mail.setup_link_id === null || mail.employee_id === null) return
    await trx
      .updateTable('setup_links')
      .set({ ended: 'undelivered', ended_at: Date.now() })
      .where('id', '=', mail.setup_link_id)
      .execute()
    await audit(trx, { actor: 'mail', action: 'setup link not delivered', employeeId: mail.employee_id })
  })
}

/** Changed at once; between two of these, calls have their turn. */
const AT_ONCE = 500

/** Notes what holds up every mail that was not tried yet; null: nothing does any more. */
export async function noteHoldUp(db: Database, fault: string | null): Promise<void> {
  for (;;) {
    const result = await db
      .updateTable('mail_outbox')
      .set({ fault })
      .where('id', 'in', eb =>
        eb
          .selectFrom('mail_outbox')
          .select('id')
          .where('state', '=', 'waiting')
          .where('attempts', '=', 0)
          .where('fault', 'is distinct from', fault)
          .limit(AT_ONCE),
      )
      .executeTakeFirst()
    if (result.numUpdatedRows < AT_ONCE) return
    await nextTurn()
  }
}

/** At a start: what was being handed over when Punchline was stopped may have been sent, and is not sent again. */
export async function settleInterruptedMails(db: Database): Promise<void> {
  await db
    .updateTable('mail_outbox')
    .set({
      state: 'unconfirmed',
      settled_at: Date.now(),
      fault: 'Punchline was stopped while it sent this mail, so it may or may not have arrived.',
    })
    .where('state', '=', 'handing-over')
    .execute()
}

/** How far one press of *Email setup links* has come. */
export interface Mailing {
  readonly id: number
  readonly startedAt: Instant
  readonly startedBy: string
  readonly mails: Readonly<Record<MailState, number>>
}

export async function latestMailing(db: Database): Promise<Mailing | null> {
  const mailing = await db.selectFrom('mailings').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
  if (!mailing) return null
  const counts = await db
    .selectFrom('mail_outbox')
    .select(eb => ['state', eb.fn.countAll<number>().as('count')])
    .where('mailing_id', '=', mailing.id)
    .groupBy('state')
    .execute()
  const mails = { waiting: 0, 'handing-over': 0, sent: 0, failed: 0, cancelled: 0, unconfirmed: 0 }
  for (const { state, count } of counts) mails[state] = count
  return { id: mailing.id, startedAt: mailing.started_at, startedBy: mailing.started_by, mails }
}

export interface MailQueue {
  readonly waiting: number
  /** Since when the oldest waits; null: none does. */
  readonly oldestAt: Instant | null
  /** What held the latest up. */
  readonly fault: string | null
}

export async function readQueue(db: Database): Promise<MailQueue> {
  const { waiting, oldestAt } = await waitingMails(db)
    .select(eb => [eb.fn.countAll<number>().as('waiting'), eb.fn.min('queued_at').as('oldestAt')])
    .executeTakeFirstOrThrow()
  const held = await waitingMails(db)
    .select('fault')
    .where('fault', 'is not', null)
    .orderBy('next_attempt_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { waiting, oldestAt, fault: held?.fault ?? null }
}

/** What holds up mails that wait: each fault and how many it holds up. */
export async function waitingFaults(db: Database): Promise<{ fault: string; count: number }[]> {
  const rows = await db
    .selectFrom('mail_outbox')
    .select(eb => ['fault', eb.fn.countAll<number>().as('count')])
    .where('state', '=', 'waiting')
    .where('fault', 'is not', null)
    .groupBy('fault')
    .execute()
  return rows.map(({ fault, count }) => ({ fault: fault ?? '', count }))
}

async function settle(db: Database, id: number, state: MailState, fault: string | null): Promise<void> {
  await db.updateTable('mail_outbox').set({ state, fault, settled_at: Date.now() }).where('id', '=', id).execute()
}

function unsettled(trx: Database, id: number) {
  return trx
    .selectFrom('mail_outbox')
    .leftJoin('setup_links', 'setup_links.id', 'mail_outbox.setup_link_id')
    .select(['mail_outbox.attempts', 'mail_outbox.setup_link_id', 'setup_links.ended', 'setup_links.employee_id'])
    .where('mail_outbox.id', '=', id)
    .where('mail_outbox.state', 'in', ['waiting', 'handing-over'])
    .executeTakeFirst()
}
