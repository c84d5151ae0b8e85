import { once } from 'node:events'
import { get as request } from 'node:http'
import { parse } from 'csv-parse/sync'
import { renderFile } from 'ejs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { addEntry, at } from '../export/support/payroll.js'
import { type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor
let ann: number

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  ann = await office.hire('Zoë "Ann" Baker')
  await addEntry(office.db, {
    employee_id: ann,
    clock_in_at: at('2026-11-10T22:00'),
    clock_out_at: at('2026-11-11T06:00'),
  })
})

afterEach(() => office.close())

const BOTH = ['entries', 'employee-days'] as const
const path = (kind: string, query = 'from=2026-11-01&to=2026-11-15') => `/time-entries/export/${kind}.csv?${query}`

it.each([
  ['entries', 'time-entries-2026-11-01-to-2026-11-15.csv', 1],
  ['employee-days', 'employee-days-2026-11-01-to-2026-11-15.csv', 2],
])('%s come as a file that says what it is, and that Excel reads', async (kind, name, rows) => {
  const response = await admin.get(path(kind))
  expect([response.status, response.headers.get('content-type'), response.headers.get('content-disposition')]).toEqual([
    200,
    'text/csv; charset=utf-8',
    `attachment; filename=${name}`,
  ])
  const bytes = Buffer.from(await response.arrayBuffer())
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  const found: Record<string, string>[] = parse(bytes, { columns: true, bom: true })
  expect(found.map(row => row.employee)).toEqual(Array(rows).fill('Zoë "Ann" Baker'))
})

it.each(BOTH)('%s can be of one employee and one job', async kind => {
  const ben = await office.hire('Ben')
  const lines = async (query: string) =>
    (await (await admin.get(path(kind, `from=2026-11-10&to=2026-11-10&${query}`))).text()).trim().split('\r\n').length -
    1
  expect([await lines(`employee=${ann}`), await lines(`employee=${ben}`), await lines('employee=&job=')]).toEqual([
    1, 0, 1,
  ])
})

it.each(BOTH)('%s are for admins alone', async kind => {
  const response = await new Visitor(office).get(path(kind))
  expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in'])
})

it.each([
  ['no days', '', 422, 'An export needs a first and a last day'],
  ['no such day', 'from=2026-02-30&to=2026-03-01', 422, 'An export needs a first and a last day'],
  ['a day in another form', 'from=11/01/2026&to=11/15/2026', 422, 'An export needs a first and a last day'],
  ['two first days', 'from=2026-11-01&from=2026-11-02&to=2026-11-15', 422, 'An export needs a first and a last day'],
  ['days that are swapped', 'from=2026-11-15&to=2026-11-01', 422, 'The first day, 2026-11-15, is after the last'],
  ['an unknown employee', 'from=2026-11-01&to=2026-11-15&employee=99', 404, 'There is no such employee'],
  ['an employee that is no number', 'from=2026-11-01&to=2026-11-15&employee=Ann', 404, 'There is no such employee'],
  ['an unknown job', 'from=2026-11-01&to=2026-11-15&job=9', 404, 'There is no such job'],
])('%s: a page with a sentence', async (_what, query, status, sentence) => {
  for (const kind of BOTH) {
    const response = await admin.get(path(kind, query))
    expect([response.status, await words(response)]).toEqual([status, expect.stringContaining(sentence)])
  }
})

it('all the time there can be is a range too', async () => {
  const text = await (await admin.get(path('employee-days', 'from=1900-01-01&to=2199-12-31'))).text()
  expect(text.trim().split('\r\n')).toHaveLength(3)
})

it('the links lead to what is shown, and to the page that explains it', async () => {
  const links = (given: object) => renderFile('views/partials/export-links.ejs', given)
  const all = await links({ from: '2026-11-01', to: '2026-11-15', employee: null, job: null })
  expect(all).toContain('href="/time-entries/export/entries.csv?from=2026-11-01&amp;to=2026-11-15"')
  expect(all).toContain('href="/time-entries/export"')
  expect(await links({ from: '2026-11-01', to: '2026-11-15', employee: 7, job: 2 })).toContain(
    'href="/time-entries/export/employee-days.csv?from=2026-11-01&amp;to=2026-11-15&amp;employee=7&amp;job=2"',
  )
})

it('the page names every column and what it holds', async () => {
  const text = await words(await admin.get('/time-entries/export'))
  expect(text).toContain('minutes in range of the entry’s minutes those on the days of the export')
  expect(text).toContain('missing clock-outs entries that began on this day, were never ended')
})

it('a client that goes away stops the reading', async () => {
  const clock_in_at = at('2026-11-10T08:00')
  for (let lot = 0; lot < 20; lot++) {
    const many = Array.from({ length: 1000 }, (_, i) => ({
      employee_id: ann,
      state: 'closed' as const,
      clock_in_at: clock_in_at + i,
      clock_out_at: clock_in_at + 1000,
    }))
    await office.db.insertInto('time_entries').values(many).execute()
  }
  const reads = vi.spyOn(office.db, 'selectFrom')
  const pagesRead = () => reads.mock.calls.filter(([table]) => String(table) === 'time_entries').length
  const download = request(office.url + path('entries'), { headers: { cookie: admin.cookie ?? '' } })
  const [response] = await once(download, 'response')
  await once(response, 'readable')
  download.destroy()
  response.on('error', () => {})
  if (!response.closed) await new Promise(resolve => response.once('close', resolve))
  let before = -1
  while (before !== pagesRead()) {
    before = pagesRead()
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  expect(pagesRead()).toBeLessThan(60)
  expect(pagesRead()).toBeGreaterThan(0)
})
