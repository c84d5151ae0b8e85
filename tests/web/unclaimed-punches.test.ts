import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { failedCall } from './support/unclaimed.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

const AT = Date.parse('2025-11-24T13:05:00Z')

let office: Office
let admin: Visitor
let ann: number

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  ann = await office.hire('Ann Smith')
})

afterEach(() => office.close())

const page = async (path = '/unclaimed-punches') => words(await admin.get(path))
const form = (fields: Record<string, string | number>) => {
  const sent = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) sent.set(name, String(value))
  return sent
}
const assign = (id: number, fields: Record<string, string | number> = {}) =>
  admin.post(`/unclaimed-punches/${id}/assign`, form({ employee: ann, direction: 'in', job: 0, ...fields }))
const refuse = (id: number, reason: string) => admin.post(`/unclaimed-punches/${id}/refuse`, form({ reason }))
const entries = () => listTimeEntries(office.db, {})

it('an empty queue says so', async () => {
  expect(await page()).toContain('Waiting 0 Kept by the PBX 0 Settled No call waits to be assigned.')
})

it('the oldest comes first, each with time, number, employee as far as known, and its recording', async () => {
  await failedCall(office, { at: AT + HOUR, from: '+15550001', employeeId: ann })
  await failedCall(office, { at: AT, taped: { ...SPOKEN, hasSpeech: false } })
  await failedCall(office, { at: AT + 2 * HOUR, taped: null })
  const text = await page()
  expect(text).toContain('Waiting 3')
  expect(text).toMatch(
    /8:05 AM withheld not known 3\.0 s silent .* 9:05 AM \+15550001 Ann Smith 3\.0 s .* 10:05 AM withheld not known nothing recorded/,
  )
})

it('the recording is played whole or in parts, by admins alone', async () => {
  const { id } = await failedCall(office, { at: AT })
  const whole = await admin.get(`/unclaimed-punches/${id}/audio`)
  expect(Buffer.from(await whole.arrayBuffer())).toEqual(SPOKEN.wav)
  const part = await admin.get(`/unclaimed-punches/${id}/audio`, { range: 'bytes=0-1' })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes 0-1/${SPOKEN.wav?.length}`)
  expect((await new Visitor(office).get(`/unclaimed-punches/${id}/audio`)).status).toBe(401)
  expect((await admin.get('/unclaimed-punches/99/audio')).status).toBe(404)
})

it('an employee is found by a part of the name, whatever its case and accents, or by phone clock ID', async () => {
  const { id } = await failedCall(office, { at: AT })
  await office.hire('Dora Müller')
  expect(await page(`/unclaimed-punches/${id}?q=MULLER`)).toContain('Dora Müller')
  expect(await page(`/unclaimed-punches/${id}?q=nobody`)).toContain('Nobody matches “nobody”.')
  expect(await page(`/unclaimed-punches/${id}?employee=${ann}`)).toContain('To Ann Smith')
})

it('the employee whom the call came to is filled in, as what the call most likely was', async () => {
  await office.call(ann, { at: AT - 8 * HOUR })
  const { id } = await failedCall(office, { at: AT, employeeId: ann })
  const html = await (await admin.get(`/unclaimed-punches/${id}`)).text()
  expect(html).toContain('To <strong>Ann Smith</strong>')
  expect(html).toContain('Mon, Nov 24, 2025, 12:05 AM – open')
  expect(html).toMatch(/value="out" checked/)
})

it('assigned as a clock-in it makes an entry with the job, and the page goes on to the next', async () => {
  const jobId = await addJob(office.db, { name: 'Roofing', phoneCode: null }, 'test')
  const { id } = await failedCall(office, { at: AT })
  const next = await failedCall(office, { at: AT + HOUR })
  const response = await assign(id, { job: jobId })
  expect(response.headers.get('location')).toBe(`/unclaimed-punches/${next.id}`)
  expect(await page(`/unclaimed-punches/${next.id}`)).toContain('The call is Ann Smith’s clock-in now.')
  expect(await entries()).toMatchObject([{ employee: 'Ann Smith', job: 'Roofing', clockInAt: AT }])
})

it('what is not possible is said beside the choice, and nothing is changed', async () => {
  const { id } = await failedCall(office, { at: AT })
  const response = await assign(id, { direction: 'out' })
  expect(response.status).toBe(422)
  const html = await response.text()
  expect(html).toContain('this employee was not clocked in. Assign it as a clock-in.')
  expect(html).toMatch(/value="out" checked/)
  expect(await entries()).toEqual([])
})

it('posted twice, the second says that it has been done', async () => {
  const { id } = await failedCall(office, { at: AT })
  await Promise.all([assign(id), assign(id)])
  expect(await entries()).toHaveLength(1)
  await refuse(id, 'too late')
  expect(await page()).toContain('It had been assigned already, by office@example.com. Nothing was changed.')
})

it('refused with a reason it is settled, with who and when and why', async () => {
  const { id } = await failedCall(office, { at: AT })
  await refuse(id, ' A child played with the phone. ')
  expect(await page()).toContain('The call is refused: it counts for nobody.')
  expect(await page('/unclaimed-punches?list=settled')).toMatch(
    /refused: A child played with the phone\. \w+, \w+ \d+, \d+:\d\d [AP]M office@example\.com/,
  )
})

it('a refusal needs a reason that can be read', async () => {
  const { id } = await failedCall(office, { at: AT })
  for (const reason of ['', '   ', 'x'.repeat(501)]) {
    const response = await refuse(id, reason)
    expect(response.status).toBe(422)
    expect(await response.text()).toMatch(/Say why|Say it in at most 500 letters/)
  }
  expect(await page()).toContain('Waiting 1')
})

it('a settled one can still be heard, and says what it became', async () => {
  const { id } = await failedCall(office, { at: AT })
  await assign(id)
  const html = await (await admin.get('/unclaimed-punches?list=settled')).text()
  expect(html).toContain('assigned as a clock-in')
  const [, audio] = /src="(\/voice-checks\/\d+\/audio)"/.exec(html) ?? []
  expect((await admin.get(audio ?? '')).status).toBe(200)
})

it('an address that makes no sense is not found, or counts as not asked', async () => {
  const { id } = await failedCall(office, { at: AT })
  for (const path of ['99', '0', 'x']) expect((await admin.get(`/unclaimed-punches/${path}`)).status).toBe(404)
  for (const query of ['?list=x', '?page=0', '?page=1e9', '?page=a&page=b', `/${id}?employee=99&q[]=a`]) {
    expect(await page(`/unclaimed-punches${query}`)).toContain('8:05 AM')
  }
})

it('a form that makes no sense changes nothing', async () => {
  const { id } = await failedCall(office, { at: AT })
  const statusOf = async (fields: Record<string, string | number>) => (await assign(id, fields)).status
  expect(await statusOf({ employee: 'x' })).toBe(400)
  expect(await statusOf({ direction: 'up' })).toBe(400)
  expect(await statusOf({ employee: 99 })).toBe(422)
  expect(await statusOf({ job: 99 })).toBe(422)
  expect((await admin.post(`/unclaimed-punches/${id}/assign`)).status).toBe(400)
  expect((await admin.post(`/unclaimed-punches/${id}/refuse`)).status).toBe(400)
  expect(await entries()).toEqual([])
})

it('without a session nothing is shown or done', async () => {
  const { id } = await failedCall(office, { at: AT })
  const stranger = new Visitor(office)
  for (const path of ['', `/${id}`]) {
    expect((await stranger.get(`/unclaimed-punches${path}`)).headers.get('location')).toBe('/sign-in')
  }
  await stranger.post(`/unclaimed-punches/${id}/refuse`, form({ reason: 'x' }))
  expect(await page()).toContain('Waiting 1')
})
