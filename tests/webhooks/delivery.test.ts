/** What other systems can rely on: each punch arrives, signed, in order, whatever becomes of either side meanwhile. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addCall } from '../../src/store/calls.js'
import { addJob } from '../../src/store/jobs.js'
import { addPunch } from '../../src/store/punches.js'
import { deleteSettled, listDeliveries, nextDelivery, sendAgain, tryNow } from '../../src/store/webhook-deliveries.js'
import { addWebhook, endWebhook } from '../../src/store/webhooks.js'
import { PAUSES } from '../../src/webhooks/retry.js'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js'
import { type Office, openOffice, QUICK } from './support/office.js'

let office: Office
let receiver: WebhookReceiver

beforeEach(async () => {
  office = await openOffice()
  receiver = office.receiver
})

afterEach(() => office.close())

const settled = (...states: string[]) => expect.poll(() => office.states(), { timeout: 5000 }).toEqual(states)

describe('a punch', () => {
  it('arrives within 2 seconds, signed so that the published library verifies it, and says who, what and when', async () => {
    const webhook = await office.addWebhook()
    office.start(PAUSES)
    const ann = await office.employ('Ann Baker', 'A-12')
    const jobId = await addJob(office.db, { name: 'Warehouse', phoneCode: '3' }, 'test')
    const before = Date.now()
    const punchId = await office.punch(ann, jobId)
    await receiver.reached(1, 2000)
    const [request] = receiver.received
    if (!request) throw new Error('nothing came')
    expect(request.at - before).toBeLessThan(2000)
    const message = new Webhook(office.secretOf(webhook)).verify(request.body, request.headers)
    const { at, committed_at } = await office.db
      .selectFrom('punches')
      .select(['at', 'committed_at'])
      .executeTakeFirstOrThrow()
    const iso = (instant: number) => new Date(instant).toISOString()
    expect(message).toEqual({
      type: 'punch',
      id: `punch-${punchId}-${committed_at}`,
      timestamp: iso(committed_at),
      data: {
        id: punchId,
        employeeId: ann,
        employee: 'Ann Baker',
        payrollNumber: 'A-12',
        jobId,
        job: 'Warehouse',
        direction: 'in',
        at: iso(at),
        committedAt: iso(committed_at),
        callerNumber: '+15550199',
        assigned: false,
        entryId: 1,
      },
    })
    expect(request.headers['webhook-id']).toBe(`punch-${punchId}-${committed_at}`)
    expect(request.headers['content-type']).toBe('application/json')
    await settled('delivered')
  })

  it('is not sent again and again while it can’t be noted that it has arrived', async () => {
    await office.addWebhook()
    await office.punch(await office.employ('Ann'))
    const readOnly = (isOn: boolean) => sql.raw(`pragma query_only = ${isOn ? 'on' : 'off'}`).execute(office.db)
    await readOnly(true)
    office.start()
    await vi.waitUntil(() => office.log().includes('a delivery could not be noted'), { timeout: 5000 })
    await pause(10 * QUICK.receiver.first)
    await readOnly(false)
    await settled('delivered')
    expect(receiver.received).toHaveLength(1)
  })

  it('that clocks out without naming a job has the job of its time entry', async () => {
    await office.addWebhook()
    office.start()
    const ann = await office.employ('Ann')
    await office.punch(ann, await addJob(office.db, { name: 'Warehouse', phoneCode: '3' }, 'test'))
    await office.punch(ann)
    await receiver.reached(2)
    const { data } = JSON.parse(receiver.received[1]?.body ?? '')
    expect(data).toMatchObject({ direction: 'out', job: 'Warehouse', entryId: 1 })
  })

  it('that an admin assigned is sent too, and says so', async () => {
    await office.addWebhook()
    office.start()
    const employeeId = await office.employ('Ann')
    const at = Date.now()
    const callId = await addCall(office.db, { channel: 'test', callerNumber: null, answeredAt: at })
    const assigned = { callId, employeeId, jobId: null, direction: 'in', at, assignedBy: 'office@example.com' } as const
    await office.db.transaction().execute(trx => addPunch(trx, assigned))
    await receiver.reached(1)
    const { data } = JSON.parse(receiver.received[0]?.body ?? '')
    expect(data).toMatchObject({ assigned: true, callerNumber: null, entryId: null, job: null })
  })

  it('from before the webhook was added is not sent', async () => {
    const ann = await office.employ('Ann')
    await office.punch(ann)
    await office.addWebhook()
    office.start()
    const punchId = await office.punch(ann)
    await settled('delivered')
    expect(office.punchesReceived()).toEqual([punchId])
  })

  it('that is signed with another webhook’s secret does not pass', async () => {
    const webhook = await office.addWebhook()
    const other = await office.addWebhook('http://127.0.0.1:9/')
    office.start()
    await office.punch(await office.employ('Ann'))
    await receiver.reached(1)
    const { body = '', headers = {} } = receiver.received[0] ?? {}
    expect(() => new Webhook(office.secretOf(other)).verify(body, headers)).toThrow()
    expect(() => new Webhook(office.secretOf(webhook)).verify(`${body} `, headers)).toThrow()
  })
})

describe('punches', () => {
  it('arrive in their order, one request at a time', async () => {
    await office.addWebhook()
    office.start()
    receiver.answerAlways((_req, res) => void setTimeout(() => res.writeHead(200).end('ok'), 5))
    const people = [await office.employ('Ann'), await office.employ('Ben')]
    const punches = []
    for (let n = 0; n < 20; n++) punches.push(await office.punch(people[n % 2] ?? 0))
    await receiver.reached(20)
    expect(office.punchesReceived()).toEqual(punches)
    expect(receiver.mostAtOnce()).toBe(1)
  })

  it('wait while the receiver is down, without hammering it, and all arrive in order once it is up', async () => {
    const { id } = await office.addWebhook()
    office.start()
    await receiver.goDown()
    const ann = await office.employ('Ann')
    const punches = []
    for (let n = 0; n < 30; n++) punches.push(await office.punch(ann))
    await expect.poll(async () => (await nextDelivery(office.db, id))?.attempts).toBeGreaterThan(2)
    const rows = await office.db.selectFrom('webhook_deliveries').select('attempts').orderBy('id').execute()
    expect(rows.slice(1).every(({ attempts }) => attempts === 0)).toBe(true)
    expect((await nextDelivery(office.db, id))?.fault).toBe('The receiver could not be reached (connection refused).')
    await receiver.comeUp()
    await receiver.reached(30)
    expect(office.punchesReceived()).toEqual(punches)
  })

  it('reach one webhook while another is down', async () => {
    const down = await openWebhookReceiver()
    await office.addWebhook(down.url)
    await down.goDown()
    await office.addWebhook()
    office.start()
    const ann = await office.employ('Ann')
    await office.punch(ann)
    await office.punch(ann)
    await receiver.reached(2)
    await settled('waiting', 'delivered', 'waiting', 'delivered')
  })

  it('reach one webhook while another is slow', async () => {
    const slow = await openWebhookReceiver()
    slow.answerAlways(() => {})
    await office.addWebhook(slow.url)
    await office.addWebhook()
    office.start(PAUSES)
    const ann = await office.employ('Ann')
    await office.punch(ann)
    await office.punch(ann)
    await receiver.reached(2, 2000)
    await slow.close()
  })

  it('that wait are sent after a restart', async () => {
    await office.addWebhook()
    const delivery = office.start({ ...QUICK, receiver: { first: 300, most: 300 } })
    receiver.answerNext(503)
    const ann = await office.employ('Ann')
    const punches = [await office.punch(ann), await office.punch(ann)]
    await receiver.reached(1)
    await delivery.stop()
    await settled('waiting', 'waiting')
    office.start()
    await settled('delivered', 'delivered')
    expect(office.punchesReceived()).toEqual([punches[0], ...punches])
  })
})

describe('a receiver that', () => {
  const idsOf = () => receiver.received.map(({ headers }) => headers['webhook-id'])

  it('answers 500 gets the same punch again under the same id, signed anew', async () => {
    const webhook = await office.addWebhook()
    office.start()
    receiver.answerNext(500, 502)
    await office.punch(await office.employ('Ann'))
    await settled('delivered')
    expect(receiver.received).toHaveLength(3)
    expect(new Set(idsOf()).size).toBe(1)
    for (const { body, headers } of receiver.received) new Webhook(office.secretOf(webhook)).verify(body, headers)
  })

  it.each([
    [301, 'The receiver wants it sent to another address, which is not done (HTTP 301).'],
    [401, 'The receiver does not let Punchline in (HTTP 401).'],
    [404, 'The receiver knows no such address (HTTP 404).'],
    [410, 'The receiver says that this address is gone for good (HTTP 410).'],
    [429, 'The receiver gets too much at once (HTTP 429).'],
    [503, 'The receiver failed (HTTP 503).'],
  ])('answers %i is tried again, and the fault is said in words', async (status, fault) => {
    const { id } = await office.addWebhook()
    office.start({ ...QUICK, receiver: { first: 60_000, most: 60_000 } })
    const elsewhere = { location: receiver.url.replace('punches', 'elsewhere') }
    receiver.answerNext((_req, res) => void res.writeHead(status, elsewhere).end())
    await office.punch(await office.employ('Ann'))
    await expect.poll(async () => (await nextDelivery(office.db, id))?.fault).toBe(fault)
    expect(receiver.received).toHaveLength(1)
  })

  it('does not answer in time is tried again', async () => {
    const { id } = await office.addWebhook()
    office.start({ ...QUICK, answer: 200 })
    receiver.answerAlways(() => {})
    await office.punch(await office.employ('Ann'))
    await expect
      .poll(async () => (await nextDelivery(office.db, id))?.fault)
      .toBe('The receiver did not answer within 0.2 seconds.')
    receiver.answerAlways(200)
    await settled('delivered')
  })

  it('drops the connection is tried again', async () => {
    const { id } = await office.addWebhook()
    office.start({ ...QUICK, receiver: { first: 100, most: 100 } })
    receiver.answerNext(req => void req.socket.destroy())
    await office.punch(await office.employ('Ann'))
    await expect
      .poll(async () => (await nextDelivery(office.db, id))?.fault)
      .toBe('The receiver dropped the connection.')
    await settled('delivered')
  })

  it('answers without end has taken the punch, and nothing of it is kept', async () => {
    await office.addWebhook()
    office.start()
    receiver.answerNext((_req, res) => {
      res.writeHead(200)
      const more = setInterval(() => res.write('x'.repeat(100_000)), 1)
      res.once('close', () => clearInterval(more))
    })
    const ann = await office.employ('Ann')
    await office.punch(ann)
    await office.punch(ann)
    await settled('delivered', 'delivered')
  })

  it('refuses one punch for good holds the others up for a few attempts only', async () => {
    const { id } = await office.addWebhook()
    office.start()
    receiver.answerNext(...Array(7).fill(422))
    const ann = await office.employ('Ann')
    await office.punch(ann)
    const second = await office.punch(ann)
    await settled('failed', 'delivered')
    expect(office.punchesReceived().at(-1)).toBe(second)
    const [, first] = await listDeliveries(office.db, id, 50)
    expect(first).toMatchObject({
      attempts: 7,
      fault: 'Given up after 7 attempts. The receiver refused it (HTTP 422).',
    })
  })

  it('is down for three days loses what waited so long, and keeps the rest', async () => {
    const { id } = await office.addWebhook()
    await receiver.goDown()
    const ann = await office.employ('Ann')
    for (let n = 0; n < 3; n++) await office.punch(ann)
    const old = Date.now() - 3 * 24 * 3_600_000 - 1000
    await office.db
      .updateTable('webhook_deliveries')
      .set({ queued_at: old, attempts: 300 })
      .where('id', '<', 3)
      .execute()
    office.start({ ...QUICK, receiver: { first: 60_000, most: 60_000 } })
    await settled('failed', 'failed', 'waiting')
    // Its pause goes on: it isn't tried at once, like a first attempt.
    expect((await nextDelivery(office.db, id))?.attempts).toBe(301)
    const [, given] = await listDeliveries(office.db, id, 50)
    expect(given?.fault).toBe('Given up after 3 days. The receiver could not be reached (connection refused).')
  })
})

describe('an admin', () => {
  it('has a receiver that is up again tried at once', async () => {
    const { id } = await office.addWebhook()
    const delivery = office.start({ ...QUICK, receiver: { first: 60_000, most: 60_000 } })
    receiver.answerNext(500)
    await office.punch(await office.employ('Ann'))
    await expect.poll(async () => (await nextDelivery(office.db, id))?.attempts).toBe(1)
    expect(await tryNow(office.db, id)).toBe(true)
    delivery.wake()
    await settled('delivered')
    expect(await tryNow(office.db, id)).toBe(false)
  })

  it('has a punch that was given up sent again, once however often they press', async () => {
    const { id } = await office.addWebhook()
    office.start()
    receiver.answerNext(...Array(7).fill(422))
    await office.punch(await office.employ('Ann'))
    await settled('failed')
    expect(await sendAgain(office.db, id, 1)).toBe(1)
    expect(await sendAgain(office.db, id, 1)).toBe(0)
    await settled('delivered')
    expect(await sendAgain(office.db, id, 'all')).toBe(0)
    expect(receiver.received).toHaveLength(8)
  })

  it('ends a webhook: what waits is cancelled, and later punches are not sent there', async () => {
    const { id } = await office.addWebhook()
    office.start()
    receiver.answerAlways(500)
    const ann = await office.employ('Ann')
    await office.punch(ann)
    await receiver.reached(2)
    expect(await endWebhook(office.db, id, 'test')).toBe(true)
    expect(await endWebhook(office.db, id, 'test')).toBe(false)
    // A request may have been under way.
    await pause(50)
    const count = receiver.received.length
    await office.punch(ann)
    await pause(150)
    expect(receiver.received).toHaveLength(count)
    expect(await office.states()).toEqual(['cancelled'])
  })

  it.each([
    ['', 'This is no address.'],
    ['timekeeping', 'This is no address.'],
    ['ftp://example.com/', 'https:// or http://'],
    ['javascript:alert(1)', 'https:// or http://'],
    ['https://payroll:geheim@example.com/', 'must not hold a user name or a password'],
    [`https://example.com/${'x'.repeat(2000)}`, '2,000 characters at most'],
    [`https://example.com/${'é'.repeat(700)}`, '2,000 characters at most'],
  ])('who enters %.60s as the address is told what is wrong with it', async (address, sentence) => {
    await expect(addWebhook(office.db, address, 'test')).rejects.toThrow(sentence)
    expect(office.isOnDisk('geheim')).toBe(false)
  })

  it('who enters the same address twice has it once', async () => {
    await office.addWebhook('https://EXAMPLE.com')
    await expect(office.addWebhook(' https://example.com/#x ')).rejects.toThrow('already')
  })
})

describe('Punchline', () => {
  it('killed after the receiver had the punch and before it knew sends it again under the same id', async () => {
    await office.addWebhook()
    await office.punch(await office.employ('Ann'))
    receiver.answerNext(() => {})
    const script = ['--import', 'tsx', 'tests/webhooks/support/delivery-process.ts', office.directory]
    const punchline = spawn(process.execPath, script, { stdio: 'inherit' })
    await receiver.reached(1, 20_000)
    punchline.kill('SIGKILL')
    await once(punchline, 'exit')
    expect(await office.states()).toEqual(['waiting'])
    office.start()
    await settled('delivered')
    const [first, second] = receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
  })

  it('stops within moments though a receiver does not answer, and counts that as no failure', async () => {
    const { id } = await office.addWebhook()
    const delivery = office.start()
    receiver.answerAlways(() => {})
    await office.punch(await office.employ('Ann'))
    await receiver.reached(1)
    const began = Date.now()
    await delivery.stop()
    expect(Date.now() - began).toBeLessThan(PAUSES.farewell + 1000)
    expect(await nextDelivery(office.db, id)).toMatchObject({ attempts: 0, fault: null })
  })

  it('keeps no secret on disk or in its log, and none of the answers', async () => {
    const webhook = await office.addWebhook()
    office.start()
    const secret = office.secretOf(webhook)
    const said = (text: string, status: number) => (_: unknown, res: ServerResponse) =>
      void res.writeHead(status).end(text)
    receiver.answerNext(said(`traceback: ${secret}`, 500), said(secret, 200))
    await office.punch(await office.employ('Ann'))
    await settled('delivered')
    const base64 = secret.replace('whsec_', '')
    for (const form of [base64, Buffer.from(base64, 'base64').toString('hex')]) {
      expect(office.isOnDisk(form)).toBe(false)
      expect(office.log()).not.toContain(form)
    }
    expect(office.log()).toContain('a receiver is down')
    expect(office.log()).not.toContain(webhook.url)
  })

  it('deletes what was settled long ago, a few at a time, and nothing that waits', async () => {
    await office.addWebhook()
    const ann = await office.employ('Ann')
    for (let n = 0; n < 6; n++) await office.punch(ann)
    const old = { state: 'delivered', settled_at: 1000 } as const
    await office.db.updateTable('webhook_deliveries').set(old).where('id', '<', 6).execute()
    expect(await deleteSettled(office.db, 1001, 3)).toBe(3)
    expect(await deleteSettled(office.db, 1001, 3)).toBe(2)
    expect(await office.states()).toEqual(['waiting'])
  })
})
