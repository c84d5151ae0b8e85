/** What a call's punch is, given what the employee's last punch left behind. */
import { HOUR, type Instant, MINUTE } from './time.js'

export type Direction = 'in' | 'out'

/** A second call this soon after a punch is more likely a bad line than a clock-out. */
export const TOO_SOON = 2 * MINUTE

/** The last resort: no call is granted more, whatever else fails. A punch that lies further ahead is from a clock that was set back since. */
export const LONGEST_CALL = 5 * MINUTE

/** An employee's state on the clock: their last punch, and the entry that it left open. */
export interface Standing {
  readonly lastPunch: LastPunch | null
  readonly openEntry: { readonly clockInAt: Instant; readonly hasJob: boolean } | null
}

export interface LastPunch {
  readonly direction: Direction
  /** The instant that counts. */
  readonly at: Instant
  /** When it reached the disk, later by as long as the keys took. */
  readonly committedAt: Instant
  /** How long before this call that was, in ms by a clock that nobody sets; left out or null: only the wall clock can tell. */
  readonly ago?: number | null
}

export interface PunchRules {
  /** An entry that is open for longer than this was forgotten: the next call clocks in. */
  readonly forgottenAfterHours: number
}

export type PunchDecision =
  | { readonly kind: 'in'; readonly at: Instant; readonly forgotten: boolean }
  | { readonly kind: 'out'; readonly at: Instant }
  | { readonly kind: 'too-soon'; readonly last: { readonly direction: Direction; readonly at: Instant } }

/**
 * Decides the punch of a call that was answered at `answeredAt`. `secondPunchConfirmed`: the caller was told
 * of the punch a moment ago and asked for another. The result's `at` is when the call was answered, but never before the
 * open entry, nor before the punch of a call that overlapped: calls that overlap, a correction by an admin and a wall
 * clock set back make no negative time. What a clock that was ahead has left in the future moves no later entry there.
 */
export function decidePunch(
  standing: Standing,
  answeredAt: Instant,
  rules: PunchRules,
  secondPunchConfirmed: boolean,
): PunchDecision {
  const { lastPunch, openEntry } = standing
  if (lastPunch && !secondPunchConfirmed && isTooSoon(lastPunch, answeredAt)) {
    return { kind: 'too-soon', last: lastPunch }
  }
  const overlapping = lastPunch && lastPunch.at - answeredAt < LONGEST_CALL ? lastPunch.at : answeredAt
  const at = Math.max(answeredAt, overlapping, openEntry?.clockInAt ?? answeredAt)
  if (!openEntry) return { kind: 'in', at, forgotten: false }
  if (isForgotten(openEntry.clockInAt, at, rules)) return { kind: 'in', at, forgotten: true }
  return { kind: 'out', at }
}

function isTooSoon({ committedAt, ago }: LastPunch, answeredAt: Instant): boolean {
  const since = ago ?? answeredAt - committedAt
  return since < TOO_SOON && since > -LONGEST_CALL
}

/** Whether an entry has been open for so long that its clock-out was forgotten. */
export function isForgotten(clockInAt: Instant, now: Instant, rules: PunchRules): boolean {
  return now - clockInAt > rules.forgottenAfterHours * HOUR
}
