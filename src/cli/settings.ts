/** Settings as the command names them. */
import { SETTING_RULES, SettingRefused, type Settings } from '../clock/settings.js'
import { CommandRefused } from './input.js'

/** Each setting's name on the command line, and the values that it can have. */
const NAMES: { readonly [Name in keyof Settings]: { readonly name: string; readonly values: string } } = {
  jobRequired: { name: 'job-required', values: 'yes|no' },
  forgottenAfterHours: { name: 'forgotten-after-hours', values: '1 to 168' },
  recordingDays: { name: 'recording-days', values: '1 to 3650' },
  callDays: { name: 'call-days', values: '7 to 3650' },
  payPeriods: { name: 'pay-periods', values: '"week", "two weeks", "half a month" or "month"' },
  payPeriodStart: { name: 'pay-period-start', values: 'a day such as 2026-01-05' },
  wrongPinsInARow: { name: 'wrong-pins-in-a-row', values: '3 to 10' },
  longestLockMinutes: { name: 'longest-lock-minutes', values: '5 to 1440' },
  wrongPinsPerMonth: { name: 'wrong-pins-per-month', values: '20 to 100' },
  strangersPerDay: { name: 'strangers-per-day', values: '5 to 1000' },
  strangersPerMonth: { name: 'strangers-per-month', values: '10 to 10000' },
}

const ALL = Object.values(NAMES)
  .map(({ name, values }) => `${name} ${values}`)
  .join(', ')

export const SETTINGS_HELP = `change one: ${ALL}`

/** One line for each setting. */
export function settingsText(settings: Settings): string {
  const width = Math.max(...Object.values(NAMES).map(({ name }) => name.length))
  const line = ({ name }: { name: string }, value: boolean | number | string) => {
    const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
    return `${name.padEnd(width)} ${text}`
  }
  return [
    line(NAMES.jobRequired, settings.jobRequired),
    line(NAMES.forgottenAfterHours, settings.forgottenAfterHours),
    line(NAMES.recordingDays, settings.recordingDays),
    line(NAMES.callDays, settings.callDays),
    line(NAMES.payPeriods, settings.payPeriods),
    line(NAMES.payPeriodStart, settings.payPeriodStart),
    line(NAMES.wrongPinsInARow, settings.wrongPinsInARow),
    line(NAMES.longestLockMinutes, settings.longestLockMinutes),
    line(NAMES.wrongPinsPerMonth, settings.wrongPinsPerMonth),
    line(NAMES.strangersPerDay, settings.strangersPerDay),
    line(NAMES.strangersPerMonth, settings.strangersPerMonth),
  ].join('\n')
}

/** One setting as it was given. @throws CommandRefused */
export function settingOf(name: string, value: string): Partial<Settings> {
  try {
    switch (name) {
      case NAMES.jobRequired.name:
        return { jobRequired: SETTING_RULES.jobRequired(value) }
      case NAMES.forgottenAfterHours.name:
        return { forgottenAfterHours: SETTING_RULES.forgottenAfterHours(value) }
      case NAMES.recordingDays.name:
        return { recordingDays: SETTING_RULES.recordingDays(value) }
      case NAMES.callDays.name:
        return { callDays: SETTING_RULES.callDays(value) }
      case NAMES.payPeriods.name:
        return { payPeriods: SETTING_RULES.payPeriods(value) }
      case NAMES.payPeriodStart.name:
        return { payPeriodStart: SETTING_RULES.payPeriodStart(value) }
      case NAMES.wrongPinsInARow.name:
        return { wrongPinsInARow: SETTING_RULES.wrongPinsInARow(value) }
      case NAMES.longestLockMinutes.name:
        return { longestLockMinutes: SETTING_RULES.longestLockMinutes(value) }
      case NAMES.wrongPinsPerMonth.name:
        return { wrongPinsPerMonth: SETTING_RULES.wrongPinsPerMonth(value) }
      case NAMES.strangersPerDay.name:
        return { strangersPerDay: SETTING_RULES.strangersPerDay(value) }
      case NAMES.strangersPerMonth.name:
        return { strangersPerMonth: SETTING_RULES.strangersPerMonth(value) }
    }
  } catch (error) {
    if (error instanceof SettingRefused) throw new CommandRefused(`${name}: ${error.message}`)
    throw error
  }
  throw new CommandRefused(`Settings are: ${ALL}.`)
}
