/** What an unclaimed punch becomes when an admin assigns it to an employee, given the employee's entries around its time. */
import { type Direction, isForgotten, type PunchRules } from './punch.js'
import type { Instant } from './time.js'
import { LONGEST_ENTRY } from './worked-time.js'

/** A time entry that counts: not a voided one. */
export interface EntryAround {
  readonly id: number
  readonly state: 'open' | 'closed' | 'missing-clock-out'
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
}

export interface Assigning {
  /** When the call was answered. */
  readonly at: Instant
  readonly now: Instant
  /** The latest entries that began by `at`, the first that began later, and the open one. */
  readonly entries: readonly EntryAround[]
  readonly rules: PunchRules
}

export type Assignment =
  /** A new entry begins. `forgottenEntryId`: an open one from long before, whose clock-out is missing by now. */
  | {
      readonly kind: 'begins'
      readonly state: 'open' | 'missing-clock-out'
      readonly forgottenEntryId: number | null
    }
  | { readonly kind: 'closes'; readonly entryId: number }
  /** It can't be; the sentence says why and what to do. */
  | { readonly kind: 'impossible'; readonly sentence: string }

export function decideAssignment(direction: Direction, assigning: Assigning): Assignment {
  return direction === 'in' ? asClockIn(assigning) : asClockOut(assigning)
}

/** The direction that the call most likely had: what a call at that time would have come to. */
export function likelyDirection(assigning: Assigning): Direction {
  const before = latestBefore(assigning)
  if (asClockOut(assigning).kind !== 'closes' || !before) return 'in'
  return isForgotten(before.clockInAt, assigning.at, assigning.rules) ? 'in' : 'out'
}

function asClockIn(assigning: Assigning): Assignment {
  const { at, now, entries, rules } = assigning
  if (entries.some(entry => isWithin(entry, at))) {
    return impossible(
      'At that time an entry of this employee was running that is complete. Refuse the call, or correct that entry first.',
    )
  }
  const open = entries.find(entry => entry.state === 'open' && entry.clockInAt <= at)
  if (open && !isForgotten(open.clockInAt, at, rules)) {
    return impossible('At that time this employee was clocked in already. Assign it as a clock-out.')
  }
  if (entries.some(entry => entry.clockInAt === at)) {
    return impossible('This employee clocked in at that very moment already. Refuse the call.')
  }
  const isLast = entries.every(entry => entry.clockInAt <= at)
  const state = isLast && !isForgotten(at, now, rules) ? 'open' : 'missing-clock-out'
  return { kind: 'begins', state, forgottenEntryId: open?.id ?? null }
}

function asClockOut(assigning: Assigning): Assignment {
  const { at, entries } = assigning
  if (entries.some(entry => isWithin(entry, at))) {
    return impossible(
      'At that time an entry of this employee was running that is complete. Refuse the call, or correct that entry first.',
    )
  }
  const before = latestBefore(assigning)
  if (!before || before.state === 'closed') {
    return impossible('At that time this employee was not clocked in. Assign it as a clock-in.')
  }
  if (at - before.clockInAt > LONGEST_ENTRY) {
    return impossible('The clock-in before it is more than 7 days older. Assign it as a clock-in.')
  }
  return { kind: 'closes', entryId: before.id }
}

/** Strictly inside: an entry may begin when another ends. */
function isWithin({ clockInAt, clockOutAt }: EntryAround, at: Instant): boolean {
  return clockOutAt !== null && clockInAt <= at && at < clockOutAt
}

function latestBefore({ at, entries }: Assigning): EntryAround | null {
  const began = entries.filter(entry => entry.clockInAt <= at)
  return began.reduce<EntryAround | null>(
    (latest, entry) => (latest && latest.clockInAt > entry.clockInAt ? latest : entry),
    null,
  )
}

function impossible(sentence: string): Assignment {
  return { kind: 'impossible', sentence }
}
