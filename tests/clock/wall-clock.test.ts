import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { jumpBetween, jumpInWords } from '../../src/clock/wall-clock.js'

const nine = Date.UTC(2026, 10, 23, 9)
const before = { wall: nine, steady: 5_000 }

describe('a jump of the wall clock', () => {
  it('is seen when it was set ahead, and when it was set back', () => {
    expect(jumpBetween(before, { wall: nine + HOUR + 2_000, steady: 7_000 })).toEqual({
      from: nine + 2_000,
      to: nine + HOUR + 2_000,
    })
    expect(jumpBetween(before, { wall: nine - HOUR, steady: 7_000 })).toEqual({ from: nine + 2_000, to: nine - HOUR })
  })

  it('is none while both run on, nor when the clock is kept right in small steps', () => {
    expect(jumpBetween(before, { wall: nine + HOUR, steady: 5_000 + HOUR })).toBeNull()
    expect(jumpBetween(before, { wall: nine + HOUR - 1_900, steady: 5_000 + HOUR })).toBeNull()
  })

  it.each([
    [HOUR, 'ahead by 1 h'],
    [-HOUR - 2 * MINUTE - 3 * SECOND, 'back by 1 h 2 min 3 s'],
    [-4 * SECOND, 'back by 4 s'],
  ])('reads %i ms as "%s"', (size, words) => {
    expect(jumpInWords({ from: nine, to: nine + size })).toBe(words)
  })
})
