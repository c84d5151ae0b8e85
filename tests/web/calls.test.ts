import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { addCallSteps } from '../../src/store/call-steps.js'
import { addCall, endCall, setCallEmployee } from '../../src/store/calls.js'
import { punch } from '../../src/store/punches.js'
import {
  addUnclaimedPunch,
  keepUnclaimedRecording,
  keepVoiceCheck,
  RecordingFolder,
} from '../../src/store/recordings.js'
import type { CallOutcome } from '../../src/store/schema.js'
import { LiveStream } from './support/live-stream.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor
let answeredAt: number

beforeEach(async () => {
  answeredAt = Date.now() - HOUR
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

interface Placed {
  from?: string | null
  at?: number
  by?: number
  steps?: string[]
  /** Null: it goes on. */
  outcome?: CallOutcome | null
}

async function placeCall({ from = '+15550102', at = answeredAt, by, steps = ['answered'], outcome }: Placed = {}) {
  const id = await addCall(office.db, { channel: 'test', callerNumber: from, answeredAt: at })
  let after = 0
  for (const step of steps) await addCallSteps(office.db, [{ callId: id, at: at + 1500 * after++, step, detail: null }])
  if (by !== undefined) await setCallEmployee(office.db, id, { employeeId: by, numberIsNew: false })
  if (outcome !== null) {
    await endCall(office.db, id, outcome ?? 'hung-up')
    await sql`update calls set ended_at = ${at + 72 * SECOND} where id = ${id}`.execute(office.db)
  }
  return id
}

const page = async (path: string) => words(await admin.get(path))
const linksToCalls = async (path: string) =>
  [...(await (await admin.get(path)).text()).matchAll(/href="\/calls\/(\d+)"/g)].map(match => Number(match[1]))

it('a call shows when, from where, who, how long, how far it came and its outcome', async () => {
  const ann = await office.hire('Ann Smith')
  await placeCall({ by: ann, steps: ['answered', 'phone clock ID entered', 'PIN entered', 'ID and PIN accepted'] })
  expect(await page('/calls')).toMatch(
    /[AP]M \+15550102 Ann Smith 1 min 12 s ID and PIN accepted Hung up before a punch/,
  )
})

it('a withheld number and an erased one are told apart', async () => {
  await placeCall({ from: null })
  expect(await page('/calls')).toContain('withheld')
  const { id } = await office.db.selectFrom('calls').select('id').executeTakeFirstOrThrow()
  await sql`delete from call_steps`.execute(office.db)
  await sql`update calls set erased_at = ${Date.now()}`.execute(office.db)
  expect(await page('/calls')).not.toContain('withheld')
  expect(await page('/calls')).toContain('erased')
  expect(await page(`/calls/${id}`)).toContain('Number and steps were erased')
})

it('calls stand newest first, fifty on a page, each on one page', async () => {
  const placed: number[] = []
  for (let i = 0; i < 60; i++) placed.push(await placeCall({ at: answeredAt + Math.floor(i / 3) * MINUTE }))
  const first = await linksToCalls('/calls')
  const next = (await (await admin.get('/calls')).text()).match(/href="([^"]*)" rel="next"/)?.[1] ?? ''
  expect([...first, ...(await linksToCalls(next))]).toEqual(placed.toReversed())
  expect(first).toHaveLength(50)
  expect(await page(next)).toContain('Newest')
})

it.each([['+1 555 0102'], ['1-555-0102'], ['001 (555) 0102'], ['555 0102'], ['5550102'], ['0102']])(
  'a number is found as %s',
  async q => {
    const wanted = await placeCall()
    await placeCall({ from: '+15550203' })
    expect(await linksToCalls(`/calls?${new URLSearchParams({ q })}`)).toEqual([wanted])
  },
)

it('a short number is found whole, and not in others', async () => {
  const desk = await placeCall({ from: '102' })
  await placeCall()
  expect(await linksToCalls('/calls?q=102')).toEqual([desk])
})

it('calls are found by the employee’s name, whatever its case and accents, and page on', async () => {
  const dora = await office.hire('Dora Müller')
  const wanted: number[] = []
  for (let i = 0; i < 52; i++) wanted.push(await placeCall({ by: dora, at: answeredAt + i * SECOND }))
  await placeCall({ by: await office.hire('Ann Smith') })
  const first = await (await admin.get('/calls?q=muller+dora')).text()
  const next = first.match(/href="([^"]*)" rel="next"/)?.[1]?.replaceAll('&amp;', '&') ?? ''
  expect([...(await linksToCalls('/calls?q=muller+dora')), ...(await linksToCalls(next))]).toEqual(wanted.toReversed())
})

it('one employee’s calls are shown alone, though others have a like name', async () => {
  const ann = await office.hire('Ann Smith')
  const mary = await office.hire('Mary Ann Smithers')
  const hers = await placeCall({ by: ann })
  await placeCall({ by: mary })
  expect(await page(`/calls?employee=${ann}`)).toContain('Calls of Ann Smith')
  expect(await linksToCalls(`/calls?employee=${ann}`)).toEqual([hers])
})

it('a search that finds nothing says so', async () => {
  expect(await page('/calls?q=nobody')).toContain('No call that has ended matches “nobody”. Show all calls')
  expect(await page('/calls?q=99999')).toContain('No call that has ended matches “99999”.')
})

it('addresses that make no sense show the list as it always is', async () => {
  for (const path of ['/calls?after=x', '/calls?q[]=1&q[]=2', '/calls?after=1-2-3', '/calls?q=%00', '/calls?q=%25']) {
    expect([path, (await admin.get(path)).status]).toEqual([path, 200])
  }
})

it.each(['/calls/999', '/calls/0', '/calls/x', '/calls/9e9', '/calls/999/live'])('%s is no call', async path => {
  expect((await admin.get(path)).status).toBe(404)
})

it('a call in progress shows its last step within a second, and then its outcome', async () => {
  const id = await placeCall({ at: Date.now(), outcome: null })
  const stream = await LiveStream.open(admin, '/calls/live')
  expect(await stream.until('In progress: 1')).toContain('+15550102')
  const began = Date.now()
  await addCallSteps(office.db, [{ callId: id, at: began, step: 'phone clock ID entered', detail: null }])
  await stream.until('phone clock ID entered')
  expect(Date.now() - began).toBeLessThan(1000)
  await endCall(office.db, id, 'hung-up')
  expect(await stream.until('In progress: 0')).toContain('Hung up before a punch')
  await stream.close()
})

it('one call’s page shows each step with its time and the seconds since the answer', async () => {
  const at = Date.parse('2025-11-24T13:05:40Z')
  const id = await placeCall({ at, steps: ['answered', 'phone clock ID entered', 'PIN entered'] })
  expect(await page(`/calls/${id}`)).toMatch(
    /Call of Mon, Nov 24, 2025, 8:05 AM .* answered 8:05:40 AM 0.0 s phone clock ID entered 8:05:41 AM 1.5 s PIN entered 8:05:43 AM 3.0 s/,
  )
})

it('one call in progress is live', async () => {
  const id = await placeCall({ at: Date.now(), outcome: null })
  expect(await (await admin.get(`/calls/${id}`)).text()).toContain(`data-live="/calls/${id}/live"`)
  const stream = await LiveStream.open(admin, `/calls/${id}/live`)
  await stream.until('answered')
  await addCallSteps(office.db, [{ callId: id, at: Date.now(), step: 'PIN entered', detail: null }])
  await stream.until('PIN entered')
  await endCall(office.db, id, 'cut-off')
  await stream.until('Cut off')
  await stream.close()
  expect(await (await admin.get(`/calls/${id}`)).text()).not.toContain('data-live')
})

it('a call that punched leads to its time entry and its voice check', async () => {
  const ann = await office.hire('Ann Smith')
  const ids: number[] = []
  for (const at of [answeredAt, answeredAt + 30 * MINUTE]) {
    const callId = await placeCall({ by: ann, at, outcome: 'clocked-in' })
    const done = await punch(office.db, {
      callId,
      employeeId: ann,
      answeredAt: at,
      secondPunchConfirmed: true,
      jobId: null,
    })
    if (done.kind === 'too-soon') throw new Error('never')
    const folder = new RecordingFolder(office.directory)
    await keepVoiceCheck(office.db, folder, { punchId: done.punchId, recordedAt: at, taped: SPOKEN })
    ids.push(callId)
  }
  const { id: entry } = await office.db.selectFrom('time_entries').select('id').executeTakeFirstOrThrow()
  for (const [index, id] of ids.entries()) {
    const html = await (await admin.get(`/calls/${id}`)).text()
    expect(html).toContain(`href="/time-entries/${entry}"`)
    expect(html).toContain(`href="/voice-checks/${index + 1}"`)
    expect(html).toContain(`src="/voice-checks/${index + 1}/audio"`)
  }
})

it('a rescue leads to the unclaimed punches, and plays what was said', async () => {
  const callId = await placeCall({ outcome: 'unclaimed-punch' })
  await addUnclaimedPunch(office.db, { callId, employeeId: null, at: answeredAt })
  expect(await page(`/calls/${callId}`)).toContain('Unclaimed punches : waits for an admin, no recording')
  const folder = new RecordingFolder(office.directory)
  await keepUnclaimedRecording(office.db, folder, { callId, recordedAt: answeredAt, taped: SPOKEN })
  const html = await (await admin.get(`/calls/${callId}`)).text()
  expect(html).toContain('href="/unclaimed-punches"')
  expect(html).toContain('src="/unclaimed-punches/1/audio"')
})

it('whoever is not signed in sees no call', async () => {
  const id = await placeCall()
  for (const path of ['/calls', `/calls/${id}`]) {
    expect((await new Visitor(office).get(path)).headers.get('location')).toBe('/sign-in')
  }
  const stream = await LiveStream.open(new Visitor(office), '/calls/live')
  expect(await stream.next()).toBe('event: signed-out\ndata:')
})
