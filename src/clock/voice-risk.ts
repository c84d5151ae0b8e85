/** Why a voice check should be listened to sooner than others. */
import { SECOND } from './time.js'

export interface VoiceFacts {
  readonly hasSpeech: boolean
  readonly durationMs: number
  /** The employee had punched by call before, and never from this number. */
  readonly numberIsNew: boolean
  /** Another employee punched from this number within ten minutes. */
  readonly numberIsShared: boolean
}

/** Hardly anybody says a name in less. Migration 0003 goes by the same for what was recorded before it. */
export const SHORTEST_NAME = SECOND

/** As marks in the pages say them. */
export type VoiceReason = 'silent' | 'short' | 'new number' | 'shared number'

/** What the queue is sorted by, the highest first: a voice that is missing outweighs any number. */
export function voiceRisk(facts: VoiceFacts): number {
  const isDoubtfulVoice = !facts.hasSpeech || facts.durationMs < SHORTEST_NAME
  return (isDoubtfulVoice ? 4 : 0) + (facts.numberIsNew ? 2 : 0) + (facts.numberIsShared ? 1 : 0)
}

/** The reasons in the order of their weight. A silence is called silent, however short. */
export function voiceReasons(facts: VoiceFacts): readonly VoiceReason[] {
  const reasons: VoiceReason[] = []
  if (!facts.hasSpeech) reasons.push('silent')
  else if (facts.durationMs < SHORTEST_NAME) reasons.push('short')
  if (facts.numberIsNew) reasons.push('new number')
  if (facts.numberIsShared) reasons.push('shared number')
  return reasons
}
