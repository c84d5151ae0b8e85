/** What the faults' suite makes of a call: nothing that goes wrong may look well. */
import { expect, it } from 'vitest'
import type { Remembered } from '../../scripts/faults/caller.js'
import { judge, type OnRecord } from '../../scripts/faults/verdict.js'

const employee = { id: 7, phoneClockId: '48213', pin: '2468', number: '+15550100' }
const nothing: OnRecord = { punches: [], unclaimed: [] }
const punched: OnRecord = { punches: [{ direction: 'in', employeeId: 7, voice: 'speech' }], unclaimed: [] }
const kept: OnRecord = { punches: [], unclaimed: [{ keyedId: '48213', isKept: true, voice: 'speech' }] }

function call(heard: string, more: Partial<Remembered> = {}): Remembered {
  return {
    employee,
    manner: 'typist',
    dialledAt: 0,
    endedAt: 1,
    heard: heard.split(' '),
    endedBy: 'pbx',
    spoke: false,
    leftInSilence: false,
    ...more,
  }
}

it('a confirmed punch that is on record is no loss', () => {
  const verdict = judge(call('clocked-in-at number-8 a-m say-your-name tone thank-you-goodbye'), punched)
  expect(verdict).toMatchObject({ fate: 'punched', confirmed: true, confirmedLost: false, doubled: false, faults: [] })
})

it('a confirmed punch that is not on record is lost, also when another direction or another employee is', () => {
  const heard = call('clocked-in-at number-8 a-m')
  expect(judge(heard, nothing).confirmedLost).toBe(true)
  expect(
    judge(heard, { ...nothing, punches: [{ direction: 'out', employeeId: 7, voice: 'none' }] }).confirmedLost,
  ).toBe(true)
  expect(judge(heard, { ...nothing, punches: [{ direction: 'in', employeeId: 8, voice: 'none' }] }).confirmedLost).toBe(
    true,
  )
  expect(judge({ ...heard, endedBy: 'cut' }, nothing).confirmedLost).toBe(true)
})

it('a call that left two punches, or a punch and an unclaimed one, counts twice', () => {
  const heard = call('clocked-in-at')
  expect(judge(heard, { ...punched, unclaimed: kept.unclaimed }).doubled).toBe(true)
  expect(judge(heard, { punches: [...punched.punches, ...punched.punches], unclaimed: [] }).doubled).toBe(true)
})

it('a call that the PBX ended without a word is lost', () => {
  expect(judge(call('welcome'), nothing).fate).toBe('lost')
  expect(judge(call('clock-not-available call-again'), nothing).fate).toBe('apology')
  expect(judge(call('welcome', { endedBy: 'cut' }), nothing).fate).toBe('cut')
})

it('a caller who hung up is lost when it was for the silence', () => {
  expect(judge(call('welcome', { endedBy: 'caller' }), nothing).fate).toBe('hung up')
  expect(judge(call('welcome', { endedBy: 'caller', leftInSilence: true }), nothing).fate).toBe('lost')
})

it('a call that was said to be kept has to be, under the ID that was keyed and with what was said', () => {
  const heard = call('clock-not-available say-your-name-and-site tone call-kept', { spoke: true })
  expect(judge(heard, kept)).toMatchObject({ fate: 'for the office', faults: [] })
  expect(judge(heard, nothing).faults).not.toEqual([])
  expect(
    judge(heard, { ...nothing, unclaimed: [{ keyedId: null, isKept: true, voice: 'speech' }] }).faults,
  ).not.toEqual([])
  expect(
    judge(heard, { ...nothing, unclaimed: [{ keyedId: '48213', isKept: true, voice: 'none' }] }).faults,
  ).not.toEqual([])
})

it('a name that was said and thanked for has to be kept', () => {
  const heard = call('clocked-in-at say-your-name tone thank-you-goodbye', { spoke: true })
  expect(judge(heard, { ...nothing, punches: [{ direction: 'in', employeeId: 7, voice: 'none' }] }).faults).not.toEqual(
    [],
  )
})
