import { describe, expect, it } from 'vitest'
import { daysBetween, isDate } from '../../src/calendar.js'
import { readLocalTime, writeLocalTime } from '../../src/local-time.js'
import { neighbour, payPeriodBefore, payPeriodOf, weekOf } from '../../src/pay-periods.js'

const NEW_YORK = 'America/New_York'
const read = (text: string, offset: string | null = null, zone = NEW_YORK) => readLocalTime(text, offset, zone)
const instant = (iso: string) => ({ kind: 'instant', instant: Date.parse(iso) })

describe('a time that is typed', () => {
  it('is that of the company’s clocks', () => {
    expect(read('2026-11-23T08:05')).toEqual(instant('2026-11-23T08:05:00-05:00'))
    expect(read('2026-07-01T08:05')).toEqual(instant('2026-07-01T08:05:00-04:00'))
  })

  it('that the clocks skipped is none', () => {
    expect(read('2026-03-08T02:30')).toEqual({ kind: 'skipped' })
    expect(read('2026-10-04T02:15', null, 'Australia/Lord_Howe')).toEqual({ kind: 'skipped' })
    expect(read('2011-12-30T12:00', null, 'Pacific/Apia')).toEqual({ kind: 'skipped' })
  })

  it('that the clocks showed twice needs to be told apart', () => {
    expect(read('2026-11-01T01:30')).toEqual({ kind: 'twice', offsets: ['-04:00', '-05:00'] })
    expect(read('2026-11-01T01:30', '-04:00')).toEqual(instant('2026-11-01T01:30:00-04:00'))
    expect(read('2026-11-01T01:30', '-05:00')).toEqual(instant('2026-11-01T01:30:00-05:00'))
    expect(read('2026-11-01T01:30', '+09:00')).toEqual({ kind: 'twice', offsets: ['-04:00', '-05:00'] })
    expect(read('2026-04-05T01:45', null, 'Australia/Lord_Howe')).toEqual({
      kind: 'twice',
      offsets: ['+11:00', '+10:30'],
    })
  })

  it.each([
    '',
    'today',
    '2026-02-30T08:00',
    '2026-11-23',
    '2026-11-23T25:00',
    '0206-11-23T08:00',
    '2026-11-23T08:05:30',
  ])('%j is no time', text => expect(read(text)).toEqual({ kind: 'no time' }))

  it('is written as it is read', () => {
    expect(writeLocalTime(Date.parse('2026-11-23T13:05:59Z'), NEW_YORK)).toBe('2026-11-23T08:05')
  })
})

describe('days', () => {
  it('that a zone skipped are none', () => {
    const days = daysBetween('2011-12-28', '2012-01-01', 'Pacific/Apia').map(({ date }) => date)
    expect(days).toEqual(['2011-12-28', '2011-12-29', '2011-12-31', '2012-01-01'])
  })

  it.each(['9999-12-31', '0000-01-01', '2026-02-29', '2026-1-1', 'x', '2026-11-23T00:00'])('%s is none', text => {
    expect(isDate(text)).toBe(false)
  })
})

describe('a pay period', () => {
  const rule = { payPeriodStart: '2026-01-05' }
  it.each([
    ['week', '2026-11-23', '2026-11-23', '2026-11-29'],
    ['week', '2026-11-22', '2026-11-16', '2026-11-22'],
    ['two weeks', '2026-11-23', '2026-11-23', '2026-12-06'],
    ['two weeks', '2026-11-22', '2026-11-09', '2026-11-22'],
    ['two weeks', '2025-12-31', '2025-12-22', '2026-01-04'],
    ['half a month', '2026-11-15', '2026-11-01', '2026-11-15'],
    ['half a month', '2026-02-16', '2026-02-16', '2026-02-28'],
    ['month', '2028-02-29', '2028-02-01', '2028-02-29'],
  ] as const)('of a %s around %s is %s to %s', (payPeriods, day, first, last) => {
    expect(payPeriodOf(day, { ...rule, payPeriods })).toEqual({ first, last })
  })

  it.each([
    ['two weeks', '2026-11-09', '2026-10-26', '2026-11-08'],
    ['half a month', '2026-03-01', '2026-02-16', '2026-02-28'],
    ['month', '2026-03-31', '2026-02-01', '2026-02-28'],
  ] as const)('before that of a %s around %s is %s to %s', (payPeriods, day, first, last) => {
    const periods = { ...rule, payPeriods }
    expect(payPeriodBefore(payPeriodOf(day, periods), periods)).toEqual({ first, last })
  })

  it('and the range beside it meet without a gap', () => {
    expect(neighbour({ first: '2026-11-09', last: '2026-11-22' }, 1)).toEqual({
      first: '2026-11-23',
      last: '2026-12-06',
    })
    expect(neighbour({ first: '2026-03-01', last: '2026-03-31' }, -1)).toEqual({
      first: '2026-01-29',
      last: '2026-02-28',
    })
  })

  it('of a week is Monday to Sunday', () => {
    expect(weekOf('2026-11-22')).toEqual({ first: '2026-11-16', last: '2026-11-22' })
    expect(weekOf('2026-11-23')).toEqual({ first: '2026-11-23', last: '2026-11-29' })
  })
})
