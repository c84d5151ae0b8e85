/** Calls that the PBX kept while Punchline was away. */
import { MINUTE } from '../clock/time.js'
import { addCallSteps } from './call-steps.js'
import { type AnsweredCall, addCall, latestOnChannel } from './calls.js'
import type { Database } from './database.js'
import { type RecordingFolder, recordingColumns, type Taped } from './recordings.js'
import { addVoiceCheck } from './voice-checks.js'

export interface KeptCall extends AnsweredCall {
  /** The phone clock ID that the caller keyed; no PIN was asked for, so it proves nothing. Null when it was none. */
  readonly keyedId: string | null
}

/** Punchline and the PBX, whose clocks may differ, noted the same call within this. */
const SAME_CALL_WITHIN = 10 * MINUTE

/**
 * Takes a kept call in as an unclaimed punch at its time, on disk when the promise settles; gives the call's number. Taking
 * it in again changes nothing. A call that Punchline had begun to lead stays one call, and if it has a punch it needs no more.
 */
export async function keepKeptCall(
  db: Database,
  folder: RecordingFolder,
  kept: KeptCall,
  taped: Taped,
): Promise<number> {
  const keptAs = `kept-${kept.answeredAt}-${kept.channel}`
  const columns = await recordingColumns(folder, keptAs, kept.answeredAt, taped)
  return db.transaction().execute(async trx => {
    const takenIn = await trx
      .selectFrom('unclaimed_punches')
      .select('call_id')
      .where('kept_as', '=', keptAs)
      .executeTakeFirst()
    if (takenIn) return takenIn.call_id
    const call = await callOnRecord(trx, kept)
    const callId = call?.id ?? (await addCall(trx, kept))
    if (call?.punch_id) await addVoiceCheck(trx, { punchId: call.punch_id, recordedAt: kept.answeredAt, ...columns })
    if (call?.punch_id || call?.unclaimed_id) return callId
    await trx
      .insertInto('unclaimed_punches')
      .values({
        call_id: callId,
        employee_id: call?.employee_id ?? null,
        at: kept.answeredAt,
        recording: columns.recording,
        duration_ms: columns.durationMs,
        has_speech: columns.hasSpeech ? 1 : 0,
        kept_as: keptAs,
        keyed_id: kept.keyedId,
      })
      .execute()
    await addCallSteps(trx, [{ callId, at: Date.now(), step: 'kept by the PBX for the office', detail: null }])
    const ended = trx.updateTable('calls').set({ outcome: 'unclaimed-punch' }).where('id', '=', callId)
    await (call ? ended : ended.set({ ended_at: kept.answeredAt })).execute()
    return callId
  })
}

/** The call as Punchline had it before it gave it back to the PBX. */
async function callOnRecord(trx: Database, { channel, answeredAt }: KeptCall) {
  return latestOnChannel(trx, channel)
    .where('calls.answered_at', '>=', answeredAt - SAME_CALL_WITHIN)
    .where('calls.answered_at', '<=', answeredAt + SAME_CALL_WITHIN)
    .executeTakeFirst()
}
