/** Worked time added up, as the pages show it. */

import { daysBetween } from '../../calendar.js'
import { duration, fullDate } from '../../shown-time.js'
import { listJobs } from '../../store/jobs.js'
import { employeeNames } from '../../store/time-entry-list.js'
import { type WhoseTime, workedByDay, workedByEmployee, workedByJob } from '../../store/worked-totals.js'
import type { Site } from '../site.js'
import { addressOf, spanOf, type View, type Wanted } from './wanted.js'

export interface Worked {
  /** "8 h 27 min" */
  readonly text: string
  /** "8.45", as payroll multiplies it. */
  readonly decimal: string
}

export interface TotalView extends Worked {
  readonly name: string
  readonly minutes: number
  /** Its entries. */
  readonly url: string
}

function total(minutes: number): Worked & { readonly minutes: number } {
  return { minutes, ...worked(minutes) }
}

export function worked(minutes: number): Worked {
  return { text: duration(minutes), decimal: (minutes / 60).toFixed(2) }
}

/** The totals of a view, in its order. Who or what has no time in the range is left out. */
export async function totalsOf(
  { db, timeStyle }: Pick<Site, 'db' | 'timeStyle'>,
  view: Exclude<View, 'entries'>,
  wanted: Wanted,
  whose: WhoseTime,
): Promise<TotalView[]> {
  const entries = { ...wanted, view: 'entries', page: 1 } as const
  const span = spanOf(wanted.range, timeStyle.timeZone)
  switch (view) {
    case 'employees': {
      const minutes = await workedByEmployee(db, span, whose)
      const names = await employeeNames(db, 'all')
      return [...minutes]
        .map(([employee, sum]) => ({ employee, name: names.get(employee) ?? '', sum }))
        .sort((one, other) => byName.compare(one.name, other.name))
        .map(({ employee, name, sum }) => ({ name, url: addressOf({ ...entries, employee }), ...total(sum) }))
    }
    case 'jobs': {
      const minutes = await workedByJob(db, span, whose)
      const jobs = (await listJobs(db)).map(({ id, name }) => ({ id, name, url: addressOf({ ...entries, job: id }) }))
      return [...jobs, { id: null, name: 'No job', url: addressOf({ ...entries, job: 'none' }) }].flatMap(
        ({ id, name, url }) => {
          const sum = minutes.get(id)
          return sum === undefined ? [] : [{ name, url, ...total(sum) }]
        },
      )
    }
    case 'days': {
      const days = daysBetween(wanted.range.first, wanted.range.last, timeStyle.timeZone)
      const minutes = await workedByDay(db, days, whose)
      return days.map(({ date, from }, i) => ({
        name: fullDate(from, timeStyle),
        url: addressOf({ ...entries, range: { first: date, last: date } }),
        ...total(minutes[i] ?? 0),
      }))
    }
  }
}

const byName = new Intl.Collator('en')
