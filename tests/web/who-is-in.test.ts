import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { LINE, type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

it('an empty clock says what to do', async () => {
  const page = await words(await admin.get('/'))
  expect(page).toContain('In now: 0')
  expect(page).toContain('Nobody is in.')
  expect(page).toContain('No punches yet. Place a call to +1 555 0100.')
})

it('the page names the company and the dial-in number', async () => {
  expect(await words(await admin.get('/'))).toContain('Acme Roofing Dial-in number +1 555 0100')
})

it('who is in is shown with job, since when and how long', async () => {
  const jobId = await addJob(office.db, { name: 'Warehouse', phoneCode: '12' }, 'test')
  await office.call(await office.hire('Ann Smith'), { at: Date.now() - 87 * MINUTE, jobId })
  const page = await words(await admin.get('/'))
  expect(page).toContain('In now: 1')
  expect(page).toMatch(/Ann Smith Warehouse (\w+, \w+ \d+, )?\d+:\d\d [AP]M 1 h 27 min/)
})

it('who forgot to clock out is shown apart, until the next call', async () => {
  const ann = await office.hire('Ann Smith')
  await office.call(ann, { at: Date.now() - 20 * HOUR })
  const before = await words(await admin.get('/'))
  expect(before).toContain('In 0 Missing clock-out 1')
  expect(before).toContain('In now: 0')
  expect(before).toMatch(/In for longer than 16 hours: 1 .*Ann Smith .* 20 h 0 min missing clock-out/)
  await office.call(ann, { at: Date.now() - HOUR })
  const after = await words(await admin.get('/'))
  expect(after).toContain('In now: 1')
  expect(after).not.toContain('In for longer than')
})

it('by job everyone stands under their job, counted, and who has none comes last', async () => {
  const roof = await addJob(office.db, { name: 'Roof', phoneCode: '1' }, 'test')
  const yard = await addJob(office.db, { name: 'Yard', phoneCode: '2' }, 'test')
  for (const [name, jobId] of [
    ['Ann', yard],
    ['Bob', undefined],
    ['Cleo', roof],
    ['Dan', yard],
  ] as const) {
    await office.call(await office.hire(name), { at: Date.now() - HOUR, ...(jobId && { jobId }) })
  }
  const page = await words(await admin.get('/?by=job'))
  expect(page).toMatch(/In now: 4 Roof: 1 .*Cleo.* Yard: 2 .*Ann .*Dan .*No job: 1 .*Bob/)
})

it('the last ten punches are shown, the latest first, and lead to the time entries of the employee', async () => {
  const ids = []
  for (let i = 1; i <= 11; i++) {
    const id = await office.hire(`Employee ${i}`)
    ids.push(id)
    await office.call(id, { at: Date.now() - (60 - i) * MINUTE })
  }
  const html = await (await admin.get('/')).text()
  const latest = html.slice(html.indexOf('Last punches'))
  expect(latest.match(/Employee \d+/g)).toEqual(Array.from({ length: 10 }, (_, i) => `Employee ${11 - i}`))
  expect(latest).toContain(`<a href="/time-entries?employee=${ids[10]}">Employee 11</a> clocked in`)
})

it('on the wall there is no header, and all else', async () => {
  await office.call(await office.hire('Ann Smith'), { at: Date.now() - HOUR })
  const response = await admin.get('/?wall=1')
  const html = await response.text()
  expect(html).not.toContain('Sign out')
  expect(html).toMatch(/Ann Smith.*1 h 0 min/)
  expect(html).toContain('data-live="/who-is-in/live?wall=1"')
})

it('whoever is not signed in is led to the sign-in, from the wall too', async () => {
  expect((await new Visitor(office).get('/?wall=1')).headers.get('location')).toBe('/sign-in')
})

it('addresses that make no sense show the board as it always is', async () => {
  for (const path of ['/?by=nonsense', '/?by=job&by=job', '/?wall[x]=1', '/?wall=yes']) {
    expect((await admin.get(path)).status).toBe(200)
  }
})

it('while the PBX is not connected the page says that calls can’t arrive', async () => {
  expect(await words(await admin.get('/'))).not.toContain('the PBX is not connected')
  const cutOff = await openOffice({ line: () => ({ ...LINE, takesCalls: false }) })
  try {
    await cutOff.addAdmin()
    const visitor = new Visitor(cutOff)
    await visitor.signIn()
    expect(await words(await visitor.get('/'))).toContain('Calls can’t arrive: the PBX is not connected.')
  } finally {
    await cutOff.close()
  }
})

it('a name is text, whatever it contains', async () => {
  await office.call(await office.hire('<script>alert("x")</script>'), { at: Date.now() - HOUR })
  const html = await (await admin.get('/')).text()
  expect(html).not.toContain('<script>')
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
