import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  admin = new Visitor(office)
  await admin.signIn()
})

afterEach(() => office.close())

it('an empty clock says what to do', async () => {
  const page = await words(await admin.get('/'))
  expect(page).toContain('In now: 0')
  expect(page).toContain('Nobody is in.')
  expect(page).toContain('No time entries yet. Place a call to +1 555 0100.')
})

it('the page names the company and the dial-in number', async () => {
  expect(await words(await admin.get('/'))).toContain('Acme Roofing Dial-in number +1 555 0100')
})

it('who is in is shown with job, since when and how long', async () => {
  const jobId = await addJob(office.db, { name: 'Warehouse', phoneCode: '12' }, 'test')
  await office.call(await office.hire('Ann Smith'), { at: Date.now() - 87 * MINUTE, jobId, voice: SPOKEN })
  const page = await words(await admin.get('/'))
  expect(page).toContain('In now: 1')
  expect(page).toMatch(/Ann Smith Warehouse (\w+, \w+ \d+, )?\d+:\d\d [AP]M 1 h 27 min/)
  expect(page).not.toContain('no voice check')
})

it('a time entry shows clock-in, clock-out and worked time in the zone of the site', async () => {
  const ann = await office.hire('Ann Smith')
  await office.call(ann, { at: Date.parse('2025-11-24T13:05:40Z'), voice: SPOKEN })
  await office.call(ann, { at: Date.parse('2025-11-24T21:32:10Z'), voice: SPOKEN })
  const page = await words(await admin.get('/'))
  expect(page).toContain('Nobody is in.')
  expect(page).toContain('Ann Smith Mon, Nov 24, 2025, 8:05 AM recorded 4:32 PM recorded 8 h 27 min closed')
})

it('a clock-out on another day names that day', async () => {
  const ann = await office.hire('Ann Smith')
  await office.call(ann, { at: Date.parse('2025-11-25T03:00:00Z') })
  await office.call(ann, { at: Date.parse('2025-11-25T11:00:00Z') })
  expect(await words(await admin.get('/'))).toContain(
    '10:00 PM no voice check Tue, Nov 25, 2025, 6:00 AM no voice check 8 h 0 min',
  )
})

it('missing and silent voice checks stand out by a word', async () => {
  const [ann, bob] = [await office.hire('Ann Smith'), await office.hire('Bob Jones')]
  await office.call(ann, { at: Date.now() - HOUR, voice: { wav: null, durationMs: 0, hasSpeech: false } })
  await office.call(bob, { at: Date.now() - 2 * HOUR, voice: { ...SPOKEN, hasSpeech: false } })
  await office.call(bob, { at: Date.now() - HOUR })
  const page = await words(await admin.get('/'))
  expect(page).toMatch(/Ann Smith \S+, \S+ \d+, \d+:\d\d [AP]M no voice check open/)
  expect(page).toMatch(/[AP]M recorded silent [^a]*[AP]M no voice check 1 h 0 min closed/)
})

it('a clock-out that was forgotten is called missing, before and after the next call', async () => {
  const ann = await office.hire('Ann Smith')
  await office.call(ann, { at: Date.now() - 20 * HOUR, voice: SPOKEN })
  const before = await words(await admin.get('/'))
  expect(before).toContain('In now: 0')
  expect(before).toContain('In for longer than 16 hours: 1')
  expect(before.match(/missing clock-out/g)).toHaveLength(2)
  await office.call(ann, { at: Date.now() - HOUR, voice: SPOKEN })
  const after = await words(await admin.get('/'))
  expect(after).toContain('In now: 1')
  expect(after).not.toContain('In for longer than')
  expect(after.match(/missing clock-out/g)).toHaveLength(1)
})

it('the latest 50 time entries are shown, the newest first', async () => {
  for (let i = 1; i <= 51; i++) {
    await office.call(await office.hire(`Employee ${i}`), { at: Date.now() - (60 - i) * MINUTE })
  }
  const html = await (await admin.get('/')).text()
  const shown = html.slice(html.indexOf('Latest time entries')).match(/Employee \d+/g)
  expect(shown?.filter((name, i) => name !== shown[i - 1])).toEqual(
    Array.from({ length: 50 }, (_, i) => `Employee ${51 - i}`),
  )
})

it('a name is text, whatever it contains', async () => {
  await office.call(await office.hire('<script>alert("x")</script>'), { at: Date.now() - HOUR })
  const html = await (await admin.get('/')).text()
  expect(html).not.toContain('<script')
  expect(html).toContain('&lt;script&gt;')
})

it('in 24 hours times are shown without AM and PM', async () => {
  const europe = await openOffice({ timeStyle: { timeZone: 'Europe/Berlin', hours: 24 }, dialInNumber: null })
  try {
    await europe.addAdmin()
    const visitor = new Visitor(europe)
    await visitor.signIn()
    expect(await words(await visitor.get('/'))).toContain('Place a call to the clock.')
    await europe.call(await europe.hire('Ann Smith'), { at: Date.parse('2025-11-24T06:05:00Z') })
    const page = await words(await visitor.get('/'))
    expect(page).toContain('07:05')
    expect(page).not.toMatch(/ [AP]M/)
  } finally {
    await europe.close()
  }
})
