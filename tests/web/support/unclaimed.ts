/** Calls for tests that failed three times and left a name on tape. */
import type { Instant } from '../../../src/clock/time.js'
import { addCall, setCallEmployee } from '../../../src/store/calls.js'
import { addUnclaimedPunch, keepUnclaimedRecording, type Taped } from '../../../src/store/recordings.js'
import { type Office, SPOKEN } from './office.js'

/** One such call. Without `taped` its recording has not arrived. */
export async function failedCall(
  { db, recordings }: Pick<Office, 'db' | 'recordings'>,
  {
    at,
    from = null,
    employeeId = null,
    taped = SPOKEN,
  }: { at: Instant; from?: string | null; employeeId?: number | null; taped?: Taped | null },
): Promise<{ id: number; callId: number }> {
  const callId = await addCall(db, { channel: 'test', callerNumber: from, answeredAt: at })
  if (employeeId !== null) await setCallEmployee(db, callId, { employeeId: employeeId, numberIsNew: false })
  await addUnclaimedPunch(db, { callId, employeeId, at })
  if (taped) await keepUnclaimedRecording(db, recordings, { callId, recordedAt: at, taped })
  const { id } = await db
    .selectFrom('unclaimed_punches')
    .select('id')
    .where('call_id', '=', callId)
    .executeTakeFirstOrThrow()
  return { id, callId }
}
