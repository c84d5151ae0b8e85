/** What the address of the time entries' page asks for, and the addresses that ask for something else. */
import { z } from 'zod'
import { addDays, endOfDay, isDate, startOfDay } from '../../calendar.js'
import { type DayRange, neighbour, payPeriodBefore, payPeriodOf, weekOf } from '../../pay-periods.js'
import type { Settings } from '../../store/settings.js'
import type { Span, WhoseTime } from '../../store/worked-totals.js'

export const VIEWS = ['entries', 'employees', 'jobs', 'days'] as const
export type View = (typeof VIEWS)[number]

/** Whatever makes no sense in the address counts as not asked. */
const Query = z.object({
  from: z.string().refine(isDate).nullable().catch(null),
  to: z.string().refine(isDate).nullable().catch(null),
  employee: z.coerce.number().int().positive().nullable().catch(null),
  who: z.string().trim().max(200).catch(''),
  job: z
    .union([z.literal('none'), z.coerce.number().int().positive()])
    .nullable()
    .catch(null),
  view: z.enum(VIEWS).catch('entries'),
  voided: z.literal('yes').nullable().catch(null),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
})

/** A longer range is cut at its end: each day of it would be a row. */
const MOST_DAYS = 400

export interface Wanted {
  readonly range: DayRange
  readonly employee: number | null
  /** A name that was typed, to find the employee by. */
  readonly who: string
  readonly job: number | 'none' | null
  readonly view: View
  readonly withVoided: boolean
  readonly page: number
}

/** Without a range, today. One whose days are the wrong way round is turned. */
export function wantedOf(query: unknown, today: string): Wanted {
  const { from, to, voided, ...rest } = Query.parse(query)
  const [first = today, last = first] = [from ?? to, to ?? from].map(day => day ?? today).sort()
  const latest = addDays(first, MOST_DAYS - 1)
  return { ...rest, range: { first, last: last > latest ? latest : last }, withVoided: voided === 'yes' }
}

export function spanOf({ first, last }: DayRange, timeZone: string): Span {
  return { from: startOfDay(first, timeZone), to: endOfDay(last, timeZone) }
}

export function whoseTime({ employee, job }: Wanted): WhoseTime {
  return {
    ...(employee !== null && { employeeId: employee }),
    ...(job !== null && { jobId: job === 'none' ? null : job }),
  }
}

/** The address that asks for this. */
export function addressOf({ range, employee, job, view, withVoided, page }: Wanted): string {
  const query = new URLSearchParams({
    from: range.first,
    to: range.last,
    ...(employee !== null && { employee: `${employee}` }),
    ...(job !== null && { job: `${job}` }),
    ...(view !== 'entries' && { view }),
    ...(withVoided && { voided: 'yes' }),
    ...(page > 1 && { page: `${page}` }),
  })
  return `/time-entries?${query}`
}

export interface Shortcut {
  readonly name: string
  readonly url: string
  readonly isCurrent: boolean
}

export function shortcuts(wanted: Wanted, today: string, settings: Settings): Shortcut[] {
  const yesterday = addDays(today, -1)
  const payPeriod = payPeriodOf(today, settings)
  const ranges: [string, DayRange][] = [
    ['Today', { first: today, last: today }],
    ['Yesterday', { first: yesterday, last: yesterday }],
    ['This week', weekOf(today)],
    ['Last week', weekOf(addDays(today, -7))],
    ['This pay period', payPeriod],
    ['Last pay period', payPeriodBefore(payPeriod, settings)],
  ]
  return ranges.map(([name, range]) => ({
    name,
    url: addressOf({ ...wanted, range, page: 1 }),
    isCurrent: range.first === wanted.range.first && range.last === wanted.range.last,
  }))
}

export function neighbours(wanted: Wanted): { readonly before: string; readonly after: string } {
  return {
    before: addressOf({ ...wanted, range: neighbour(wanted.range, -1), page: 1 }),
    after: addressOf({ ...wanted, range: neighbour(wanted.range, 1), page: 1 }),
  }
}
