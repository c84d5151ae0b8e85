import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listWebhooks, webhookSecret } from '../../src/store/webhooks.js'
import { WebhookDelivery } from '../../src/webhooks/delivery.js'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js'
import { type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

const QUICK = { receiver: { first: 60_000, most: 60_000 }, answer: 500, poll: 20, farewell: 100 }

let office: Office
let receiver: WebhookReceiver
let delivery: WebhookDelivery
let admin: Visitor

beforeEach(async () => {
  receiver = await openWebhookReceiver()
  const log = pino({ level: 'silent' })
  office = await openOffice({
    webhooks: { wake: () => delivery.wake(), test: webhook => delivery.test(webhook) },
  })
  delivery = new WebhookDelivery({ db: office.db, linkKey: office.linkKey, log }, QUICK)
  delivery.start()
  admin = await signedInAdmin(office)
})

afterEach(async () => {
  await delivery.stop()
  await receiver.close()
  await office.close()
})

const add = (url: string) => admin.post('/webhooks', new URLSearchParams({ url }))
const page = async (path: string) => words(await admin.get(path))

async function clockIn(name: string): Promise<void> {
  await office.call(await office.hire(name), { at: Date.now() })
}

describe('the admin', () => {
  it('adds a webhook and finds its secret, how to check it, and the punches that were sent', async () => {
    const response = await add(receiver.url)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/webhooks/1'])
    expect(await page('/webhooks/1')).toContain('Each punch from now on is sent to this address.')
    await clockIn('Ann Baker')
    await receiver.reached(1)
    await expect.poll(() => page('/webhooks/1')).toMatch(/Ann Baker clocked in .* delivered/)
    const [webhook] = await listWebhooks(office.db)
    if (!webhook) throw new Error('there is no webhook')
    const shown = await admin.get('/webhooks/1')
    expect(shown.headers.get('cache-control')).toContain('no-store')
    expect(await shown.text()).toContain(webhookSecret(office.linkKey, webhook.nonce))
    expect(await page('/webhooks')).toContain(receiver.url)
    expect(await page('/webhooks')).not.toContain('whsec_')
  })

  it('is told beside the field what is wrong with an address, which stays as it was typed', async () => {
    const response = await add('ftp://<b>')
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain('value="ftp://&lt;b&gt;"')
    expect(html).toMatch(/id="url-fault" role="alert">[^<]*(https:\/\/|no address)/)
    expect(
      (
        await admin.post(
          '/webhooks',
          new URLSearchParams([
            ['url', 'a'],
            ['url', 'b'],
          ]),
        )
      ).status,
    ).toBe(422)
    expect((await add('x'.repeat(20_000))).status).toBe(413)
  })

  it('who posts the form twice has one webhook', async () => {
    const responses = await Promise.all([add(receiver.url), add(receiver.url)])
    expect(responses.map(({ status }) => status).sort()).toEqual([303, 422])
    expect(await listWebhooks(office.db)).toHaveLength(1)
  })

  it('sends a test and reads the answer, good or bad', async () => {
    await add(receiver.url)
    await admin.post('/webhooks/1/test')
    expect(await page('/webhooks/1')).toContain('The test was taken: the receiver answered HTTP 204.')
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'test', data: {} })
    receiver.answerNext(500)
    await admin.post('/webhooks/1/test')
    expect(await page('/webhooks/1')).toContain('The test was not taken. The receiver failed (HTTP 500).')
    await receiver.goDown()
    await admin.post('/webhooks/1/test')
    expect(await page('/webhooks/1')).toContain('The receiver could not be reached (connection refused).')
  })

  it('sees that a receiver is down, why, how much waits and when the next try is, and has it tried now', async () => {
    await add(receiver.url)
    await receiver.goDown()
    await clockIn('Ann')
    await clockIn('Ben')
    const trouble =
      /2 punches wait\. The receiver could not be reached \(connection refused\)\. Next try at \d+:\d\d [AP]M\./
    await expect.poll(() => page('/webhooks')).toMatch(trouble)
    expect(await page('/webhooks/1')).toMatch(trouble)
    await receiver.comeUp()
    await admin.post('/webhooks/1/try-now')
    await receiver.reached(2)
    await expect.poll(() => page('/webhooks')).toContain('Nothing waits.')
    await admin.post('/webhooks/1/try-now')
    expect(await page('/webhooks/1')).toContain('Nothing waits to be sent.')
  })

  it('sends again what was given up: one punch, or all', async () => {
    await add(receiver.url)
    await receiver.goDown()
    for (const name of ['Ann', 'Ben', 'Cid']) await clockIn(name)
    const givenUp = { state: 'failed', settled_at: Date.now(), fault: 'Given up after 3 days.' } as const
    await office.db.updateTable('webhook_deliveries').set(givenUp).execute()
    expect(await page('/webhooks/1')).toContain('3 punches were given up.')
    await receiver.comeUp()
    const again = (delivery: string) => admin.post('/webhooks/1/send-again', new URLSearchParams({ delivery }))
    await again('2')
    expect(await page('/webhooks/1')).toContain('1 punch is sent again.')
    await again('2')
    expect(await page('/webhooks/1')).toContain('nothing was queued')
    await again('all')
    expect(await page('/webhooks/1')).toContain('2 punches are sent again.')
    await receiver.reached(3)
    for (const bad of ['', 'x', '-1', '1.5']) expect((await again(bad)).status).toBe(400)
  })

  it('removes a webhook, once however often they press', async () => {
    await add(receiver.url)
    for (const sentence of ['The webhook is removed.', 'had been removed already']) {
      await admin.post('/webhooks/1/remove')
      expect(await page('/webhooks')).toContain(sentence)
    }
    expect((await admin.get('/webhooks/1')).status).toBe(404)
    expect((await admin.post('/webhooks/1/test')).status).toBe(404)
    const events = await office.db
      .selectFrom('audit_events')
      .select(['action', 'detail'])
      .where('action', 'like', 'webhook%')
      .execute()
    expect(events).toEqual([
      { action: 'webhook added', detail: receiver.url },
      { action: 'webhook removed', detail: receiver.url },
    ])
  })

  it.each(['0', '99', 'x', '1e1', '999999999999999999999'])('finds no webhook %s', async id => {
    expect((await admin.get(`/webhooks/${id}`)).status).toBe(404)
    for (const action of ['test', 'try-now', 'send-again'])
      expect((await admin.post(`/webhooks/${id}/${action}`)).status).toBe(404)
  })
})

it('whoever is not signed in sees and does nothing', async () => {
  await add(receiver.url)
  const stranger = new Visitor(office)
  expect((await stranger.get('/webhooks/1')).status).toBe(303)
  expect(await (await stranger.get('/webhooks/1')).text()).not.toContain('whsec_')
  await stranger.post('/webhooks/1/remove')
  await stranger.post('/webhooks/1/test')
  expect(await listWebhooks(office.db)).toHaveLength(1)
  expect(receiver.received).toHaveLength(0)
})

it('a form on another site does nothing', async () => {
  await add(receiver.url)
  const response = await admin.post('/webhooks/1/remove', null, { 'Sec-Fetch-Site': 'cross-site' })
  expect(response.status).toBe(403)
  expect(await listWebhooks(office.db)).toHaveLength(1)
})
