import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'
import { addEntry, at, exported, exportText } from './support/payroll.js'

let office: Office
let ann: number

beforeEach(async () => {
  office = await openOffice()
  ann = await office.hire('Ann Baker')
})

afterEach(() => office.close())

const NOVEMBER = { from: '2026-11-01', to: '2026-11-30' }

it('a column is never renamed or moved, and new ones come at the end', async () => {
  expect(await exportText(office.db, 'entries', NOVEMBER)).toBe(
    'entry,employee number,payroll number,employee,job,clock-in,clock-out,state,worked minutes,worked hours,' +
      'minutes in range,hours in range,corrected,clock-in voice check,clock-out voice check\r\n',
  )
})

it('an entry is a row with times in the company’s zone, minutes and decimal hours', async () => {
  await office.db.updateTable('employees').set({ payroll_number: 'P-7' }).execute()
  const jobId = await addJob(office.db, { name: 'Roofing', phoneCode: '12' }, 'test')
  await office.call(ann, { at: at('2026-11-23T08:05:59'), jobId, voice: SPOKEN })
  await office.call(ann, { at: at('2026-11-23T16:32:00') })
  expect(await exported(office.db, 'entries', NOVEMBER)).toEqual([
    {
      entry: '1',
      'employee number': String(ann),
      'payroll number': 'P-7',
      employee: 'Ann Baker',
      job: 'Roofing',
      'clock-in': '2026-11-23T08:05:59-05:00',
      'clock-out': '2026-11-23T16:32:00-05:00',
      state: 'closed',
      'worked minutes': '507',
      'worked hours': '8.45',
      'minutes in range': '507',
      'hours in range': '8.45',
      corrected: 'no',
      'clock-in voice check': 'not heard',
      'clock-out voice check': 'none',
    },
  ])
})

describe('the range', () => {
  const overMidnight = () =>
    addEntry(office.db, {
      employee_id: ann,
      clock_in_at: at('2026-11-10T22:00'),
      clock_out_at: at('2026-11-11T06:00'),
    })
  const inRange = async (from: string, to: string) =>
    (await exported(office.db, 'entries', { from, to })).map(row => [row['worked minutes'], row['minutes in range']])

  it('takes an entry over midnight on both days, each with its minutes', async () => {
    await overMidnight()
    expect(await inRange('2026-11-10', '2026-11-10')).toEqual([['480', '120']])
    expect(await inRange('2026-11-11', '2026-11-11')).toEqual([['480', '360']])
    expect(await inRange('2026-11-10', '2026-11-11')).toEqual([['480', '480']])
    expect(await inRange('2026-11-12', '2026-11-12')).toEqual([])
    expect(await inRange('2026-11-09', '2026-11-09')).toEqual([])
  })

  it('takes the longest entry there can be on its last day', async () => {
    const clock_in_at = at('2026-11-03T12:00')
    await addEntry(office.db, { employee_id: ann, clock_in_at, clock_out_at: clock_in_at + 7 * DAY })
    expect(await inRange('2026-11-10', '2026-11-10')).toEqual([['10080', '720']])
  })

  it('takes an open entry and a missing clock-out by their clock-in, without minutes', async () => {
    await addEntry(office.db, { employee_id: ann, clock_in_at: at('2026-11-09T08:00'), state: 'missing-clock-out' })
    await addEntry(office.db, { employee_id: ann, clock_in_at: at('2026-11-10T08:00') })
    const rows = await exported(office.db, 'entries', { from: '2026-11-09', to: '2026-11-10' })
    expect(rows.map(row => [row.state, row['clock-out'], row['worked minutes'], row['hours in range']])).toEqual([
      ['missing-clock-out', '', '', ''],
      ['open', '', '', ''],
    ])
    expect(await inRange('2026-11-11', '2026-11-11')).toEqual([])
  })

  it('leaves out what was voided', async () => {
    await overMidnight()
    await office.db.updateTable('time_entries').set({ state: 'voided' }).execute()
    expect(await inRange('2026-11-10', '2026-11-11')).toEqual([])
  })

  it('can be of one employee or one job', async () => {
    const ben = await office.hire('Ben')
    const job = await addJob(office.db, { name: 'Office', phoneCode: null }, 'test')
    await overMidnight()
    await addEntry(office.db, {
      employee_id: ben,
      job_id: job,
      clock_in_at: at('2026-11-10T08:00'),
      clock_out_at: at('2026-11-10T09:00'),
    })
    const names = async (only: object) =>
      (await exported(office.db, 'entries', { ...NOVEMBER, ...only })).map(row => row.employee)
    expect(await names({ employeeId: ann })).toEqual(['Ann Baker'])
    expect(await names({ jobId: job })).toEqual(['Ben'])
    expect(await names({ employeeId: ann, jobId: job })).toEqual([])
  })
})

it.each([
  [
    'New York as the clock goes back',
    'America/New_York',
    '2026-10-31T22:00',
    '2026-11-01T06:00',
    '540',
    '-04:00',
    '-05:00',
  ],
  [
    'New York as the clock goes forward',
    'America/New_York',
    '2026-03-07T22:00',
    '2026-03-08T06:00',
    '420',
    '-05:00',
    '-04:00',
  ],
  [
    'Lord Howe as the clock goes back',
    'Australia/Lord_Howe',
    '2026-04-04T22:00',
    '2026-04-05T06:00',
    '510',
    '+11:00',
    '+10:30',
  ],
  [
    'Lord Howe as the clock goes forward',
    'Australia/Lord_Howe',
    '2026-10-03T22:00',
    '2026-10-04T06:00',
    '450',
    '+10:30',
    '+11:00',
  ],
])('a night in %s is right to the minute', async (_night, timeZone, clockIn, clockOut, minutes, before, after) => {
  await addEntry(office.db, {
    employee_id: ann,
    clock_in_at: at(clockIn, timeZone),
    clock_out_at: at(clockOut, timeZone),
  })
  const [row] = await exported(office.db, 'entries', { from: '2026-01-01', to: '2026-12-31', timeZone })
  expect([row?.['clock-in'], row?.['clock-out'], row?.['worked minutes']]).toEqual([
    `${clockIn}:00${before}`,
    `${clockOut}:00${after}`,
    minutes,
  ])
})

it('the two one-o’clocks of the night the clock goes back differ by their offset', async () => {
  await addEntry(office.db, {
    employee_id: ann,
    clock_in_at: at('2026-11-01T01:15'),
    clock_out_at: at('2026-11-01T01:15', 'America/New_York', 'second'),
  })
  const [row] = await exported(office.db, 'entries', NOVEMBER)
  expect([row?.['clock-in'], row?.['clock-out'], row?.['worked minutes']]).toEqual([
    '2026-11-01T01:15:00-04:00',
    '2026-11-01T01:15:00-05:00',
    '60',
  ])
})

it('what could be a formula is none, and odd names come back as they are', async () => {
  const names = ['=HYPERLINK("http://evil.example";"pay")', 'Ann "Annie", Baker\n👩🏽‍🏭', '+1', '-1', '@x']
  for (const name of names) {
    const employee_id = await office.hire(name)
    await addEntry(office.db, {
      employee_id,
      clock_in_at: at('2026-11-10T08:00'),
      clock_out_at: at('2026-11-10T09:00'),
    })
  }
  const job = await addJob(office.db, { name: '=1+1', phoneCode: null }, 'test')
  await office.db
    .updateTable('employees')
    .set({ payroll_number: '@SUM(A1)' })
    .where('id', '=', ann + 1)
    .execute()
  await office.db.updateTable('time_entries').set({ job_id: job }).execute()
  const rows = await exported(office.db, 'entries', NOVEMBER)
  expect(rows.map(row => row.employee)).toEqual([`'${names[0]}`, names[1], "'+1", "'-1", "'@x"])
  expect([rows[0]?.job, rows[0]?.['payroll number']]).toEqual(["'=1+1", "'@SUM(A1)"])
})

it('says whether an admin corrected the entry, and what the voice checks are', async () => {
  const silent = { ...SPOKEN, hasSpeech: false }
  await office.call(ann, { at: at('2026-11-10T08:00'), voice: silent })
  await office.call(ann, { at: at('2026-11-10T12:00'), voice: SPOKEN })
  await office.db.updateTable('voice_checks').set({ verdict: 'doubtful', judged_at: 1 }).where('id', '=', 2).execute()
  const added = await addEntry(office.db, {
    employee_id: ann,
    clock_in_at: at('2026-11-11T08:00'),
    clock_out_at: at('2026-11-11T09:00'),
  })
  await office.db
    .insertInto('entry_corrections')
    .values({ entry_id: added, at: 1, actor: 'x', action: 'added', reason: 'y', to_clock_in_at: 1, to_state: 'closed' })
    .execute()
  const rows = await exported(office.db, 'entries', NOVEMBER)
  expect(rows.map(row => [row.corrected, row['clock-in voice check'], row['clock-out voice check']])).toEqual([
    ['no', 'silent', 'doubtful'],
    ['yes', '', ''],
  ])
})

it('more entries than are read at once come out once each, in order', async () => {
  const clock_in_at = at('2026-11-10T08:00')
  const many = Array.from({ length: 1100 }, (_, i) => ({
    employee_id: ann,
    state: 'closed' as const,
    clock_in_at: clock_in_at + (i % 3),
    clock_out_at: clock_in_at + 3,
  }))
  await office.db.insertInto('time_entries').values(many).execute()
  const rows = await exported(office.db, 'entries', NOVEMBER)
  expect(new Set(rows.map(row => row.entry)).size).toBe(1100)
  const days = await exported(office.db, 'employee-days', NOVEMBER)
  expect(days.map(row => row.entries)).toEqual(['1100'])
})
