import { expect, it } from 'vitest'
import { lockedUntil } from '../../src/clock/throttle.js'
import { HOUR, MINUTE } from '../../src/clock/time.js'

const now = Date.UTC(2026, 10, 23, 8)

it('leaves four failures in a row without a lock', () => {
  expect(lockedUntil(4, now)).toBeNull()
})

it('locks for a minute after the fifth, twice as long after each further one, and an hour at most', () => {
  const minutes = [5, 6, 7, 8, 11, 100].map(failures => ((lockedUntil(failures, now) ?? 0) - now) / MINUTE)
  expect(minutes).toEqual([1, 2, 4, 8, 60, HOUR / MINUTE])
})
