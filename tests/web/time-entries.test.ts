import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dateOf } from '../../src/calendar.js'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/clock/time.js'
import { writeLocalTime } from '../../src/local-time.js'
import { addJob, setJobActive } from '../../src/store/jobs.js'
import { changeSettings } from '../../src/store/settings.js'
import { judgeVoiceCheck } from '../../src/store/voice-checks.js'
import { EMAIL, type Office, openOffice, SPOKEN } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

const NEW_YORK = 'America/New_York'

let office: Office
let admin: Visitor
let ann: number
let ben: number
let roof: number

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  ann = await office.hire('Ann Baker')
  ben = await office.hire('Ben Carter')
  roof = await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
})

afterEach(() => office.close())

const at = (time: string) => Date.parse(time)
const page = async (path = '/time-entries') => words(await admin.get(path))
/** An entry by two calls. */
async function work(employeeId: number, from: Instant, to: Instant, jobId?: number): Promise<void> {
  await office.call(employeeId, { at: from, ...(jobId !== undefined && { jobId }) })
  await office.call(employeeId, { at: to })
}
const local = (instant: Instant) => writeLocalTime(instant, NEW_YORK)
const correct = (id: number, fields: Record<string, string>, visitor = admin) =>
  visitor.post(`/time-entries/${id}`, new URLSearchParams({ revision: '2', job: '', reason: 'Told by Ann', ...fields }))
const add = (fields: Record<string, string>, employee = ann) =>
  admin.post(
    `/time-entries/new?employee=${employee}`,
    new URLSearchParams({ clockIn: '', clockOut: '', job: '', reason: 'No phone that day', ...fields }),
  )
const entries = () =>
  office.db
    .selectFrom('time_entries')
    .select(['employee_id', 'clock_in_at', 'clock_out_at', 'job_id', 'state', 'revision'])
    .orderBy('id')
    .execute()
const faultIn = async (response: Response) =>
  /class="fault"[^>]*role="alert">([^<]*)</.exec(await response.text())?.[1]?.replaceAll('&#39;', '’')

describe('the list', () => {
  beforeEach(async () => {
    await work(ann, at('2026-11-16T08:05:00-05:00'), at('2026-11-16T16:32:00-05:00'), roof)
    await work(ben, at('2026-11-16T22:00:00-05:00'), at('2026-11-17T06:00:00-05:00'))
    await work(ann, at('2026-11-18T08:00:00-05:00'), at('2026-11-18T12:20:00-05:00'))
  })

  it('shows who worked when and for what, the latest first, and what it adds up to', async () => {
    const said = await page('/time-entries?from=2026-11-16&to=2026-11-18')
    expect(said).toContain('Worked 20 h 47 min 20.78 hours')
    expect(said).toMatch(/Ann Baker Wed, Nov 18, 8:00 AM .* 4 h 20 min/)
    expect(said).toMatch(/Wed, Nov 18.*Mon, Nov 16, 10:00 PM.*Mon, Nov 16, 8:05 AM/)
    expect(said).toMatch(/Ann Baker Roof Mon, Nov 16, 8:05 AM .* 4:32 PM .* 8 h 27 min/)
  })

  it('counts a minute of a night shift on the day it was worked', async () => {
    expect(await page('/time-entries?from=2026-11-16&to=2026-11-16')).toContain('Worked 10 h 27 min 10.45 hours')
    const second = await page('/time-entries?from=2026-11-17&to=2026-11-17')
    expect(second).toContain('Worked 6 h 0 min 6.00 hours')
    expect(second).toContain('8 h 0 min (here 6 h 0 min)')
  })

  it('adds up by employee, by job and by day, in hours and minutes and in decimal hours', async () => {
    const by = (view: string) => page(`/time-entries?from=2026-11-16&to=2026-11-18&view=${view}`)
    expect(await by('employees')).toMatch(/Ann Baker 12 h 47 min 12.78 Ben Carter 8 h 0 min 8.00/)
    expect(await by('jobs')).toMatch(/Roof 8 h 27 min 8.45 No job 12 h 20 min 12.33/)
    expect(await by('days')).toMatch(
      /Monday, November 16, 2026 10 h 27 min 10.45 Tuesday, November 17, 2026 6 h 0 min 6.00 Wednesday, November 18, 2026 4 h 20 min 4.33/,
    )
  })

  it('is narrowed to an employee, a job, or none', async () => {
    const range = 'from=2026-11-16&to=2026-11-18'
    expect(await page(`/time-entries?${range}&employee=${ben}`)).toContain('Worked 8 h 0 min')
    expect(await page(`/time-entries?${range}&job=${roof}`)).toContain('Worked 8 h 27 min')
    expect(await page(`/time-entries?${range}&job=none`)).toContain('Worked 12 h 20 min')
    expect(await page(`/time-entries?${range}&employee=${ben}&job=${roof}`)).toContain('No time entries here.')
  })

  it('finds the employee by a name, and asks which when several match', async () => {
    await office.hire('Annabel Lee')
    const one = await admin.get('/time-entries?from=2026-11-16&to=2026-11-18&who=carter')
    expect(one.headers.get('location')).toContain(`employee=${ben}`)
    expect(await page('/time-entries?who=ann')).toMatch(
      /Several employees match “ann”\. Which one\? Ann Baker Annabel Lee/,
    )
    expect(await page('/time-entries?who=zoe')).toContain('No employee matches “zoe”. Everyone is shown.')
  })

  it('has the pay periods that the settings say', async () => {
    const payPeriodLink = async () =>
      /href="([^"]*)"[^>]*>Last pay period/.exec(await (await admin.get('/time-entries')).text())?.[1] ?? ''
    const before = await payPeriodLink()
    await changeSettings(office.db, { payPeriods: 'month' }, 'test')
    const link = new URLSearchParams((await payPeriodLink()).replaceAll('&amp;', '&').split('?')[1])
    expect(link.get('from')).toMatch(/-01$/)
    expect(await payPeriodLink()).not.toBe(before)
  })

  it('turns a range that is the wrong way round', async () => {
    expect(await page('/time-entries?from=2026-11-18&to=2026-11-16')).toContain('Worked 20 h 47 min')
  })

  it.each([
    '?from=9999-12-31&to=9999-12-31&view=days',
    '?from=0000-01-01&to=9999-12-31&view=days',
    '?from=2026-02-30&to=x',
    '?from[]=1&to[]=2',
    '?employee=x&job=x&view=x&page=x&voided=x',
    '?page=100000',
    `?who=${'x'.repeat(3000)}`,
    '?who=%00',
  ])('takes addresses that make no sense: %s', async query => {
    expect((await admin.get(`/time-entries${query}`)).status).toBe(200)
  })

  it('of an employee who is nobody is not found', async () => {
    expect((await admin.get('/time-entries?employee=99')).status).toBe(404)
  })
})

describe('marks', () => {
  const today = () => page('/time-entries')
  it('tell what is wrong with a voice check', async () => {
    const now = Date.now()
    await office.call(ann, { at: now - 3 * MINUTE, voice: SPOKEN })
    await office.call(ben, { at: now - 2 * MINUTE, voice: { ...SPOKEN, hasSpeech: false } })
    await office.call(await office.hire('Cleo'), { at: now - MINUTE })
    let said = await today()
    expect(said).toMatch(/Cleo .* no voice check/)
    expect(said).toMatch(/Ben Carter .* silent voice check/)
    expect(said).not.toContain('doubtful')
    await judgeVoiceCheck(office.db, { id: 1, verdict: 'doubtful', actor: 'test' })
    said = await today()
    expect(said).toMatch(/Ann Baker .* doubtful/)
    rmSync(join(office.directory, 'recordings'), { recursive: true })
    expect(await today()).toContain('recording lost')
  })

  it('tell of a clock-out that is missing, as the page for them does', async () => {
    await office.call(ann, { at: Date.now() - 17 * HOUR })
    await office.call(ben, { at: Date.now() - 2 * DAY })
    await office.call(ben, { at: Date.now() - HOUR })
    const yesterday = dateOf(Date.now() - 2 * DAY, NEW_YORK)
    expect(await page(`/time-entries?from=${yesterday}&to=${dateOf(Date.now(), NEW_YORK)}`)).toMatch(
      /Ann Baker .* missing clock-out/,
    )
    expect(await page()).toContain('Missing clock-outs, of any day 2')
    expect(await page('/time-entries/missing')).toMatch(
      /Ben Carter .* missing clock-out .* Ann Baker .* missing clock-out/,
    )
  })
})

describe('a correction', () => {
  const IN = at('2026-11-16T08:05:40-05:00')
  const OUT = at('2026-11-16T16:32:20-05:00')

  beforeEach(() => work(ann, IN, OUT, roof))

  it('changes the entry, tells from what to what, who and why, and leaves the punches as they were', async () => {
    const punches = await office.db.selectFrom('punches').selectAll().execute()
    const response = await correct(1, { clockIn: '2026-11-16T07:45', clockOut: local(OUT) })
    expect(response.headers.get('location')).toBe('/time-entries/1')
    expect(await entries()).toEqual([
      {
        employee_id: ann,
        clock_in_at: at('2026-11-16T07:45:00-05:00'),
        clock_out_at: OUT,
        job_id: null,
        state: 'closed',
        revision: 3,
      },
    ])
    const said = await page('/time-entries/1')
    expect(said).toContain('The entry is corrected.')
    expect(said).toContain('clock-in: Mon, Nov 16, 8:05 AM → Mon, Nov 16, 7:45 AM')
    expect(said).toContain('job: Roof → none')
    expect(said).toContain('Told by Ann')
    expect(said).toContain(EMAIL)
    expect(said).toMatch(/Clock-in Mon, Nov 16, 8:05 AM withheld/)
    expect(await office.db.selectFrom('punches').selectAll().execute()).toEqual(punches)
    expect(await page('/time-entries?from=2026-11-16&to=2026-11-16')).toMatch(/8 h 47 min corrected/)
  })

  it('tells the second of two admins, who overwrites nothing unseen', async () => {
    await correct(1, { clockIn: '2026-11-16T07:45', clockOut: local(OUT) })
    const second = await correct(1, { clockIn: local(IN), clockOut: '2026-11-16T17:00' })
    expect(second.status).toBe(409)
    const said = await words(second)
    expect(said).toContain('Nothing was changed: this entry has changed since you opened it.')
    expect(said).toContain('8:05 AM → Mon, Nov 16, 7:45 AM')
    expect(await entries()).toMatchObject([{ clock_in_at: at('2026-11-16T07:45:00-05:00'), clock_out_at: OUT }])
  })

  it('that comes twice is made once', async () => {
    const fields = { clockIn: '2026-11-16T07:45', clockOut: local(OUT) }
    const answers = await Promise.all([correct(1, fields), correct(1, fields)])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(await office.db.selectFrom('entry_corrections').selectAll().execute()).toHaveLength(1)
  })

  it('tells the admin when a call has changed the entry meanwhile', async () => {
    const now = Date.now()
    await office.call(ben, { at: now - HOUR })
    await office.call(ben, { at: now })
    const response = await correct(2, { revision: '1', clockIn: local(now - 2 * HOUR), clockOut: '' })
    expect(response.status).toBe(409)
    expect((await entries())[1]).toMatchObject({ clock_out_at: now, state: 'closed' })
  })

  it.each([
    ['no reason', { reason: ' ' }, 'Say why: it stays with the entry.'],
    ['no clock-in', { clockIn: '' }, 'Give a day and a time'],
    ['a clock-in that is none', { clockIn: 'this morning' }, 'Give a day and a time'],
    ['a year that is mistyped', { clockIn: '0026-11-16T08:05' }, 'Give a day and a time'],
    ['out before in', { clockOut: '2026-11-16T08:00' }, 'The clock-out is before the clock-in.'],
    ['a time to come', { clockOut: '2199-11-16T08:00' }, 'This time has not come yet.'],
    ['eight days', { clockIn: '2026-11-08T08:00' }, 'An entry is at most seven days long.'],
    ['a job that is none', { job: '99' }, 'There is no such job.'],
    [
      'another entry',
      { clockOut: '2026-11-16T19:00' },
      'Ann Baker has another entry, from Mon, Nov 16, 6:00 PM to Mon, Nov 16, 8:00 PM',
    ],
  ])('is refused with a sentence for %s, and what was typed stays', async (_, fields, sentence) => {
    await work(ann, at('2026-11-16T18:00:00-05:00'), at('2026-11-16T20:00:00-05:00'))
    const before = await entries()
    const response = await correct(1, { clockIn: local(IN), clockOut: local(OUT), ...fields })
    expect(response.status).toBe(422)
    expect(await faultIn(response)).toContain(sentence)
    expect(await entries()).toEqual(before)
  })

  it.each(['', 'revision=2', 'revision=x&clockIn=a&clockOut=b&job=&reason=c', '%'])(
    'from a form that is not ours is refused: %j',
    async body => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      expect((await admin.post('/time-entries/1', body, headers)).status).toBe(400)
    },
  )

  it('may take the clock-out away: the employee is in again', async () => {
    await correct(1, { clockIn: local(IN), clockOut: '' })
    expect(await entries()).toMatchObject([{ state: 'open', clock_out_at: null }])
  })

  it('keeps a job that is not active any more', async () => {
    await setJobActive(office.db, roof, false, 'test')
    expect((await correct(1, { clockIn: '2026-11-16T07:45', clockOut: local(OUT), job: `${roof}` })).status).toBe(303)
    expect(await page('/time-entries/1')).toContain('Roof (not active)')
  })
})

describe('on a night when the clocks go back', () => {
  const fields = { clockIn: '2026-11-01T01:30', clockOut: '2026-11-01T09:00' }

  beforeEach(() => work(ann, at('2026-10-31T22:00:00-04:00'), at('2026-10-31T23:00:00-04:00')))

  it('an admin is asked which of two times is meant', async () => {
    const response = await add(fields)
    expect(response.status).toBe(422)
    const said = await words(response)
    expect(said).toContain('showed this time twice. Choose which of the two is meant.')
    expect(said).toContain('The first (before the clocks went back, UTC-04:00)')
    await add({ ...fields, clockInOffset: '-05:00' })
    expect(await page('/time-entries?from=2026-11-01&to=2026-11-01')).toContain('Worked 7 h 30 min')
  })

  it('the first of the two makes the shift an hour longer', async () => {
    await add({ ...fields, clockInOffset: '-04:00' })
    expect(await page('/time-entries?from=2026-11-01&to=2026-11-01')).toContain('Worked 8 h 30 min')
  })

  it('a time that the clocks skip in spring is refused', async () => {
    expect(await faultIn(await add({ clockIn: '2026-03-08T02:30', clockOut: '2026-03-08T09:00' }))).toContain(
      'skipped this time',
    )
  })
})

describe('an entry that no call made', () => {
  it('is added with a reason', async () => {
    const response = await add({ clockIn: '2026-11-16T08:00', clockOut: '2026-11-16T12:00', job: `${roof}` })
    const said = await page(response.headers.get('location') ?? '')
    expect(said).toContain('An entry for Ann Baker is added.')
    expect(said).toContain('No call made this entry: an admin added it.')
    expect(said).toMatch(/added .* No phone that day/)
    expect(await page('/time-entries?from=2026-11-16&to=2026-11-16')).toContain('Worked 4 h 0 min')
  })

  it('is added once when the form comes twice', async () => {
    const fields = { clockIn: '2026-11-16T08:00', clockOut: '2026-11-16T12:00' }
    const answers = await Promise.all([add(fields), add(fields)])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(await page('/time-entries/1')).toMatch(/An entry for Ann Baker is added|Ann Baker has this entry already/)
    expect(await entries()).toHaveLength(1)
  })

  it('can’t overlap the one that is open', async () => {
    const since = Date.now() - 2 * HOUR
    await office.call(ann, { at: since })
    const response = await add({ clockIn: local(since - HOUR), clockOut: local(since + HOUR) })
    expect(await faultIn(response)).toMatch(/^Ann Baker is in since .*: the two entries would overlap\.$/)
  })

  it('is for somebody: without an employee one is asked for', async () => {
    expect(await page('/time-entries/new')).toContain('Employee')
    expect(await page('/time-entries/new?who=ben')).toContain('Ben Carter')
    expect((await add({}, 99)).status).toBe(200)
    expect(await entries()).toEqual([])
  })

  it('is not for a job that is not active', async () => {
    await setJobActive(office.db, roof, false, 'test')
    const response = await add({ clockIn: '2026-11-16T08:00', clockOut: '2026-11-16T12:00', job: `${roof}` })
    expect(await faultIn(response)).toBe('There is no such active job.')
  })
})

describe('a void entry', () => {
  const voidIt = (voidReason: string, revision = '2') =>
    admin.post('/time-entries/1/void', new URLSearchParams({ revision, voidReason }))

  beforeEach(() => work(ann, at('2026-11-16T08:00:00-05:00'), at('2026-11-16T12:00:00-05:00')))

  it('counts for nothing, stays on record with its reason, and makes room', async () => {
    await voidIt('It was her brother')
    const said = await page('/time-entries/1')
    expect(said).toMatch(/voided It was her brother/)
    expect(said).not.toContain('Correct the entry')
    const range = 'from=2026-11-16&to=2026-11-16'
    expect(await page(`/time-entries?${range}`)).toContain('Worked 0 min 0.00 hours')
    expect(await page(`/time-entries?${range}`)).toContain('No time entries here.')
    expect(await page(`/time-entries?${range}&voided=yes`)).toMatch(/Ann Baker .* void/)
    expect((await add({ clockIn: '2026-11-16T08:00', clockOut: '2026-11-16T12:00' })).status).toBe(303)
  })

  it('needs a reason', async () => {
    const response = await voidIt('')
    expect(response.status).toBe(422)
    expect(await faultIn(response)).toBe('Say why: it stays with the entry.')
  })

  it('was still as the admin saw it', async () => {
    expect((await voidIt('Wrong', '1')).status).toBe(409)
    expect(await entries()).toMatchObject([{ state: 'closed' }])
  })

  it('can’t be corrected any more', async () => {
    await voidIt('Wrong')
    const response = await correct(1, { revision: '3', clockIn: '2026-11-16T09:00', clockOut: '2026-11-16T12:00' })
    expect(response.status).toBe(409)
    expect(await entries()).toMatchObject([{ state: 'voided' }])
  })
})

it('an entry that is none is not found', async () => {
  for (const path of ['/time-entries/99', '/time-entries/0', '/time-entries/x', '/time-entries/1e3']) {
    expect([path, (await admin.get(path)).status]).toEqual([path, 404])
  }
  expect((await correct(99, { clockIn: 'x', clockOut: '' })).status).toBe(404)
})

it('whoever is not signed in sees and changes nothing', async () => {
  await work(ann, at('2026-11-16T08:00:00-05:00'), at('2026-11-16T12:00:00-05:00'))
  const visitor = new Visitor(office)
  for (const path of ['/time-entries', '/time-entries/1', '/time-entries/new', '/time-entries/missing']) {
    expect([path, (await visitor.get(path)).headers.get('location')]).toEqual([path, expect.stringMatching('/sign-in')])
  }
  const before = await entries()
  await correct(1, { clockIn: '2026-11-16T09:00', clockOut: '2026-11-16T12:00' }, visitor)
  expect(await entries()).toEqual(before)
})
