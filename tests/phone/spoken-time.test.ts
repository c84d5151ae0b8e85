import { describe, expect, it } from 'vitest'
import { ALL_PROMPTS } from '../../src/phone/prompts.js'
import { sayHowLongAgo, sayTime, sayWorkedTime } from '../../src/phone/spoken-time.js'

const at = (time: string, zone = 'UTC', hours: 12 | 24 = 12) =>
  sayTime(Date.parse(`2026-11-23T${time}Z`), { timeZone: zone, hours }).join(' ')

describe('a time of day in twelve hours', () => {
  it.each([
    ['08:05', 'number-8 oh-5 a-m'],
    ['16:32', 'number-4 number-32 p-m'],
    ['09:00', 'number-9 a-m'],
    ['12:00', 'twelve-noon'],
    ['00:00', 'twelve-midnight'],
    ['12:01', 'number-12 oh-1 p-m'],
    ['00:30', 'number-12 number-30 a-m'],
    ['11:59', 'number-11 number-59 a-m'],
  ])('%s is read "%s"', (time, said) => expect(at(time)).toBe(said))
})

describe('a time of day in twenty-four hours', () => {
  it.each([
    ['08:05', 'oh-8 oh-5'],
    ['16:32', 'number-16 number-32'],
    ['13:00', 'number-13 hundred-hours'],
    ['00:00', 'zero-hundred-hours'],
    ['00:30', 'oh oh number-30'],
  ])('%s is read "%s"', (time, said) => expect(at(time, 'UTC', 24)).toBe(said))
})

it('is read in the zone of the workspace', () => {
  expect(at('13:05', 'America/New_York')).toBe('number-8 oh-5 a-m')
})

it('is read as the wall clock shows it in both passes of the repeated hour', () => {
  const read = (iso: string) => sayTime(Date.parse(iso), { timeZone: 'America/New_York', hours: 12 }).join(' ')
  expect([read('2026-11-01T05:30Z'), read('2026-11-01T06:30Z')]).toEqual(Array(2).fill('number-1 number-30 a-m'))
})

describe('worked time', () => {
  it.each([
    [507, 'number-8 hours number-27 minutes'],
    [60, 'number-1 hour'],
    [61, 'number-1 hour number-1 minute'],
    [120, 'number-2 hours'],
    [1, 'number-1 minute'],
    [0, 'less-than-a-minute'],
    [120 * 60 + 5, 'number-1 hundred number-20 hours number-5 minutes'],
  ])('%d minutes are read "%s"', (minutes, said) => expect(sayWorkedTime(minutes).join(' ')).toBe(said))
})

describe('how long ago a punch was', () => {
  it.each([
    [0, 'less-than-a-minute-ago'],
    [59, 'less-than-a-minute-ago'],
    [60, 'number-1 minute-ago'],
    [119, 'number-1 minute-ago'],
    [150, 'number-2 minutes-ago'],
  ])('%d seconds are read "%s"', (seconds, said) => expect(sayHowLongAgo(0, seconds * 1000).join(' ')).toBe(said))
})

it('uses prompts that exist, at each minute of a day', () => {
  for (let minute = 0; minute < 24 * 60; minute++) {
    for (const hours of [12, 24] as const) {
      for (const prompt of sayTime(minute * 60_000, { timeZone: 'UTC', hours })) expect(ALL_PROMPTS).toContain(prompt)
    }
    for (const prompt of sayWorkedTime(minute)) expect(ALL_PROMPTS).toContain(prompt)
  }
})
