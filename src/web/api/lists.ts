/** The API's lists: what each can be asked, what it answers, and how its pages are read. */
import { z } from 'zod'
import { endOfDay, startOfDay } from '../../calendar.js'
import type { Instant } from '../../clock/time.js'
import { workedMinutes } from '../../clock/worked-time.js'
import { readEmployeePage, readPunchPage } from '../../store/api-pages.js'
import { readEntryPage } from '../../store/entry-pages.js'
import type { TimeEntry } from '../../store/time-entries.js'
import type { Site } from '../site.js'
import { BadParameter } from './bad-parameter.js'
import { cursorFor } from './cursor.js'

const Day = z.iso.date('a day, such as 2026-11-23')
const EmployeeNumber = z.string().regex(/^\d{1,15}$/, 'an employee’s number')
const Cursor = z.string().min(1, 'what `next` of the page before says')
const Limit = z
  .string()
  .regex(/^([1-9]\d{0,2}|1000)$/, 'a whole number from 1 to 1000')
  .optional()

const Paging = {
  cursor: Cursor.optional().describe('`next` of the page before; the other parameters stay as they were'),
  limit: Limit.describe('How many at most, 1 to 1000; 100 when left out'),
}
const Range = {
  from: Day.optional().describe('First day, in the zone that the answer names'),
  to: Day.optional().describe('Last day, itself included'),
  employee: EmployeeNumber.optional().describe('Of this employee alone, by number'),
}

const InstantText = z.iso.datetime().describe('In UTC, such as 2026-11-23T13:05:00.000Z')
const Id = z.int().min(1)
const Person = {
  employeeId: Id,
  employee: z.string().describe('Name'),
  payrollNumber: z.string().nullable().describe('The company’s own number for the employee'),
}
const JobOf = { jobId: Id.nullable(), job: z.string().nullable().describe('Name') }

export const Entry = z
  .object({
    id: Id,
    ...Person,
    ...JobOf,
    state: z
      .enum(['open', 'closed', 'missing-clock-out', 'voided'])
      .describe('Only closed entries count; an admin voided the voided ones'),
    clockIn: InstantText,
    clockOut: InstantText.nullable(),
    workedMinutes: z.int().min(0).nullable().describe('Whole minutes; null unless closed'),
    corrected: z.boolean().describe('An admin added or changed it'),
    revision: z.int().min(1).describe('Grows with each correction'),
    clockInPunchId: Id.nullable().describe('Null where an admin entered the time without a call'),
    clockOutPunchId: Id.nullable(),
  })
  .describe('A time entry: what payroll reads')

export const Punch = z
  .object({
    id: Id,
    ...Person,
    ...JobOf,
    direction: z.enum(['in', 'out']),
    at: InstantText.describe('When the call was answered, which is when the punch counts'),
    committedAt: InstantText.describe('When it was written down: for one that an admin assigned, later than `at`'),
    assigned: z.boolean().describe('An admin assigned it from an unclaimed punch'),
  })
  .describe('One accepted clock-in or clock-out; never changed or deleted')

export const Employee = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string().nullable(),
    payrollNumber: Person.payrollNumber,
    active: z.boolean().describe('Can be set up for phone clocking'),
  })
  .describe('An employee. The phone clock ID is left out: with a PIN it clocks people in')

/** How a list answers. */
const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    timeZone: z.string().describe('The company’s zone (IANA), in which days are counted'),
    items: z.array(item),
    next: z.string().nullable().describe('The cursor of the next page; null at the end'),
  })

export const EntryPage = pageOf(Entry).describe('A page of time entries')
export const PunchPage = pageOf(Punch).describe('A page of punches')
export const EmployeePage = pageOf(Employee).describe('A page of employees')

interface ReadPage<Item> {
  readonly items: Item[]
  readonly next: string | null
}

export interface List<Query extends z.ZodObject = z.ZodObject, Item = unknown> {
  readonly path: `/${string}`
  readonly summary: string
  readonly description: string
  readonly query: Query
  readonly page: z.ZodType<{ timeZone: string; items: Item[]; next: string | null }>
  /** @throws BadParameter */
  read(site: Site, query: z.infer<Query>): Promise<ReadPage<Item>>
}

const list = <Query extends z.ZodObject, Item>(it: List<Query, Item>) => it

const placeCursor = (kind: string) => cursorFor(kind, z.tuple([z.int(), z.int()]))
const entryCursor = placeCursor('entries')
const punchCursor = placeCursor('punches')
const employeeCursor = cursorFor('employees', z.tuple([z.int()]))

export const entries = list({
  path: '/entries',
  summary: 'Time entries, by clock-in',
  description:
    'Every entry that touches the days: a night shift is on both of its days. Entries change: an open one is closed, an admin corrects one; `revision`, `state` and `clockOut` tell.',
  query: z.strictObject({ ...Range, ...Paging }),
  page: EntryPage,
  async read({ db, timeStyle }, query) {
    const filter = { ...rangeOf(query, timeStyle.timeZone), employeeId: numberOf(query.employee), jobId: null }
    const place = entryCursor.read(query.cursor)
    const after = place && { clockInAt: place[0], id: place[1] }
    const limit = limitOf(query)
    const found = await readEntryPage(db, filter, after, limit)
    return pageFrom(found, limit, toEntry, ({ clockInAt, id }) => entryCursor.write([clockInAt, id]))
  },
})

export const punches = list({
  path: '/punches',
  summary: 'Punches, by time',
  description:
    'Walking the pages gives each punch once, also while new ones are made. A punch that is assigned later comes in at its call’s time. To have each punch at once use a webhook.',
  query: z.strictObject({ ...Range, ...Paging }),
  page: PunchPage,
  async read({ db, timeStyle }, query) {
    const filter = { ...rangeOf(query, timeStyle.timeZone), employeeId: numberOf(query.employee) }
    const place = punchCursor.read(query.cursor)
    const after = place && { at: place[0], id: place[1] }
    const limit = limitOf(query)
    const found = await readPunchPage(db, filter, after, limit)
    return pageFrom(
      found,
      limit,
      ({ at, committedAt, isAssigned, ...punch }) => ({
        ...punch,
        at: utc(at),
        committedAt: utc(committedAt),
        assigned: isAssigned,
      }),
      ({ at, id }) => punchCursor.write([at, id]),
    )
  },
})

export const employees = list({
  path: '/employees',
  summary: 'Employees, by number',
  description: 'Those who have left too, unless `active` is given.',
  query: z.strictObject({
    active: z.enum(['true', 'false'], 'true or false').optional().describe('Only those who are active, or not'),
    ...Paging,
  }),
  page: EmployeePage,
  async read({ db }, query) {
    const active = query.active === undefined ? null : query.active === 'true'
    const limit = limitOf(query)
    const found = await readEmployeePage(db, active, employeeCursor.read(query.cursor)?.[0] ?? 0, limit)
    return pageFrom(
      found,
      limit,
      employee => employee,
      ({ id }) => employeeCursor.write([id]),
    )
  },
})

function toEntry(entry: TimeEntry): z.infer<typeof Entry> {
  const { id, employeeId, employee, payrollNumber, jobId, job, state, clockInAt, clockOutAt } = entry
  return {
    id,
    employeeId,
    employee,
    payrollNumber,
    jobId,
    job,
    state,
    clockIn: utc(clockInAt),
    clockOut: clockOutAt === null ? null : utc(clockOutAt),
    workedMinutes: state === 'closed' && clockOutAt !== null ? workedMinutes(clockInAt, clockOutAt) : null,
    corrected: entry.isCorrected,
    revision: entry.revision,
    clockInPunchId: entry.clockInPunchId,
    clockOutPunchId: entry.clockOutPunchId,
  }
}

/** A full page is followed by another, which may be empty. */
function pageFrom<Found, Item>(
  found: readonly Found[],
  limit: number,
  toItem: (one: Found) => Item,
  cursor: (last: Found) => string,
): ReadPage<Item> {
  const last = found.at(-1)
  return { items: found.map(toItem), next: last && found.length === limit ? cursor(last) : null }
}

/** The instants of the days; open ends reach as far as there can be entries. */
function rangeOf({ from, to }: { from?: string | undefined; to?: string | undefined }, timeZone: string) {
  if (from !== undefined && to !== undefined && from > to) {
    throw new BadParameter(`from: ${from} is after to, ${to}.`)
  }
  return {
    from: startOfDay(from ?? '0001-01-01', timeZone),
    to: endOfDay(to ?? '9999-12-31', timeZone),
  }
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}

function limitOf({ limit }: { limit?: string | undefined }): number {
  return limit === undefined ? 100 : Number(limit)
}

function utc(instant: Instant): string {
  return new Date(instant).toISOString()
}
