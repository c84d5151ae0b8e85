/** What admins see of wrong PINs, and how they unlock. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { watchForGuessing } from '../../src/store/alarms.js'
import { addCall } from '../../src/store/calls.js'
import { beginAttempt, settleRight } from '../../src/store/guessing.js'
import { setPin } from '../../src/store/pins.js'
import { changeSettings } from '../../src/store/settings.js'
import { type Office, openOffice } from './support/office.js'
import { signedInAdmin, type Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const page = async (path = '/phone-clocking') => words(await admin.get(path))

async function hire(name: string): Promise<{ id: number; phoneClockId: string }> {
  const id = await office.hire(name)
  const phoneClockId = await setPin(office.db, office.pinKey, { employeeId: id, pin: '2468', actor: 'test' })
  await office.db.updateTable('pins').set({ set_at: 0 }).execute()
  await office.db.deleteFrom('unlocks').execute()
  return { id, phoneClockId }
}

async function attempt(
  at: { id: number; phoneClockId: string },
  from: string | null,
  isRight = false,
): Promise<boolean> {
  const callId = await addCall(office.db, { channel: 'test', callerNumber: from, answeredAt: Date.now() })
  const guess = { callId, callerNumber: from, phoneClockId: at.phoneClockId }
  const begun = await beginAttempt(office.db, guess, at.id)
  if (begun.kind !== 'judge') return false
  if (isRight) await settleRight(office.db, begun.id, guess, at.id)
  return true
}

const wrongPins = async (count: number, at: { id: number; phoneClockId: string }, from: string | null = null) => {
  for (let i = 0; i < count; i++) await attempt(at, from)
}

it('without wrong PINs nothing is said of them', async () => {
  await hire('Ann')
  expect(await page()).not.toMatch(/lock(?!s? ID|ing)ed|Wrong PINs/i)
})

it('an ID that was guessed at is shown as locked on its row, and unlocked on its page', async () => {
  const ann = await hire('Ann')
  await hire('Ben')
  await wrongPins(5, ann)
  const list = await page()
  expect(list).toMatch(/Ann none \d{5} Ready Locked until \d+:\d\d [AP]M Manage Ann/)
  expect(list).toMatch(/Ben none \d{5} Ready Manage Ben/)
  const path = `/phone-clocking/${ann.id}`
  expect(await page(path)).toMatch(/For callers from phones that Ann has not clocked from: until \d+:\d\d [AP]M/)
  expect(await attempt(ann, '+15550177', true)).toBe(false)

  const response = await admin.post(`${path}/unlock`)
  expect(response.headers.get('location')).toBe(path)
  expect(await page(path)).toMatch(
    /Unlocked: Ann can clock in and out from any phone\..*unlocked .* office@example.com/,
  )
  expect(await page()).not.toContain('Locked until')
  expect(await attempt(ann, '+15550177', true)).toBe(true)
})

it('a lock of a usual phone says which', async () => {
  const ann = await hire('Ann')
  await attempt(ann, '+15550102', true)
  await wrongPins(5, ann, '+15550102')
  expect(await page(`/phone-clocking/${ann.id}`)).toContain('For callers from +15550102: until')
})

it('locks of all strangers, and of one number, are shown with a button each', async () => {
  await changeSettings(office.db, { strangersPerDay: 5 }, 'test')
  const [ann, ben] = [await hire('Ann'), await hire('Ben')]
  await wrongPins(5, ann, '+15550199')
  expect(await page()).toMatch(
    /Callers from numbers that nobody has clocked from: locked until \S+, \S+ \d+, .* Unlock .*Callers from \+15550199: locked until \d+:\d\d/,
  )
  expect(await attempt(ben, null, true)).toBe(false)

  await admin.post('/phone-clocking/unlock', new URLSearchParams({ kind: 'stranger', number: '' }))
  expect(await page()).toMatch(/Unlocked: callers from numbers that nobody has clocked from can try again at once\./)
  expect(await attempt(ben, null, true)).toBe(true)
  await admin.post('/phone-clocking/unlock', new URLSearchParams({ kind: 'number', number: '+15550199' }))
  expect(await page()).toMatch(/Unlocked: callers from \+15550199 can try again/)
  expect(await page()).not.toContain('locked until')
})

it('what is none of our forms unlocks nothing', async () => {
  const ann = await hire('Ann')
  expect((await admin.post('/phone-clocking/unlock', new URLSearchParams({ kind: 'usual' }))).status).toBe(400)
  expect((await admin.post('/phone-clocking/unlock')).status).toBe(400)
  expect((await admin.post('/phone-clocking/99999/unlock')).status).toBe(404)
  expect((await admin.post(`/phone-clocking/${await office.hire('No PIN')}/unlock`)).status).toBe(404)
  expect(await office.db.selectFrom('unlocks').selectAll().execute()).toEqual([])
  expect(ann.id).toBeGreaterThan(0)
})

it('while an alarm is on, the page says what is out of the ordinary', async () => {
  const ann = await hire('Ann')
  await wrongPins(60, ann)
  await watchForGuessing(office.db, Date.now())
  expect(await page()).toMatch(/In the 24 hours before \d+:\d\d [AP]M there were 60 wrong phone clock IDs and PINs/)
})
