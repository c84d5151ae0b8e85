/** Whether somebody can clock in, and whether somebody has. */
import type { Instant } from '../clock/time.js'
import { attention, type Finding, ok } from './finding.js'

export function judgeFirstEmployee({ active, ready }: { active: number; ready: number }): Finding {
  if (ready > 0)
    return ok(ready === 1 ? 'One employee can clock in.' : `${ready.toLocaleString('en')} employees can clock in.`)
  if (active === 0) return attention('There is no employee yet.', 'Add one, or import them from a CSV file.')
  return attention(
    `${active === 1 ? 'One employee is' : `${active.toLocaleString('en')} employees are`} on the list, and none has a PIN.`,
    'Email setup links, or set a PIN by hand.',
  )
}

export function judgeFirstPunch(
  firstAt: Instant | null,
  dialInNumber: string | null,
  say: (instant: Instant) => string,
): Finding {
  if (firstAt !== null) return ok(`The first was made on ${say(firstAt)}.`)
  return attention(
    'Nobody has clocked in by phone yet.',
    `Call ${dialInNumber ?? 'the dial-in number'}, key in a phone clock ID and its PIN, and wait for “Clocked in”.`,
  )
}
