/** An instant or a duration → the prompts that read it back as people say it. */
import { Temporal } from 'temporal-polyfill'
import { type Instant, MINUTE, type TimeStyle } from '../clock/time.js'
import { hoursAndMinutes } from '../clock/worked-time.js'
import type { Prompt } from './prompts.js'

/** "eight oh five A M", "twelve noon", "four thirty-two P M"; in 24 hours "oh eight oh five", "sixteen hundred hours". */
export function sayTime(instant: Instant, style: TimeStyle): Prompt[] {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(style.timeZone)
  return style.hours === 12 ? twelveHours(hour, minute) : twentyFourHours(hour, minute)
}

/** "eight hours twenty-seven minutes", "one hour", "less than a minute". */
export function sayWorkedTime(workedMinutes: number): Prompt[] {
  const { hours, minutes } = hoursAndMinutes(workedMinutes)
  const said: Prompt[] = []
  if (hours > 0) said.push(...sayNumber(hours), hours === 1 ? 'hour' : 'hours')
  if (minutes > 0) said.push(...sayNumber(minutes), minutes === 1 ? 'minute' : 'minutes')
  return said.length > 0 ? said : ['less-than-a-minute']
}

/** "one minute ago", "less than a minute ago". */
export function sayHowLongAgo(then: Instant, now: Instant): Prompt[] {
  const minutes = Math.floor((now - then) / MINUTE)
  if (minutes < 1) return ['less-than-a-minute-ago']
  return [...sayNumber(minutes), minutes === 1 ? 'minute-ago' : 'minutes-ago']
}

function twelveHours(hour: number, minute: number): Prompt[] {
  if (minute === 0 && hour === 0) return ['twelve-midnight']
  if (minute === 0 && hour === 12) return ['twelve-noon']
  return [...sayNumber(hour % 12 || 12), ...minutesOfTime(minute), hour < 12 ? 'a-m' : 'p-m']
}

function twentyFourHours(hour: number, minute: number): Prompt[] {
  if (minute === 0 && hour === 0) return ['zero-hundred-hours']
  const spokenHour: Prompt[] = hour === 0 ? ['oh', 'oh'] : hour < 10 ? [`oh-${hour}`] : sayNumber(hour)
  return [...spokenHour, ...(minute === 0 ? (['hundred-hours'] as const) : minutesOfTime(minute))]
}

function minutesOfTime(minute: number): Prompt[] {
  if (minute === 0) return []
  return minute < 10 ? [`oh-${minute}`] : sayNumber(minute)
}

/** A whole number: hours worked can pass a hundred when an entry was left open and the rule allows it. */
function sayNumber(n: number): Prompt[] {
  if (n < 100) return [`number-${n}`]
  const rest = n % 100
  return [...sayNumber(Math.floor(n / 100)), 'hundred', ...(rest > 0 ? sayNumber(rest) : [])]
}
