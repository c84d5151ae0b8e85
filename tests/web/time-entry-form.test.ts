/** The form of a time entry where a plain one would mislead: times that the clocks showed twice, and two admins at once. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Office, openOffice } from './support/office.js'
import { signedInAdmin, type Visitor, words } from './support/visitor.js'

const at = (time: string) => Date.parse(time)
const FIRST = at('2026-11-01T01:10:40-04:00')
const SECOND = at('2026-11-01T01:50:20-05:00')

let office: Office
let admin: Visitor
let ann: number

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  ann = await office.hire('Ann Baker')
})

afterEach(() => office.close())

/** The fields of the form that corrects, as the page shows them. */
async function shown(response: Response): Promise<Record<string, string>> {
  const html = (await response.text()).split('/void"')[0] ?? ''
  const inputs = [...html.matchAll(/<input (?:id="\w+" )?(?:type="hidden" )?name="(\w+)"[^>]*value="([^"]*)"/g)]
  const selects = [...html.matchAll(/<select id="(\w+)"[^>]*>(.*?)<\/select>/gs)].map(
    ([, name, options]) => [name, /value="([^"]*)" selected/.exec(options ?? '')?.[1] ?? ''] as const,
  )
  return Object.fromEntries([...inputs.map(([, name, value]) => [name, value]), ...selects])
}
const form = async () => shown(await admin.get('/time-entries/1'))
const post = (fields: Record<string, string>) => admin.post('/time-entries/1', new URLSearchParams(fields))
const times = async () => {
  const row = await office.db.selectFrom('time_entries').selectAll().where('id', '=', 1).executeTakeFirstOrThrow()
  return [row.clock_in_at, row.clock_out_at]
}
const work = async (from: number, to: number) => {
  await office.call(ann, { at: from })
  await office.call(ann, { at: to })
}

it('says which of two equal times an entry has', async () => {
  await work(FIRST, SECOND)
  expect(await form()).toMatchObject({ clockInOffset: '-04:00', clockOutOffset: '-05:00' })
})

it('leaves times that were not touched as they were, to the second', async () => {
  await work(FIRST, SECOND)
  await post({ ...(await form()), clockOut: '2026-11-01T05:00', reason: 'x' })
  expect(await times()).toEqual([FIRST, at('2026-11-01T05:00:00-05:00')])
})

it('moves a time to the other hour of the same name, and the history tells the two apart', async () => {
  await work(FIRST, SECOND)
  await post({ ...(await form()), clockInOffset: '-05:00', reason: 'x' })
  expect(await times()).toEqual([at('2026-11-01T01:10:00-05:00'), SECOND])
  expect(await words(await admin.get('/time-entries/1'))).toContain(
    'clock-in: Sun, Nov 1, 1:10 AM (UTC-04:00) → Sun, Nov 1, 1:10 AM (UTC-05:00)',
  )
})

it('asks for both times at once, and remembers what was chosen', async () => {
  const send = (fields: Record<string, string>) =>
    admin.post(`/time-entries/new?employee=${ann}`, new URLSearchParams(fields))
  const typed = { clockIn: '2026-11-01 01:10', clockOut: '2026-11-01 01:50', job: '', reason: '' }
  expect(await shown(await send(typed))).toMatchObject({ clockInOffset: '', clockOutOffset: '' })
  const chosen = { clockInOffset: '-04:00', clockOutOffset: '-05:00' }
  expect(await shown(await send({ ...typed, ...chosen }))).toMatchObject(chosen)
  expect((await send({ ...typed, ...chosen, reason: 'x' })).status).toBe(303)
  expect(await times()).toEqual([at('2026-11-01T01:10:00-04:00'), at('2026-11-01T01:50:00-05:00')])
})

it.each([
  ['a time that is none', { clockOut: '', clockIn: 'x' }],
  ['no reason', { reason: '' }],
  ['a job that is none', { job: '99' }],
])('tells of a change by another admin also beside %s', async (_, wrong) => {
  await work(FIRST, SECOND)
  const seen = await form()
  await post({ ...seen, clockOut: '2026-11-01T05:00', reason: 'x' })
  const response = await post({ ...seen, reason: 'y', ...wrong })
  expect(response.status).toBe(409)
  expect(await words(response)).toContain('this entry has changed since you opened it')
})

it('tells of a change by another admin also when the reason to void it is missing', async () => {
  await work(FIRST, SECOND)
  await post({ ...(await form()), clockOut: '2026-11-01T05:00', reason: 'x' })
  const response = await admin.post('/time-entries/1/void', new URLSearchParams({ revision: '2', voidReason: '' }))
  expect(response.status).toBe(409)
})
