import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawPhoneClockId } from '../../src/clock/phone-clock-id.js'

it('has five digits and no leading zero', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 29_999 }), issued => {
      expect(drawPhoneClockId(issued, () => false, randomInt)).toMatch(/^[1-9]\d{4}$/)
    }),
  )
})

it('has six digits when a third of the five-digit space has been used', () => {
  expect(drawPhoneClockId(30_000, () => false, randomInt)).toMatch(/^[1-9]\d{5}$/)
})

it('is never one that was issued before', () => {
  const issued = new Set<string>()
  for (let n = 0; n < 2_000; n++) {
    const id = drawPhoneClockId(issued.size, id => issued.has(id), randomInt)
    expect(issued.has(id)).toBe(false)
    issued.add(id)
  }
})
