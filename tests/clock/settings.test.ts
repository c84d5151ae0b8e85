import { expect, it } from 'vitest'
import { SETTING_RULES, SettingRefused } from '../../src/clock/settings.js'

it.each([
  ['forgottenAfterHours', '1', 1],
  ['forgottenAfterHours', '168', 168],
  ['recordingDays', ' 30 ', 30],
  ['recordingDays', '3650', 3650],
  ['callDays', '7', 7],
  ['jobRequired', 'yes', true],
  ['jobRequired', 'no', false],
  ['payPeriods', 'half a month', 'half a month'],
  ['payPeriodStart', '2024-02-29', '2024-02-29'],
  ['wrongPinsInARow', '3', 3],
  ['longestLockMinutes', '1440', 1440],
  ['wrongPinsPerMonth', '100', 100],
  ['strangersPerDay', '5', 5],
  ['strangersPerMonth', '10000', 10_000],
] as const)('%s can be "%s"', (name, typed, value) => {
  expect(SETTING_RULES[name](typed)).toBe(value)
})

it.each([
  ['forgottenAfterHours', ['0', '169', '', '1.5', '1e1', '-1', 'x']],
  ['recordingDays', ['0', '3651', '']],
  ['callDays', ['6', '3651']],
  ['jobRequired', ['true', '']],
  ['wrongPinsInARow', ['2', '11', '']],
  ['longestLockMinutes', ['4', '1441']],
  ['wrongPinsPerMonth', ['19', '101']],
  ['strangersPerDay', ['4', '1001']],
  ['strangersPerMonth', ['9', '10001']],
  ['payPeriods', ['fortnight', '']],
  ['payPeriodStart', ['2025-02-29', '2026-13-01', '1999-12-31', '26-01-05', '', '2026-01-05T00:00']],
] as const)('%s can’t be one of %j', (name, refused) => {
  for (const typed of refused) expect(() => SETTING_RULES[name](typed)).toThrow(SettingRefused)
})
