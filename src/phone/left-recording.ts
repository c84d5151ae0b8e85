/** Keeps a recording that Punchline, killed in a call, never fetched from the PBX. */
import { findCall } from '../store/calls.js'
import { keepUnclaimedRecording, keepVoiceCheck } from '../store/recordings.js'
import { listen, type PhoneClock } from './call.js'
import type { Recording } from './caller.js'

/** Keeps it with its punch and removes it from the PBX; leaves there what belongs to no call of this database. */
export async function keepLeftRecording(name: string, recording: Recording, clock: PhoneClock): Promise<void> {
  const { kind, callId } = /^punchline-(?<kind>voice|unclaimed)-(?<callId>\d+)$/.exec(name)?.groups ?? {}
  const call = callId === undefined ? null : await findCall(clock.db, Number(callId))
  const wav = call && (await recording.fetch())
  if (!call || !wav) return
  const kept = { recordedAt: call.answeredAt, taped: listen(wav) }
  if (kind === 'unclaimed') await keepUnclaimedRecording(clock.db, clock.recordings, { callId: call.id, ...kept })
  else if (call.punchId !== null) await keepVoiceCheck(clock.db, clock.recordings, { punchId: call.punchId, ...kept })
  else return
  await recording.remove()
  clock.log.info({ call: call.id, recording: name }, 'a left recording was kept')
}
