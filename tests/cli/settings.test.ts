import { expect, it } from 'vitest'
import { CommandRefused } from '../../src/cli/input.js'
import { settingOf } from '../../src/cli/settings.js'

it('each setting has a name on the command line, and the page’s rules', () => {
  expect(settingOf('job-required', 'no')).toEqual({ jobRequired: false })
  expect(settingOf('forgotten-after-hours', '12')).toEqual({ forgottenAfterHours: 12 })
  expect(settingOf('recording-days', '30')).toEqual({ recordingDays: 30 })
  expect(settingOf('call-days', '400')).toEqual({ callDays: 400 })
  expect(settingOf('pay-periods', 'half a month')).toEqual({ payPeriods: 'half a month' })
  expect(settingOf('pay-period-start', '2026-03-02')).toEqual({ payPeriodStart: '2026-03-02' })
  expect(settingOf('wrong-pins-in-a-row', '4')).toEqual({ wrongPinsInARow: 4 })
  expect(settingOf('longest-lock-minutes', '30')).toEqual({ longestLockMinutes: 30 })
  expect(settingOf('wrong-pins-per-month', '50')).toEqual({ wrongPinsPerMonth: 50 })
  expect(settingOf('strangers-per-day', '10')).toEqual({ strangersPerDay: 10 })
  expect(settingOf('strangers-per-month', '30')).toEqual({ strangersPerMonth: 30 })
})

it.each([
  ['call-days', '6', 'call-days: Give a whole number of days from 7 to 3650.'],
  ['job-required', 'true', 'job-required: Give one of: no, yes.'],
  ['callDays', '30', 'Settings are: job-required yes|no, forgotten-after-hours 1 to 168, recording-days 1 to 3650'],
])('%s %s is refused with a sentence', (name, value, sentence) => {
  expect(() => settingOf(name, value)).toThrow(CommandRefused)
  expect(() => settingOf(name, value)).toThrow(sentence)
})
