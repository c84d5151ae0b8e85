import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { hoursAndMinutes, workedMinutes } from '../../src/clock/worked-time.js'

const at = (iso: string) => Date.parse(iso)

it('is the difference of the two times as they were heard, whatever the seconds were', () => {
  expect(workedMinutes(at('2026-11-23T08:05:50Z'), at('2026-11-23T16:32:10Z'))).toBe(8 * 60 + 27)
})

it('is nine hours from 22:00 to 06:00 in the night when the clocks go back', () => {
  expect(workedMinutes(at('2026-10-31T22:00-04:00'), at('2026-11-01T06:00-05:00'))).toBe(9 * 60)
})

it('is seven hours from 22:00 to 06:00 in the night when the clocks go forward', () => {
  expect(workedMinutes(at('2026-03-07T22:00-05:00'), at('2026-03-08T06:00-04:00'))).toBe(7 * 60)
})

it('is never negative', () => {
  fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => workedMinutes(a, b) >= 0))
})

it('differs from the exact time by less than a minute', () => {
  const span = fc.tuple(fc.nat(2 ** 40), fc.nat(40 * HOUR))
  fc.assert(
    fc.property(span, ([start, length]) => Math.abs(workedMinutes(start, start + length) * MINUTE - length) < MINUTE),
  )
})

it('splits into hours and minutes', () => {
  expect(hoursAndMinutes(507)).toEqual({ hours: 8, minutes: 27 })
})
