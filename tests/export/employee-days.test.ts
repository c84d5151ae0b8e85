import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY, MINUTE } from '../../src/clock/time.js'
import { type Office, openOffice } from '../web/support/office.js'
import { addEntry, at, exported, exportText } from './support/payroll.js'

let office: Office
let ann: number

beforeEach(async () => {
  office = await openOffice()
  ann = await office.hire('Ann Baker')
})

afterEach(() => office.close())

const NOVEMBER = { from: '2026-11-01', to: '2026-11-30' }
const work = (clockIn: string, clockOut: string, employee_id = ann) =>
  addEntry(office.db, { employee_id, clock_in_at: at(clockIn), clock_out_at: at(clockOut) })

it('a column is never renamed or moved, and new ones come at the end', async () => {
  expect(await exportText(office.db, 'employee-days', NOVEMBER)).toBe(
    'date,employee number,payroll number,employee,minutes,hours,entries,first clock-in,last clock-out,' +
      'missing clock-outs,open entries\r\n',
  )
})

it('a day’s entries are one row', async () => {
  await work('2026-11-23T08:05', '2026-11-23T12:00')
  await work('2026-11-23T12:30', '2026-11-23T16:32')
  expect(await exported(office.db, 'employee-days', NOVEMBER)).toEqual([
    {
      date: '2026-11-23',
      'employee number': String(ann),
      'payroll number': '',
      employee: 'Ann Baker',
      minutes: '477',
      hours: '7.95',
      entries: '2',
      'first clock-in': '2026-11-23T08:05:00-05:00',
      'last clock-out': '2026-11-23T16:32:00-05:00',
      'missing clock-outs': '0',
      'open entries': '0',
    },
  ])
})

it('an entry over midnight is on both days, with the minutes of each', async () => {
  await work('2026-11-10T22:00', '2026-11-11T06:00')
  const days = await exported(office.db, 'employee-days', NOVEMBER)
  expect(days.map(row => [row.date, row.minutes, row.entries, row['first clock-in'], row['last clock-out']])).toEqual([
    ['2026-11-10', '120', '1', '2026-11-10T22:00:00-05:00', '2026-11-11T06:00:00-05:00'],
    ['2026-11-11', '360', '1', '2026-11-10T22:00:00-05:00', '2026-11-11T06:00:00-05:00'],
  ])
  const second = await exported(office.db, 'employee-days', { from: '2026-11-11', to: '2026-11-11' })
  expect(second.map(row => [row.date, row.minutes])).toEqual([['2026-11-11', '360']])
})

it('an entry that ends at midnight is on its own day alone', async () => {
  await work('2026-11-10T16:00', '2026-11-11T00:00:30')
  const days = await exported(office.db, 'employee-days', NOVEMBER)
  expect(days.map(row => [row.date, row.minutes])).toEqual([['2026-11-10', '480']])
})

it('a missing clock-out and an open entry are counted apart, and are no minutes', async () => {
  await work('2026-11-10T08:00', '2026-11-10T09:00')
  await addEntry(office.db, { employee_id: ann, clock_in_at: at('2026-11-10T10:00'), state: 'missing-clock-out' })
  await addEntry(office.db, { employee_id: ann, clock_in_at: at('2026-11-11T10:00') })
  const days = await exported(office.db, 'employee-days', NOVEMBER)
  expect(days.map(row => [row.minutes, row.entries, row['missing clock-outs'], row['open entries']])).toEqual([
    ['60', '2', '1', '0'],
    ['0', '1', '0', '1'],
  ])
})

it('rows come by employee’s name and then by day, also of someone who has left', async () => {
  const zoe = await office.hire('Zoë')
  const emile = await office.hire('Émile')
  await work('2026-11-12T08:00', '2026-11-12T09:00', zoe)
  await work('2026-11-10T08:00', '2026-11-10T09:00', zoe)
  await work('2026-11-11T08:00', '2026-11-11T09:00', emile)
  await work('2026-11-13T08:00', '2026-11-13T09:00')
  await office.db.updateTable('employees').set({ active: 0 }).where('id', '=', emile).execute()
  const days = await exported(office.db, 'employee-days', NOVEMBER)
  expect(days.map(row => `${row.employee} ${row.date}`)).toEqual([
    'Ann Baker 2026-11-13',
    'Émile 2026-11-11',
    'Zoë 2026-11-10',
    'Zoë 2026-11-12',
  ])
})

it('a formula as a name is harmless', async () => {
  await work('2026-11-10T08:00', '2026-11-10T09:00', await office.hire('=1+1'))
  const [row] = await exported(office.db, 'employee-days', NOVEMBER)
  expect(row?.employee).toBe("'=1+1")
})

it('every minute of random work is on one day, as counting minute by minute finds, over clock changes and a skipped day', async () => {
  const zones = [
    ['America/New_York', '2026-10-29', '2026-11-05'],
    ['America/New_York', '2026-03-05', '2026-03-12'],
    ['Australia/Lord_Howe', '2026-04-02', '2026-04-09'],
    ['Australia/Lord_Howe', '2026-10-01', '2026-10-08'],
    ['Pacific/Apia', '2011-12-27', '2012-01-03'],
  ] as const
  const Work = fc.record({ start: fc.integer({ min: 0, max: 6 * 1440 }), length: fc.integer({ min: 0, max: 2000 }) })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...zones), fc.array(Work, { maxLength: 6 }), async (zone, works) => {
      const [timeZone, from, to] = zone
      await office.db.deleteFrom('time_entries').execute()
      const began = at(`${from}T12:00`, timeZone) - DAY
      const expected = new Map<string, number>()
      for (const { start, length } of works) {
        const clock_in_at = began + start * MINUTE
        await addEntry(office.db, { employee_id: ann, clock_in_at, clock_out_at: clock_in_at + length * MINUTE })
        for (let minute = 0; minute < length; minute++) {
          const instant = Temporal.Instant.fromEpochMilliseconds(clock_in_at + minute * MINUTE)
          const date = instant.toZonedDateTimeISO(timeZone).toPlainDate().toString()
          if (date >= from && date <= to) expected.set(date, (expected.get(date) ?? 0) + 1)
        }
      }
      const days = await exported(office.db, 'employee-days', { from, to, timeZone })
      const found = days.filter(row => row.minutes !== '0').map(row => [row.date ?? '', Number(row.minutes)])
      expect(found).toEqual([...expected].sort())
      const entries = await exported(office.db, 'entries', { from, to, timeZone })
      const sum = (rows: number[]) => rows.reduce((total, minutes) => total + minutes, 0)
      expect(sum(entries.map(row => Number(row['minutes in range'])))).toBe(sum([...expected.values()]))
    }),
    { numRuns: 12 },
  )
})
