/** A company that emails setup links: a real database, a real mail server, and an outbox with short pauses. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { pino } from 'pino'
import { openMailServer } from '../../../scripts/rig/mail-server.js'
import { Outbox, type OutboxSettings } from '../../../src/mail/outbox.js'
import type { Pauses } from '../../../src/mail/retry.js'
import { addEmployee } from '../../../src/store/employees.js'
import { settleInterruptedMails } from '../../../src/store/mail-outbox.js'
import type { MailState } from '../../../src/store/schema.js'
import { emailSetupLink, linkToken } from '../../../src/store/setup-links.js'
import { openWorkspace } from '../../support/workspace.js'

export const QUICK: Pauses = {
  mail: { first: 20, most: 50 },
  server: { first: 20, most: 100 },
  poll: 60_000,
  farewell: 300,
}

export const PUBLIC_URL = 'https://clock.example.com'

export type Office = Awaited<ReturnType<typeof openOffice>>

export async function openOffice(options: { login?: { user: string; password: string } } = {}) {
  const workspace = await openWorkspace()
  const { db, directory, linkKey } = workspace
  const server = await openMailServer(options.login)
  let log = ''
  const settings: OutboxSettings = {
    db,
    linkKey,
    companyName: 'Acme Roofing',
    dialInNumber: '+1 555 0100',
    timeStyle: { timeZone: 'America/New_York', hours: 12 },
    mail: { smtpUrl: server.url, from: 'Time clock <clock@example.com>', publicUrl: PUBLIC_URL },
    log: pino({ level: 'trace' }, { write: line => (log += line) }),
  }
  const outboxes: Outbox[] = []
  const openOutbox = (changes: Partial<OutboxSettings> = {}) => {
    const outbox = new Outbox({ ...settings, ...changes }, QUICK)
    outboxes.push(outbox)
    return outbox
  }
  return {
    ...workspace,
    server,
    settings,
    openOutbox,
    /** What a start of Punchline does for mail. */
    async start(changes: Partial<OutboxSettings> = {}): Promise<Outbox> {
      await settleInterruptedMails(db)
      const outbox = openOutbox(changes)
      outbox.start()
      return outbox
    },
    /** Adds an employee and queues the mail with their link; the link before it is replaced. */
    async link(name: string, email = `${name.toLowerCase().replace(/\W+/g, '.')}@example.com`): Promise<number> {
      const id = await addEmployee(db, { name, email }, 'test')
      await emailSetupLink(db, linkKey, { employeeId: id, actor: 'test', after: null })
      return id
    },
    async linkAgain(employeeId: number): Promise<void> {
      const { id } = await db
        .selectFrom('setup_links')
        .select(eb => eb.fn.max('id').as('id'))
        .where('employee_id', '=', employeeId)
        .executeTakeFirstOrThrow()
      await emailSetupLink(db, linkKey, { employeeId, actor: 'test', after: id })
    },
    /** Each mail with how it stands, in the order in which they were queued. */
    async outbox(): Promise<{ address: string; state: MailState; attempts: number; fault: string | null }[]> {
      return db.selectFrom('mail_outbox').select(['address', 'state', 'attempts', 'fault']).orderBy('id').execute()
    },
    async states(): Promise<MailState[]> {
      return (await this.outbox()).map(mail => mail.state)
    },
    /** As if all that waits had been queued so much earlier. */
    async age(milliseconds: number): Promise<void> {
      await sql`update mail_outbox set queued_at = queued_at - ${milliseconds}`.execute(db)
    },
    /** As if the links had been made longer ago than they live. */
    async expireLinks(): Promise<void> {
      await sql`update setup_links set expires_at = ${Date.now()}`.execute(db)
    },
    /** The token of a link, by its number. */
    async tokenOf(linkId: number): Promise<string> {
      const { nonce } = await db
        .selectFrom('setup_links')
        .select('nonce')
        .where('id', '=', linkId)
        .executeTakeFirstOrThrow()
      return linkToken(linkKey, nonce)
    },
    log: () => log,
    /** Whether the text is anywhere in the data directory. */
    isOnDisk(text: string): boolean {
      return readdirSync(directory).some(file => readFileSync(join(directory, file)).includes(text))
    },
    async close() {
      await Promise.all(outboxes.map(outbox => outbox.stop()))
      await server.close()
      await workspace.close()
    },
  }
}
