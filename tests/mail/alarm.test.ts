/** Admins are mailed, once, when wrong PINs are out of the ordinary. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock/time.js'
import { addAdmin } from '../../src/store/admins.js'
import { watchForGuessing } from '../../src/store/alarms.js'
import type { PinVerdict } from '../../src/store/schema.js'
import { Watch } from '../../src/watch.js'
import { type Office, openOffice } from './support/office.js'

let office: Office
const now = Date.now()

beforeEach(async () => {
  office = await openOffice()
  await addAdmin(office.db, { email: 'office@example.com', password: 'correct horse battery', role: 'owner' }, 'test')
  await addAdmin(office.db, { email: 'boss@example.com', password: 'correct horse battery', role: 'owner' }, 'test')
})

afterEach(() => office.close())

async function attempts(count: number, at: number, verdict: PinVerdict = 'unknown'): Promise<void> {
  const { phoneClockId } = verdict === 'unknown' ? { phoneClockId: null } : await office.hire('Ann', '2468')
  const rows = Array.from(
    { length: count },
    () => ({ caller: 'stranger', phone_clock_id: phoneClockId, at, verdict }) as const,
  )
  await office.db.insertInto('pin_attempts').values(rows).execute()
}

const queued = async () => (await office.outbox()).map(mail => mail.address)

it('a mail to each admin says how many, what is being done about it, and what they can do', async () => {
  await attempts(1204, now - HOUR)
  const outbox = await office.start()
  const watch = new Watch({ db: office.db, log: office.settings.log, onAlarm: () => outbox.wake() })
  watch.start()
  await expect.poll(() => office.states(), { timeout: 10_000 }).toEqual(['sent', 'sent'])
  await watch.stop()
  expect(office.server.mails.map(mail => mail.to).sort()).toEqual(['boss@example.com', 'office@example.com'])
  const [mail] = office.server.mails
  expect(mail?.subject).toBe('Acme Roofing: many wrong PINs at the phone clock')
  for (const text of [mail?.text, mail?.html?.replace(/<[^>]*>/g, '')]) {
    expect(text).toMatch(/callers of the phone clock of Acme Roofing gave a wrong phone clock ID or PIN 1,204 times/)
    expect(text).toMatch(/under Phone clocking what is locked/)
  }
})

it('there is one mail for as long as it lasts, and another when it begins again after half a quiet day', async () => {
  await attempts(100, now)
  expect(await watchForGuessing(office.db, now + MINUTE)).toBe(true)
  await attempts(100, now + 12 * HOUR)
  for (let at = now; at < now + 36 * HOUR; at += HOUR) expect(await watchForGuessing(office.db, at)).toBe(false)
  expect(await queued()).toHaveLength(2)
  expect(await watchForGuessing(office.db, now + 49 * HOUR)).toBe(false)
  await attempts(200, now + 60 * HOUR)
  expect(await watchForGuessing(office.db, now + 60 * HOUR)).toBe(true)
  expect(await queued()).toHaveLength(4)
})

it('forty-nine wrong PINs in a day are ordinary', async () => {
  await attempts(49, now - HOUR)
  await attempts(49, now - DAY - HOUR)
  expect(await watchForGuessing(office.db, now)).toBe(false)
})

it('what employees mistype before they get it right is ordinary', async () => {
  await attempts(300, now - HOUR, 'forgiven')
  expect(await watchForGuessing(office.db, now)).toBe(false)
})
