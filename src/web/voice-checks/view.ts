/** A voice check as the pages show it (views/partials/voice-check-*.ejs). */

import type { Instant, TimeStyle } from '../../clock/time.js'
import { type VoiceReason, voiceReasons } from '../../clock/voice-risk.js'
import { dayAndTime } from '../../shown-time.js'
import type { RecordingFolder } from '../../store/recordings.js'
import type { VoiceVerdict } from '../../store/schema.js'
import type { QueuedCheck } from '../../store/voice-checks.js'
import { callerInWords } from '../caller-in-words.js'
import { recordingLength } from '../recording.js'

export interface VoiceCheckView {
  readonly id: number
  readonly employee: string
  readonly punch: 'Clock-in' | 'Clock-out'
  readonly at: { readonly iso: string; readonly text: string }
  readonly callId: number
  readonly caller: string
  readonly job: string | null
  readonly length: string
  /** Where to play it; null when there is nothing to play. */
  readonly audio: string | null
  /** Why there is nothing to play. */
  readonly missing: 'nothing recorded' | 'recording erased' | 'recording lost' | null
  readonly reasons: readonly VoiceReason[]
  readonly verdict: VoiceVerdict | null
  /** "by ann@example.com, Mon, Nov 23, 8:05 AM". */
  readonly judged: string | null
}

export async function voiceCheckView(
  check: QueuedCheck,
  { recordings, now, style }: { recordings: RecordingFolder; now: Instant; style: TimeStyle },
): Promise<VoiceCheckView> {
  const missing = await whatIsMissing(check, recordings)
  return {
    id: check.id,
    employee: check.employee,
    punch: check.direction === 'in' ? 'Clock-in' : 'Clock-out',
    at: { iso: new Date(check.recordedAt).toISOString(), text: dayAndTime(check.recordedAt, now, style) },
    callId: check.callId,
    caller: callerInWords({ ...check, isErased: check.isCallErased }),
    job: check.job,
    length: recordingLength(check.durationMs),
    audio: missing === null ? `/voice-checks/${check.id}/audio` : null,
    missing,
    reasons: voiceReasons(check),
    verdict: check.verdict,
    judged: check.judgedAt === null ? null : `by ${check.judgedBy}, ${dayAndTime(check.judgedAt, now, style)}`,
  }
}

async function whatIsMissing(
  { recording, erasedAt }: QueuedCheck,
  folder: RecordingFolder,
): Promise<VoiceCheckView['missing']> {
  if (erasedAt !== null) return 'recording erased'
  if (recording === null) return 'nothing recorded'
  return (await folder.find(recording)) === null ? 'recording lost' : null
}
