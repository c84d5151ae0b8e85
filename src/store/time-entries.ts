/** What payroll reads. */
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import type { TimeEntryState } from './schema.js'

export interface TimeEntry {
  readonly id: number
  readonly employee: string
  readonly job: string | null
  readonly state: TimeEntryState
  readonly clockInAt: Instant
  readonly clockOutAt: Instant | null
  readonly clockInVoice: VoiceCheck | null
  readonly clockOutVoice: VoiceCheck | null
}

export interface VoiceCheck {
  readonly id: number
  readonly hasSpeech: boolean
  /** File name in the recordings' folder; null when nothing was recorded. */
  readonly recording: string | null
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

/** The open entries, by name: who is in. */
export async function whoIsIn(db: Database): Promise<TimeEntry[]> {
  const rows = await timeEntries(db).where('state', '=', 'open').orderBy('employees.name').execute()
  return rows.map(toTimeEntry)
}

/** A voice check's recording, by the voice check's number. */
export async function findVoiceCheckRecording(db: Database, id: number): Promise<string | null> {
  const row = await db.selectFrom('voice_checks').select('recording').where('id', '=', id).executeTakeFirst()
  return row?.recording ?? null
}

function timeEntries(db: Database) {
  return db
    .selectFrom('time_entries')
    .innerJoin('employees', 'employees.id', 'time_entries.employee_id')
    .leftJoin('jobs', 'jobs.id', 'time_entries.job_id')
    .leftJoin('voice_checks as in_voice', 'in_voice.punch_id', 'time_entries.clock_in_punch_id')
    .leftJoin('voice_checks as out_voice', 'out_voice.punch_id', 'time_entries.clock_out_punch_id')
    .select([
      'time_entries.id',
      'employees.name as employee',
      'jobs.name as job',
      'time_entries.state',
      'time_entries.clock_in_at',
      'time_entries.clock_out_at',
      'in_voice.id as in_voice_id',
      'in_voice.has_speech as in_voice_speech',
      'in_voice.recording as in_voice_recording',
      'out_voice.id as out_voice_id',
      'out_voice.has_speech as out_voice_speech',
      'out_voice.recording as out_voice_recording',
    ])
}

type TimeEntryRow = Awaited<ReturnType<ReturnType<typeof timeEntries>['execute']>>[number]

function toTimeEntry(row: TimeEntryRow): TimeEntry {
  return {
    id: row.id,
    employee: row.employee,
    job: row.job,
    state: row.state,
    clockInAt: row.clock_in_at,
    clockOutAt: row.clock_out_at,
    clockInVoice: toVoiceCheck(row.in_voice_id, row.in_voice_speech, row.in_voice_recording),
    clockOutVoice: toVoiceCheck(row.out_voice_id, row.out_voice_speech, row.out_voice_recording),
  }
}

function toVoiceCheck(id: number | null, hasSpeech: 0 | 1 | null, recording: string | null): VoiceCheck | null {
  return id === null ? null : { id, hasSpeech: hasSpeech === 1, recording }
}
