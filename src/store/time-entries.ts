/** What payroll reads. */
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import type { TimeEntryState, VoiceVerdict } from './schema.js'

export interface TimeEntry {
  readonly id: number
  readonly employeeId: number
  readonly employee: string
  readonly payrollNumber: string | null
  readonly jobId: number | null
  readonly job: string | null
  readonly state: TimeEntryState
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
  /** Null where an admin entered the time of an entry without a call. */
  readonly clockInPunchId: number | null
  readonly clockOutPunchId: number | null
  readonly revision: number
  /** An admin added or corrected it. */
  readonly isCorrected: boolean
  readonly clockInVoice: VoiceCheck | null
  readonly clockOutVoice: VoiceCheck | null
  /** Null where there was no call. */
  readonly clockInFrom: PunchOrigin | null
  readonly clockOutFrom: PunchOrigin | null
}

/** Where a punch's call came from. */
export interface PunchOrigin {
  /** The clock location of the number. */
  readonly place: string | null
  /** The employee had clocked before, and never from there. */
  readonly isNewNumber: boolean
}

export interface VoiceCheck {
  readonly id: number
  readonly hasSpeech: boolean
  /** File name in the recordings' folder; null when nothing was recorded, and once it is erased. */
  readonly recording: string | null
  /** Its audio was older than is kept. */
  readonly isErased: boolean
  readonly verdict: VoiceVerdict | null
}

/** Entries that began in [from, to), the newest first, at most `limit`. */
export async function listTimeEntries(
  db: Database,
  range: { from?: Instant; to?: Instant; limit?: number },
): Promise<TimeEntry[]> {
  let query = timeEntries(db).orderBy('time_entries.clock_in_at', 'desc').orderBy('time_entries.id', 'desc')
  if (range.from !== undefined) query = query.where('time_entries.clock_in_at', '>=', range.from)
  if (range.to !== undefined) query = query.where('time_entries.clock_in_at', '<', range.to)
  if (range.limit !== undefined) query = query.limit(range.limit)
  return (await query.execute()).map(toTimeEntry)
}

/** Time entries as they are read everywhere, to be narrowed and ordered. */
export function timeEntries(db: Database) {
  return db
    .selectFrom('time_entries')
    .innerJoin('employees', 'employees.id', 'time_entries.employee_id')
    .leftJoin('jobs', 'jobs.id', 'time_entries.job_id')
    .leftJoin('punches as in_punch', 'in_punch.id', 'time_entries.clock_in_punch_id')
    .leftJoin('calls as in_call', 'in_call.id', 'in_punch.call_id')
    .leftJoin('clock_locations as in_place', 'in_place.number', 'in_call.caller_number')
    .leftJoin('punches as out_punch', 'out_punch.id', 'time_entries.clock_out_punch_id')
    .leftJoin('calls as out_call', 'out_call.id', 'out_punch.call_id')
    .leftJoin('clock_locations as out_place', 'out_place.number', 'out_call.caller_number')
    .leftJoin('voice_checks as in_voice', 'in_voice.punch_id', 'time_entries.clock_in_punch_id')
    .leftJoin('voice_checks as out_voice', 'out_voice.punch_id', 'time_entries.clock_out_punch_id')
    .select([
      'time_entries.id',
      'time_entries.employee_id',
      'employees.name as employee',
      'employees.payroll_number',
      'time_entries.job_id',
      'jobs.name as job',
      'time_entries.state',
      'time_entries.clock_in_at',
      'time_entries.clock_out_at',
      'time_entries.clock_in_punch_id',
      'time_entries.clock_out_punch_id',
      'time_entries.revision',
      'in_place.name as in_place',
      'in_call.number_is_new as in_number_is_new',
      'out_place.name as out_place',
      'out_call.number_is_new as out_number_is_new',
      'in_voice.id as in_voice_id',
      'in_voice.has_speech as in_voice_speech',
      'in_voice.recording as in_voice_recording',
      'in_voice.erased_at as in_voice_erased_at',
      'in_voice.verdict as in_voice_verdict',
      'out_voice.id as out_voice_id',
      'out_voice.has_speech as out_voice_speech',
      'out_voice.recording as out_voice_recording',
      'out_voice.erased_at as out_voice_erased_at',
      'out_voice.verdict as out_voice_verdict',
    ])
    .select(eb =>
      eb
        .exists(eb.selectFrom('entry_corrections').select('id').whereRef('entry_id', '=', 'time_entries.id'))
        .$castTo<0 | 1>()
        .as('is_corrected'),
    )
}

export type TimeEntryRow = Awaited<ReturnType<ReturnType<typeof timeEntries>['execute']>>[number]

export function toTimeEntry(row: TimeEntryRow): TimeEntry {
  return {
    id: row.id,
    employeeId: row.employee_id,
    employee: row.employee,
    payrollNumber: row.payroll_number,
    jobId: row.job_id,
    job: row.job,
    state: row.state,
    clockInAt: row.clock_in_at,
    clockOutAt: row.clock_out_at,
    clockInPunchId: row.clock_in_punch_id,
    clockOutPunchId: row.clock_out_punch_id,
    revision: row.revision,
    isCorrected: row.is_corrected === 1,
    clockInVoice: toVoiceCheck({
      id: row.in_voice_id,
      hasSpeech: row.in_voice_speech,
      recording: row.in_voice_recording,
      erasedAt: row.in_voice_erased_at,
      verdict: row.in_voice_verdict,
    }),
    clockOutVoice: toVoiceCheck({
      id: row.out_voice_id,
      hasSpeech: row.out_voice_speech,
      recording: row.out_voice_recording,
      erasedAt: row.out_voice_erased_at,
      verdict: row.out_voice_verdict,
    }),
    clockInFrom: toOrigin(row.in_place, row.in_number_is_new),
    clockOutFrom: toOrigin(row.out_place, row.out_number_is_new),
  }
}

function toOrigin(place: string | null, numberIsNew: 0 | 1 | null): PunchOrigin | null {
  return numberIsNew === null ? null : { place, isNewNumber: numberIsNew === 1 }
}

function toVoiceCheck(row: {
  id: number | null
  hasSpeech: 0 | 1 | null
  recording: string | null
  erasedAt: Instant | null
  verdict: VoiceVerdict | null
}): VoiceCheck | null {
  if (row.id === null) return null
  const isErased = row.erasedAt !== null
  return {
    id: row.id,
    hasSpeech: row.hasSpeech === 1,
    recording: isErased ? null : row.recording,
    isErased,
    verdict: row.verdict,
  }
}
