import { expect, it } from 'vitest'
import { isAlarming, latestLock, lockAfterRow, lockOfWindow, MONTH, mostFromNumber } from '../../src/clock/throttle.js'
import { DAY, MINUTE } from '../../src/clock/time.js'

const now = Date.UTC(2026, 10, 23, 8)
const limits = {
  wrongPinsInARow: 5,
  longestLockMinutes: 60,
  wrongPinsPerMonth: 100,
  strangersPerDay: 20,
  strangersPerMonth: 40,
}

it('leaves four wrong PINs in a row without a lock', () => {
  expect(lockAfterRow({ wrong: 4, latestAt: now }, limits)).toBeNull()
})

it('locks for a minute after the fifth, twice as long after each further one, and an hour at most', () => {
  const minutes = [5, 6, 7, 8, 11, 100].map(
    wrong => ((lockAfterRow({ wrong, latestAt: now }, limits) ?? 0) - now) / MINUTE,
  )
  expect(minutes).toEqual([1, 2, 4, 8, 60, 60])
})

it('locks a full window until the oldest wrong PIN that fills it has left it', () => {
  expect(lockOfWindow(now - 29 * DAY, MONTH, now)).toBe(now + DAY)
  expect(lockOfWindow(now - 30 * DAY, MONTH, now)).toBeNull()
  expect(lockOfWindow(null, MONTH, now)).toBeNull()
})

it('lets a number that many clock from get wrong as many as it gets right, on top', () => {
  expect(mostFromNumber(0, limits)).toBe(100)
  expect(mostFromNumber(550, limits)).toBe(650)
})

it('of several locks the one that lasts longest counts, unless it has passed', () => {
  expect(latestLock([null, now + MINUTE, now + DAY], now)).toBe(now + DAY)
  expect(latestLock([null, now - MINUTE, now], now)).toBeNull()
})

it.each([
  ['fifty wrong PINs', 50, 0, 0],
  ['a tenth of the right ones, where many clock', 200, 2000, 0],
  ['four times what is usual', 240, 0, 60],
])('finds a day out of the ordinary at %s', (_, wrong, right, usualWrong) => {
  expect(isAlarming(wrong - 1, right, usualWrong)).toBe(false)
  expect(isAlarming(wrong, right, usualWrong)).toBe(true)
})
