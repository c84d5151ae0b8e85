import { expect, it } from 'vitest'
import { day, duration, isSameDay, timeOfDay } from '../../src/shown-time.js'

const NEW_YORK = { timeZone: 'America/New_York', hours: 12 } as const
const BERLIN = { timeZone: 'Europe/Berlin', hours: 24 } as const
const at = (iso: string) => Date.parse(iso)

it.each([
  ['2026-11-23T13:05:00Z', '8:05 AM', '14:05'],
  ['2026-11-23T05:00:00Z', '12:00 AM', '06:00'],
  ['2026-11-23T17:00:59Z', '12:00 PM', '18:00'],
  ['2026-07-01T23:30:00Z', '7:30 PM', '01:30'],
])('%s is %s in New York and %s in Berlin', (iso, newYork, berlin) => {
  expect(timeOfDay(at(iso), NEW_YORK)).toBe(newYork)
  expect(timeOfDay(at(iso), BERLIN)).toBe(berlin)
})

it('a date names its year only when it is another one', () => {
  const now = at('2026-11-23T13:00:00Z')
  expect(day(now, now, NEW_YORK)).toBe('Mon, Nov 23')
  expect(day(at('2025-12-30T13:00:00Z'), now, NEW_YORK)).toBe('Tue, Dec 30, 2025')
})

it('the day ends at midnight of the zone', () => {
  expect(isSameDay(at('2026-11-23T23:30:00Z'), at('2026-11-24T04:30:00Z'), NEW_YORK)).toBe(true)
  expect(isSameDay(at('2026-11-23T22:30:00Z'), at('2026-11-23T23:30:00Z'), BERLIN)).toBe(false)
})

it.each([
  [0, '0 min'],
  [27, '27 min'],
  [60, '1 h 0 min'],
  [507, '8 h 27 min'],
  [1500, '25 h 0 min'],
])('%i minutes are shown as %s', (minutes, text) => {
  expect(duration(minutes)).toBe(text)
})
