/** What admins can set while Punchline runs, and which values make sense. */
import { PAY_PERIODS, type PayPeriods } from './pay-period.js'
import type { GuessingLimits } from './throttle.js'

export interface Settings extends GuessingLimits {
  /** Each entry needs a job: there is no skipping on the phone. */
  readonly jobRequired: boolean
  /** An entry that is open for longer than this was forgotten. */
  readonly forgottenAfterHours: number
  /** How long the audio of voice checks and settled unclaimed punches is kept. */
  readonly recordingDays: number
  /** How long a call's number and steps are kept. */
  readonly callDays: number
  readonly payPeriods: PayPeriods
  /** The first day of a pay period, such as 2026-01-05, from which weekly and two-weekly ones are counted. */
  readonly payPeriodStart: string
}

/** What was typed for a setting makes no sense; the message says what would. */
export class SettingRefused extends Error {}

/** Reads what an admin typed for each setting. @throws SettingRefused */
export const SETTING_RULES: { readonly [Name in keyof Settings]: (typed: string) => Settings[Name] } = {
  jobRequired: typed => oneOf(['no', 'yes'], typed) === 'yes',
  forgottenAfterHours: typed => wholeNumber(typed, 1, 168, 'hours'),
  recordingDays: typed => wholeNumber(typed, 1, 3650, 'days'),
  callDays: typed => wholeNumber(typed, 7, 3650, 'days'),
  payPeriods: typed => oneOf(PAY_PERIODS, typed),
  payPeriodStart: typed => date(typed),
  wrongPinsInARow: typed => wholeNumber(typed, 3, 10, 'wrong PINs'),
  longestLockMinutes: typed => wholeNumber(typed, 5, 1440, 'minutes'),
  // NIST SP 800-63B, 3.2.2: at most 100.
  wrongPinsPerMonth: typed => wholeNumber(typed, 20, 100, 'wrong PINs'),
  strangersPerDay: typed => wholeNumber(typed, 5, 1000, 'wrong PINs'),
  strangersPerMonth: typed => wholeNumber(typed, 10, 10_000, 'wrong PINs'),
}

function wholeNumber(typed: string, least: number, most: number, unit: string): number {
  const number = /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : Number.NaN
  if (number >= least && number <= most) return number
  throw new SettingRefused(`Give a whole number of ${unit} from ${least} to ${most}.`)
}

function oneOf<Choice extends string>(choices: readonly Choice[], typed: string): Choice {
  const chosen = choices.find(choice => choice === typed)
  if (chosen !== undefined) return chosen
  throw new SettingRefused(`Give one of: ${choices.join(', ')}.`)
}

/** A day of this century. */
function date(typed: string): string {
  const day = typed.trim()
  const midnight = /^20\d\d-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00Z`) : null
  if (midnight && !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)) return day
  throw new SettingRefused('Give a day as year-month-day, such as 2026-01-05.')
}
