/** What became of a call: what its caller heard, held against what is on record. Pure. */
import type { Direction } from '../../src/clock/punch.js'
import type { Remembered } from './caller.js'

/** What the database has of one call. */
export interface OnRecord {
  readonly punches: readonly { readonly direction: Direction; readonly employeeId: number; readonly voice: Voice }[]
  readonly unclaimed: readonly { readonly keyedId: string | null; readonly isKept: boolean; readonly voice: Voice }[]
}

/** What is kept of what the caller said. */
export type Voice = 'speech' | 'silence' | 'none'

export type Fate =
  | 'punched'
  /** Told of the punch that they had made shortly before. */
  | 'told'
  /** Waits for the office. */
  | 'for the office'
  | 'hung up'
  /** Told to call again. */
  | 'apology'
  /** The PBX died under it. */
  | 'cut'
  | 'unanswered'
  | 'lost'

export interface Verdict {
  readonly fate: Fate
  readonly confirmed: boolean
  readonly confirmedLost: boolean
  readonly doubled: boolean
  readonly leftInSilence: boolean
  /** What else does not agree. */
  readonly faults: readonly string[]
}

export function judge(call: Remembered, onRecord: OnRecord): Verdict {
  const confirmed = confirmedBy(call)
  const { punches, unclaimed } = onRecord
  const punch = punches.find(({ direction, employeeId }) => direction === confirmed && employeeId === call.employee.id)
  const confirmedLost = confirmed !== null && !punch
  return {
    fate: fateOf(call, onRecord),
    confirmed: confirmed !== null,
    confirmedLost,
    doubled: punches.length + unclaimed.length > 1,
    leftInSilence: call.leftInSilence,
    faults: [...promisesBroken(call, onRecord), ...voicesMissing(call, onRecord)],
  }
}

export function confirmedBy({ heard }: Remembered): Direction | null {
  if (heard.includes('clocked-in-at')) return 'in'
  return heard.includes('clocked-out-at') ? 'out' : null
}

function fateOf(call: Remembered, { punches, unclaimed }: OnRecord): Fate {
  if (call.endedBy === 'nobody') return 'unanswered'
  if (punches.length > 0) return 'punched'
  if (unclaimed.length > 0) return 'for the office'
  if (call.endedBy === 'cut') return 'cut'
  if (call.endedBy === 'caller') return call.leftInSilence ? 'lost' : 'hung up'
  if (call.heard.includes('call-again')) return 'apology'
  return call.heard.at(-1) === 'goodbye' ? 'told' : 'lost'
}

/** Whoever was told that the call is kept has it on record. */
function promisesBroken({ heard, employee }: Remembered, { punches, unclaimed }: OnRecord): string[] {
  const isKept = heard.includes('call-kept')
  const isRescued = heard.includes('three-tries-failed') && heard.includes('tone')
  if (!isKept && !isRescued) return []
  if (punches.length + unclaimed.length === 0) return ['was told that the call is kept, and it is not']
  const keyed = unclaimed[0]?.isKept ? unclaimed[0].keyedId : employee.phoneClockId
  return keyed === employee.phoneClockId ? [] : [`keyed ${employee.phoneClockId}, but ${keyed} is on record`]
}

/** Whoever spoke to the end, and was thanked, can be listened to. */
function voicesMissing({ heard, spoke }: Remembered, { punches, unclaimed }: OnRecord): string[] {
  const isThanked = heard.includes('thank-you-goodbye') || heard.includes('call-kept')
  if (!spoke || !isThanked) return []
  const voices = [...punches, ...unclaimed].map(({ voice }) => voice)
  return voices.includes('speech') || voices.length === 0 ? [] : [`spoke, and what is kept is: ${voices.join(', ')}`]
}
