/** Calls in words: how far one came, what it came to, how long it took. */
import { SECOND } from '../../clock/time.js'
import type { CallStep } from '../../store/call-list.js'
import type { CallOutcome } from '../../store/schema.js'

/** What a call came to; the one in progress has no outcome yet. */
export function outcomeInWords(outcome: CallOutcome | null): string {
  switch (outcome) {
    case null:
      return 'In progress'
    case 'clocked-in':
      return 'Clocked in'
    case 'clocked-out':
      return 'Clocked out'
    case 'no-second-punch':
      return 'No second punch: told that the first one took'
    case 'unclaimed-punch':
      return 'Unclaimed punch'
    case 'hung-up':
      return 'Hung up before a punch'
    case 'handed-back':
      return 'A fault here: handed back to the PBX'
    case 'cut-off':
      return 'Cut off: Punchline or the PBX stopped'
  }
}

/** Steps that are progress, in the order of a call. */
const PROGRESS = [
  ['answered', 'Nothing entered'],
  ['phone clock ID entered', 'ID entered'],
  ['PIN entered', 'ID and PIN entered'],
  ['ID and PIN refused', 'ID and PIN refused'],
  ['ID and PIN accepted', 'ID and PIN accepted'],
  ['told of the punch a moment ago', 'Told of the punch a moment ago'],
  ['job skipped', 'Job skipped'],
  ['job chosen', 'Job chosen'],
  ['third failure', 'Third failure'],
  ['kept as unclaimed punch', 'Name and site asked for'],
  ['clocked in', 'Punch made'],
  ['clocked out', 'Punch made'],
  ['recording the name', 'Name asked for'],
  ['voice check kept', 'Name recorded'],
  ['name and site kept', 'Name and site recorded'],
] as const

/** The furthest that a call came; null when nothing of it is on record any more. */
export function progressInWords(steps: readonly CallStep[]): string | null {
  const taken = new Set(steps.map(({ step }) => step))
  return PROGRESS.findLast(([step]) => taken.has(step))?.[1] ?? null
}

/** "1 min 12 s", "48 s". */
export function lengthInWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND))
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
