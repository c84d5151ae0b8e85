import { describe, expect, it } from 'vitest'
import { type EntryTimes, judgeTimes, type OtherEntry } from '../../src/clock/correction.js'
import { DAY } from '../../src/clock/time.js'

const at = (time: string) => Date.parse(`2026-11-23T${time.length === 5 ? `${time}:00` : time}Z`)
const NOW = at('18:00')
const entry = (clockIn: string, clockOut: string | null): EntryTimes => ({
  clockInAt: at(clockIn),
  clockOutAt: clockOut === null ? null : at(clockOut),
})
const closed = (clockIn: string, clockOut: string): OtherEntry => ({ ...entry(clockIn, clockOut), isOpen: false })
const open = (clockIn: string): OtherEntry => ({ ...entry(clockIn, null), isOpen: true })
const missing = (clockIn: string): OtherEntry => ({ ...entry(clockIn, null), isOpen: false })
const judge = (wanted: EntryTimes, others: OtherEntry[] = [], wasMissing = false) =>
  judgeTimes(wanted, others, { now: NOW, wasMissing })
const faultOf = (wanted: EntryTimes, others: OtherEntry[] = []) => {
  const verdict = judge(wanted, others)
  return 'fault' in verdict ? verdict.fault.kind : verdict.state
}

describe('times that stand', () => {
  it.each([
    ['both make it closed', entry('08:00', '17:00'), [], 'closed'],
    ['a clock-out in the running minute', entry('08:00', '18:00:59'), [], 'closed'],
    ['no minute at all', entry('08:00', '08:00'), [], 'closed'],
    ['one after the other', entry('12:00', '17:00'), [closed('08:00', '12:00'), closed('17:00', '18:00')], 'closed'],
    ['seconds of a shared minute', entry('12:00:10', '17:00'), [closed('08:00', '12:00:50')], 'closed'],
    ['before the one that is open', entry('08:00', '12:00'), [open('12:30')], 'closed'],
    ['without a clock-out, and nothing later: in now', entry('08:00', null), [closed('06:00', '07:00')], 'open'],
    [
      'without a clock-out, and in again later: missing',
      entry('08:00', null),
      [closed('12:00', '13:00')],
      'missing-clock-out',
    ],
  ] as const)('%s', (_, wanted, others, state) => {
    expect(judge(wanted, [...others])).toEqual({ state })
  })

  it('without a clock-out where it was missing, it stays missing', () => {
    expect(judge(entry('08:00', null), [], true)).toEqual({ state: 'missing-clock-out' })
  })
})

describe('times that don’t', () => {
  it.each([
    ['a clock-in to come', entry('18:01', null), [], 'clock-in in the future'],
    ['a clock-out to come', entry('08:00', '18:01'), [], 'clock-out in the future'],
    ['out before in', entry('12:00', '08:00'), [], 'out before in'],
    ['the end in another entry', entry('08:00', '12:00'), [closed('11:00', '13:00')], 'overlap'],
    ['the beginning in another entry', entry('08:00', '12:00'), [closed('07:00', '08:01')], 'overlap'],
    ['another entry within', entry('08:00', '12:00'), [closed('09:00', '10:00')], 'overlap'],
    ['within another entry', entry('09:00', '10:00'), [closed('08:00', '12:00')], 'overlap'],
    ['the same as another entry', entry('08:00', '12:00'), [closed('08:00', '12:00')], 'overlap'],
    ['into the one that is open', entry('08:00', '12:00'), [open('11:00')], 'overlap'],
    ['in now, twice', entry('08:00', null), [open('07:00')], 'overlap'],
    ['over a clock-in without a clock-out', entry('08:00', '12:00'), [missing('09:00')], 'overlap'],
  ] as const)('%s', (_, wanted, others, fault) => {
    expect(faultOf(wanted, [...others])).toBe(fault)
  })

  it('more than seven days', () => {
    const clockOutAt = at('08:00')
    expect(faultOf({ clockInAt: clockOutAt - 7 * DAY, clockOutAt })).toBe('closed')
    expect(faultOf({ clockInAt: clockOutAt - 7 * DAY - 1, clockOutAt })).toBe('too long')
  })
})
