import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { readSettings } from '../../src/store/settings.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const AS_THEY_ARE = {
  forgottenAfterHours: '16',
  recordingDays: '90',
  callDays: '365',
  payPeriods: 'two weeks',
  payPeriodStart: '2026-01-05',
  wrongPinsInARow: '5',
  longestLockMinutes: '60',
  wrongPinsPerMonth: '100',
  strangersPerDay: '20',
  strangersPerMonth: '40',
}
const page = async () => words(await admin.get('/settings'))
const save = (changes: Record<string, string> = {}) =>
  admin.post('/settings', new URLSearchParams({ ...AS_THEY_ARE, ...changes }))
const audited = async () =>
  (await office.db.selectFrom('audit_events').selectAll().where('action', '=', 'setting changed').execute()).map(
    ({ actor, detail }) => `${actor}: ${detail}`,
  )

it('the settings are shown, each with what it does', async () => {
  const html = await (await admin.get('/settings')).text()
  for (const value of ['16', '90', '365', '2026-01-05']) expect(html).toContain(`value="${value}"`)
  expect(html).toContain('<option selected>two weeks</option>')
  expect(html).toContain('Counts from the next call.')
})

it('what was changed is saved, and that alone is audited', async () => {
  await save({ jobRequired: 'yes', recordingDays: '30' })
  expect(await page()).toContain('Saved.')
  expect(await readSettings(office.db)).toEqual({
    jobRequired: true,
    forgottenAfterHours: 16,
    recordingDays: 30,
    callDays: 365,
    payPeriods: 'two weeks',
    payPeriodStart: '2026-01-05',
    wrongPinsInARow: 5,
    longestLockMinutes: 60,
    wrongPinsPerMonth: 100,
    strangersPerDay: 20,
    strangersPerMonth: 40,
  })
  expect(await audited()).toEqual([
    'office@example.com: jobRequired: false → true',
    'office@example.com: recordingDays: 90 → 30',
  ])
})

it('saved as they are nothing changes', async () => {
  await save()
  expect(await page()).toContain('Nothing was different, so nothing changed.')
  expect(await audited()).toEqual([])
})

it('a job can be required no more', async () => {
  await save({ jobRequired: 'yes' })
  await save()
  expect((await readSettings(office.db)).jobRequired).toBe(false)
})

it('with one fault nothing at all is saved, and each fault is beside its field', async () => {
  const response = await save({ jobRequired: 'yes', recordingDays: '0', callDays: '6', payPeriodStart: '2026-02-30' })
  expect(response.status).toBe(422)
  const html = await response.text()
  expect(html).toMatch(/id="recordingDays-fault"[^>]*>Give a whole number of days from 1 to 3650\./)
  expect(html).toMatch(/id="callDays-fault"[^>]*>Give a whole number of days from 7 to 3650\./)
  expect(html).toMatch(/id="payPeriodStart-fault"[^>]*>Give a day as year-month-day/)
  expect(html).toContain('value="2026-02-30"')
  expect((await readSettings(office.db)).jobRequired).toBe(false)
})

it('what makes no sense is not saved', async () => {
  for (const change of [{ forgottenAfterHours: '<b>' }, { payPeriods: 'year' }, { jobRequired: 'maybe' }]) {
    expect((await save(change)).status).toBe(422)
  }
  expect(await audited()).toEqual([])
})

it('a form that is not the page’s is refused with a sentence', async () => {
  expect((await admin.post('/settings')).status).toBe(400)
  const response = await admin.post('/settings', new URLSearchParams({ recordingDays: '30' }))
  expect(response.status).toBe(400)
  expect(await words(response)).toContain('Use the form on the page Settings.')
})

it('a required job warns while no active job has a phone code', async () => {
  await save({ jobRequired: 'yes' })
  expect(await page()).toContain('No active job has a phone code, so the phone asks for none.')
  await addJob(office.db, { name: 'Roofing', phoneCode: '12' }, 'test')
  expect(await page()).not.toContain('No active job has a phone code')
})

it('fewer days for recordings say how many would be erased, and ask once', async () => {
  await office.call(await office.hire('Ann'), { at: Date.now() - 40 * DAY, voice: SPOKEN })
  const asked = await save({ recordingDays: '30' })
  expect(asked.status).toBe(422)
  const html = await asked.text()
  expect(html).toContain('1 recording is older than 30 days and would be erased for good')
  expect(html).toContain('name="agreedDays" value="30"')
  expect((await readSettings(office.db)).recordingDays).toBe(90)
  expect((await save({ recordingDays: '20', agreedDays: '30' })).status).toBe(422)
  expect((await save({ recordingDays: '30', agreedDays: '30' })).status).toBe(303)
  expect((await readSettings(office.db)).recordingDays).toBe(30)
})

it('without a session nothing is shown or saved', async () => {
  const stranger = new Visitor(office)
  expect((await stranger.get('/settings')).headers.get('location')).toBe('/sign-in')
  await stranger.post('/settings', new URLSearchParams({ ...AS_THEY_ARE, recordingDays: '1' }))
  expect(await audited()).toEqual([])
})
