/** What a call's punch is, given what the employee's last punch left behind. */
import { HOUR, type Instant, MINUTE } from './time.js'

export type Direction = 'in' | 'out'

/** A second call this soon after a punch is more likely a bad line than a clock-out. */
export const TOO_SOON = 2 * MINUTE

/** An employee's state on the clock: their last punch, and the entry that it left open. */
export interface Standing {
  /** `at` is the instant that counts; `committedAt` is when it reached the disk, later by as long as the keys took. */
  readonly lastPunch: { readonly direction: Direction; readonly at: Instant; readonly committedAt: Instant } | null
  readonly openEntry: { readonly clockInAt: Instant; readonly hasJob: boolean } | null
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
 * of the punch a moment ago and asked for another. The result's `at` is when the call was answered, but never
 * before the last punch or the open entry, so that calls that overlap, a correction by an admin and a wall clock set
 * back make no negative time.
 */
export function decidePunch(
  standing: Standing,
  answeredAt: Instant,
  rules: PunchRules,
  secondPunchConfirmed: boolean,
): PunchDecision {
  const { lastPunch, openEntry } = standing
  if (lastPunch && !secondPunchConfirmed && answeredAt - lastPunch.committedAt < TOO_SOON) {
    return { kind: 'too-soon', last: lastPunch }
  }
  const at = Math.max(answeredAt, lastPunch?.at ?? answeredAt, openEntry?.clockInAt ?? answeredAt)
  if (!openEntry) return { kind: 'in', at, forgotten: false }
  if (isForgotten(openEntry.clockInAt, at, rules)) return { kind: 'in', at, forgotten: true }
  return { kind: 'out', at }
}

/** Whether an entry has been open for so long that its clock-out was forgotten. */
export function isForgotten(clockInAt: Instant, now: Instant, rules: PunchRules): boolean {
  return now - clockInAt > rules.forgottenAfterHours * HOUR
}
