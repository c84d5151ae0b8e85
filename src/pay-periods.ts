/** The company's pay periods as days of the calendar. */
import { Temporal } from 'temporal-polyfill'
import type { PayPeriods } from './clock/pay-period.js'

/** From the first day to the last, both included. */
export interface DayRange {
  readonly first: string
  readonly last: string
}

/** How often people are paid, and a day on which such a period began (for weeks). */
export interface PayPeriodRule {
  readonly payPeriods: PayPeriods
  readonly payPeriodStart: string
}

/** The pay period that a date belongs to. */
export function payPeriodOf(date: string, { payPeriods, payPeriodStart }: PayPeriodRule): DayRange {
  const day = Temporal.PlainDate.from(date)
  switch (payPeriods) {
    case 'week':
      return weeksFrom(Temporal.PlainDate.from(payPeriodStart), 1, day)
    case 'two weeks':
      return weeksFrom(Temporal.PlainDate.from(payPeriodStart), 2, day)
    case 'half a month':
      return day.day <= 15
        ? range(day.with({ day: 1 }), day.with({ day: 15 }))
        : range(day.with({ day: 16 }), endOf(day))
    case 'month':
      return range(day.with({ day: 1 }), endOf(day))
  }
}

export function payPeriodBefore(period: DayRange, rule: PayPeriodRule): DayRange {
  return payPeriodOf(Temporal.PlainDate.from(period.first).subtract({ days: 1 }).toString(), rule)
}

/** Monday to Sunday. */
export function weekOf(date: string): DayRange {
  const day = Temporal.PlainDate.from(date)
  const monday = day.subtract({ days: day.dayOfWeek - 1 })
  return range(monday, monday.add({ days: 6 }))
}

/** The range of the same length right before (-1) or after (1). */
export function neighbour({ first, last }: DayRange, direction: -1 | 1): DayRange {
  const from = Temporal.PlainDate.from(first)
  const days = direction * (from.until(Temporal.PlainDate.from(last)).days + 1)
  return range(from.add({ days }), Temporal.PlainDate.from(last).add({ days }))
}

function weeksFrom(start: Temporal.PlainDate, weeks: number, day: Temporal.PlainDate): DayRange {
  const length = weeks * 7
  const periods = Math.floor(start.until(day).days / length)
  const first = start.add({ days: periods * length })
  return range(first, first.add({ days: length - 1 }))
}

function endOf(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.with({ day: day.daysInMonth })
}

function range(first: Temporal.PlainDate, last: Temporal.PlainDate): DayRange {
  return { first: first.toString(), last: last.toString() }
}
