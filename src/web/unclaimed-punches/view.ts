/** An unclaimed punch as the pages show it. */
import type { Instant, TimeStyle } from '../../clock/time.js'
import { dayAndTime } from '../../shown-time.js'
import type { RecordingFolder } from '../../store/recordings.js'
import type { Kept, UnclaimedPunch } from '../../store/unclaimed-punches.js'
import { callerInWords } from '../caller-in-words.js'
import { recordingLength } from '../recording.js'

export interface UnclaimedPunchView {
  readonly id: number
  readonly at: { readonly iso: string; readonly text: string }
  readonly callId: number
  readonly caller: string
  readonly employee: string | null
  /** Who keyed what, of a call that the PBX kept: "Ann’s ID 48213 was keyed". */
  readonly keyed: string | null
  /** Ticked to be confirmed, unless the admin thinks otherwise. */
  readonly isPlausible: boolean
  readonly length: string
  /** Where to play it; null when there is nothing to play. */
  readonly audio: string | null
  /** What an admin should notice. */
  readonly mark: 'nothing recorded' | 'recording erased' | 'recording lost' | 'silent' | null
  readonly settled: {
    readonly verdict: 'assigned' | 'refused'
    /** "assigned as a clock-in", "refused". */
    readonly what: string
    readonly at: string
    readonly by: string
    readonly reason: string | null
    readonly entryId: number | null
  } | null
}

export async function unclaimedPunchView(
  unclaimed: UnclaimedPunch,
  { recordings, now, style }: { recordings: RecordingFolder; now: Instant; style: TimeStyle },
): Promise<UnclaimedPunchView> {
  const { id, at, settled } = unclaimed
  const missing = await whatIsMissing(unclaimed, recordings)
  return {
    id,
    at: { iso: new Date(at).toISOString(), text: dayAndTime(at, now, style) },
    callId: unclaimed.callId,
    caller: callerInWords({ ...unclaimed, isErased: unclaimed.isCallErased }),
    employee: unclaimed.employee ?? unclaimed.kept?.employee?.name ?? null,
    keyed: unclaimed.kept && keyedInWords(unclaimed.kept),
    isPlausible: unclaimed.kept?.employee != null && unclaimed.hasSpeech,
    length: recordingLength(unclaimed.durationMs),
    audio: missing === null ? audioOf(unclaimed) : null,
    mark: missing ?? (unclaimed.hasSpeech ? null : 'silent'),
    settled: settled && {
      verdict: settled.verdict,
      what: settled.direction === null ? settled.verdict : `assigned as a clock-${settled.direction}`,
      at: dayAndTime(settled.at, now, style),
      by: settled.by,
      reason: settled.reason,
      entryId: settled.entryId,
    },
  }
}

function keyedInWords({ keyedId, employee }: Kept): string {
  if (keyedId === null) return 'no ID was keyed'
  return employee ? `ID ${keyedId}, no PIN` : `unknown ID ${keyedId}`
}

/** An assigned one's recording is the voice check of its punch. */
function audioOf({ id, settled }: UnclaimedPunch): string {
  return settled?.voiceCheck ? `/voice-checks/${settled.voiceCheck.id}/audio` : `/unclaimed-punches/${id}/audio`
}

async function whatIsMissing(
  { recording, erasedAt, settled }: UnclaimedPunch,
  folder: RecordingFolder,
): Promise<'nothing recorded' | 'recording erased' | 'recording lost' | null> {
  const kept = settled?.voiceCheck ?? { recording, erasedAt }
  if (kept.erasedAt !== null) return 'recording erased'
  if (kept.recording === null) return 'nothing recorded'
  return (await folder.find(kept.recording)) === null ? 'recording lost' : null
}
