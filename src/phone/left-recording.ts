/** Keeps recordings that nobody waits for: Punchline was killed in their call, or away when it came. */
import { findCall } from '../store/calls.js'
import { type KeptCall, keepKeptCall } from '../store/kept-calls.js'
import { keepUnclaimedRecording, keepVoiceCheck } from '../store/recordings.js'
import { listen, type PhoneClock } from './call.js'
import type { Recording } from './caller.js'
import { keptCall } from './kept-call.js'

/** Keeps it with its punch and removes it from the PBX; leaves there what belongs to no call of this database that is over. */
export async function keepLeftRecording(name: string, recording: Recording, clock: PhoneClock): Promise<void> {
  const keptByPbx = keptCall(name)
  if (keptByPbx) return takeInKeptCall(keptByPbx, recording, clock)
  const { kind, callId } = /^punchline-(?<kind>voice|unclaimed)-(?<callId>\d+)$/.exec(name)?.groups ?? {}
  const call = callId === undefined ? null : await findCall(clock.db, Number(callId))
  if (!call?.isOver) return
  const { id, punchId, answeredAt } = call
  // Nothing that stays on the PBX is fetched again and again.
  if (kind === 'voice' && punchId === null) return
  const wav = await recording.fetch()
  if (!wav) return
  const kept = { recordedAt: answeredAt, taped: listen(wav) }
  if (punchId !== null && kind === 'voice') await keepVoiceCheck(clock.db, clock.recordings, { punchId, ...kept })
  else await keepUnclaimedRecording(clock.db, clock.recordings, { callId: id, ...kept })
  await recording.remove()
  clock.log.info({ call: id, recording: name }, 'a left recording was kept')
}

/** Makes a call that the PBX kept an unclaimed punch; removes it from the PBX once that is on disk. */
async function takeInKeptCall(kept: KeptCall, recording: Recording, clock: PhoneClock): Promise<void> {
  const wav = await recording.fetch()
  const callId = await keepKeptCall(clock.db, clock.recordings, kept, listen(wav))
  await recording.remove()
  clock.log.info({ call: callId }, 'a call that the PBX kept was taken in')
}
