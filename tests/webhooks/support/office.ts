/** A company with webhooks: a real database, a real receiver, and deliveries with short pauses. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { addCall } from '../../../src/store/calls.js'
import { addEmployee } from '../../../src/store/employees.js'
import { punch } from '../../../src/store/punches.js'
import { addWebhook, findWebhook, type Webhook, webhookSecret } from '../../../src/store/webhooks.js'
import { WebhookDelivery } from '../../../src/webhooks/delivery.js'
import type { Pauses } from '../../../src/webhooks/retry.js'
import { openWebhookReceiver } from '../../support/webhook-receiver.js'
import { openWorkspace } from '../../support/workspace.js'

export const QUICK: Pauses = { receiver: { first: 20, most: 60 }, answer: 10_000, poll: 20, farewell: 200 }

export type Office = Awaited<ReturnType<typeof openOffice>>

export async function openOffice() {
  const workspace = await openWorkspace()
  const { db, directory, linkKey } = workspace
  const receiver = await openWebhookReceiver()
  const deliveries: WebhookDelivery[] = []
  const log: string[] = []
  let at = Date.now()

  return {
    ...workspace,
    receiver,
    /** Starts to deliver, as a start of Punchline does. */
    start(pauses: Pauses = QUICK): WebhookDelivery {
      const settings = { db, linkKey, log: pino({ level: 'trace' }, { write: line => log.push(line) }) }
      const delivery = new WebhookDelivery(settings, pauses)
      deliveries.push(delivery)
      delivery.start()
      return delivery
    },
    async addWebhook(url: string = receiver.url): Promise<Webhook> {
      const webhook = await findWebhook(db, await addWebhook(db, url, 'test'))
      if (!webhook) throw new Error('there is no webhook')
      return webhook
    },
    secretOf: (webhook: Webhook) => webhookSecret(linkKey, webhook.nonce),
    employ: (name: string, payrollNumber: string | null = null) =>
      addEmployee(db, { name, email: null }, 'test').then(async id => {
        await db.updateTable('employees').set({ payroll_number: payrollNumber }).where('id', '=', id).execute()
        return id
      }),
    /** One call that clocks in or out; gives the punch's number. */
    async punch(employeeId: number, jobId: number | null = null): Promise<number> {
      at += 1000
      const callId = await addCall(db, { channel: 'test', callerNumber: '+15550199', answeredAt: at })
      const request = { callId, employeeId, answeredAt: at, secondPunchConfirmed: true, jobId }
      const result = await punch(db, request)
      if (result.kind === 'too-soon') throw new Error('a confirmed punch is never too soon')
      return result.punchId
    },
    /** The punches that the receiver got, by their number. */
    punchesReceived: () => receiver.received.map(({ body }): number => JSON.parse(body).data.id),
    async states(): Promise<string[]> {
      const rows = await db.selectFrom('webhook_deliveries').select('state').orderBy('id').execute()
      return rows.map(row => row.state)
    },
    log: () => log.join(''),
    /** Whether the text is anywhere in the data directory. */
    isOnDisk: (text: string) => readdirSync(directory).some(file => readFileSync(join(directory, file)).includes(text)),
    async close() {
      await Promise.all(deliveries.map(delivery => delivery.stop()))
      await receiver.close()
      await workspace.close()
    },
  }
}
