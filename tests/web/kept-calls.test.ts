/** The list of the calls that the PBX kept: confirmed or refused, many at once. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { keepKeptCall } from '../../src/store/kept-calls.js'
import { setPin } from '../../src/store/pins.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { signedInAdmin, type Visitor, words } from './support/visitor.js'

const AT = Date.parse('2025-11-24T13:05:00Z')
const LIST = '/unclaimed-punches?list=kept'

let office: Office
let admin: Visitor
let ann: { id: number; phoneClockId: string }
let kept = 0

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  const id = await office.hire('Ann Smith')
  ann = { id, phoneClockId: await setPin(office.db, office.pinKey, { employeeId: id, pin: '2468', actor: 'test' }) }
})

afterEach(() => office.close())

/** A kept call; gives the number of its unclaimed punch. */
async function keep(at: number, keyedId: string | null = ann.phoneClockId, taped = SPOKEN): Promise<number> {
  const call = { channel: `kept.${++kept}`, callerNumber: '+15550102', answeredAt: at, keyedId }
  const callId = await keepKeptCall(office.db, office.recordings, call, taped)
  const { id } = await office.db
    .selectFrom('unclaimed_punches')
    .select('id')
    .where('call_id', '=', callId)
    .executeTakeFirstOrThrow()
  return id
}
const page = async (path = LIST) => words(await admin.get(path))
/** Ticks the calls, presses the button, and gives what the next page says. */
async function press(button: 'confirm' | 'refuse', ids: readonly number[], reason = ''): Promise<string> {
  const form = new URLSearchParams({ reason })
  for (const id of ids) form.append('id', String(id))
  const { headers } = await admin.post(`/unclaimed-punches/kept/${button}`, form)
  return page(headers.get('location') ?? '')
}
const entries = () => listTimeEntries(office.db, {})

it('each says whose ID was keyed, or that nobody has it', async () => {
  await keep(AT)
  await keep(AT + HOUR, '99999')
  await keep(AT + 2 * HOUR, null)
  const text = await page()
  expect(text).toContain('Kept by the PBX 3')
  expect(text).toContain(`Ann Smith ID ${ann.phoneClockId}, no PIN`)
  expect(text).toContain('not known unknown ID 99999')
  expect(text).toContain('not known no ID was keyed')
})

it('only those with a known ID and a voice are ticked beforehand', async () => {
  const sure = await keep(AT)
  await keep(AT + HOUR, ann.phoneClockId, { ...SPOKEN, hasSpeech: false })
  await keep(AT + 2 * HOUR, '99999')
  const html = await (await admin.get(LIST)).text()
  expect([...html.matchAll(/value="(\d+)" checked/g)].map(([, id]) => Number(id))).toEqual([sure])
})

it('confirmed at once, a day’s calls become clock-in and clock-out at their true times, their voices still to be heard', async () => {
  const out = await keep(AT + 8 * HOUR)
  const clockIn = await keep(AT)
  expect(await press('confirm', [out, clockIn])).toContain('Confirmed: 1 clock-in and 1 clock-out.')
  expect(await entries()).toMatchObject([{ employeeId: ann.id, clockInAt: AT, clockOutAt: AT + 8 * HOUR }])
  const checks = await office.db.selectFrom('voice_checks').selectAll().execute()
  expect(checks.map(check => check.verdict)).toEqual([null, null])
  expect(await office.db.selectFrom('known_numbers').selectAll().execute()).toEqual([])
})

it('a second call within two minutes, and an ID that nobody has, go on waiting, and the page says why', async () => {
  const ids = [await keep(AT), await keep(AT + MINUTE), await keep(AT + HOUR, '99999')]
  const text = await press('confirm', ids)
  expect(text).toContain('Confirmed: 1 clock-in.')
  expect(text).toContain('still waits: Ann Smith has a punch within two minutes of it.')
  expect(text).toContain('still waits: The ID that was keyed is nobody’s.')
  expect(text).toContain('Kept by the PBX 2')
})

it('pressed twice, it confirms once', async () => {
  const id = await keep(AT)
  await press('confirm', [id])
  expect(await press('confirm', [id])).toContain('No call is confirmed.')
  expect(await entries()).toHaveLength(1)
})

it('refused at once, with a reason, they count for nobody', async () => {
  const ids = [await keep(AT), await keep(AT + HOUR, '99999')]
  expect(await press('refuse', ids)).toContain('Nothing is refused yet.')
  expect(await press('refuse', ids, 'Nobody of ours')).toContain('2 calls are refused.')
  expect(await entries()).toEqual([])
  expect(await page('/unclaimed-punches?list=settled')).toContain('Nobody of ours')
})

it('an unclaimed punch that the PBX did not keep is not confirmed there', async () => {
  expect(await press('confirm', [4711])).toContain('No call is confirmed.')
  expect(await press('confirm', [])).toContain('No call is confirmed.')
})

it('on its own page the employee whose ID was keyed is filled in', async () => {
  const id = await keep(AT)
  expect(await page(`/unclaimed-punches/${id}`)).toContain('To Ann Smith')
})
