/** Recordings on disk, and the rows that say whose they are: voice checks and unclaimed punches. */
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'

/** What a recording came to. Without `wav` nothing was recorded. */
export interface Taped {
  readonly wav: Uint8Array | null
  readonly durationMs: number
  readonly hasSpeech: boolean
}

/** The folder of recordings in a data directory, a subfolder for each month. */
export class RecordingFolder {
  readonly #directory: string

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, 'recordings')
  }

  /** Writes a recording so that it is whole and on disk, mode 0600; gives its name in the folder. */
  async write(name: string, recordedAt: Instant, wav: Uint8Array): Promise<string> {
    const file = join(this.#directory, new Date(recordedAt).toISOString().slice(0, 7), `${name}.wav`)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const unfinished = `${file}.part`
    const handle = await open(unfinished, 'w', 0o600)
    try {
      await handle.writeFile(wav)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, file)
    await syncDirectory(dirname(file))
    return relative(this.#directory, file)
  }

  /** The path of a recording, or null when its file is gone. */
  async find(recording: string): Promise<string | null> {
    const file = resolve(this.#directory, recording)
    const isThere = await stat(file).then(
      found => found.isFile(),
      () => false,
    )
    return isThere ? file : null
  }
}

/** Without it a power cut can undo the rename. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  await handle.sync().finally(() => handle.close())
}

/** Keeps what a caller said after a punch. Keeping it again changes nothing. */
export async function keepVoiceCheck(
  db: Database,
  folder: RecordingFolder,
  check: { punchId: number; recordedAt: Instant; taped: Taped },
): Promise<void> {
  const name = `punch-${check.punchId}`
  const columns = await recordingColumns(folder, name, check.recordedAt, check.taped)
  await db
    .insertInto('voice_checks')
    .values({ punch_id: check.punchId, recorded_at: check.recordedAt, ...columns })
    .onConflict(conflict => conflict.column('punch_id').doNothing())
    .execute()
}

/** Keeps a call that failed three times as an unclaimed punch, before anything of it is on tape. */
export async function addUnclaimedPunch(
  db: Database,
  unclaimed: { callId: number; employeeId: number | null; at: Instant },
): Promise<void> {
  await db
    .insertInto('unclaimed_punches')
    .values({
      call_id: unclaimed.callId,
      employee_id: unclaimed.employeeId,
      at: unclaimed.at,
      duration_ms: 0,
      has_speech: 0,
    })
    .execute()
}

/** Adds what the caller said to their unclaimed punch. */
export async function keepUnclaimedRecording(
  db: Database,
  folder: RecordingFolder,
  unclaimed: { callId: number; recordedAt: Instant; taped: Taped },
): Promise<void> {
  const name = `unclaimed-${unclaimed.callId}`
  const columns = await recordingColumns(folder, name, unclaimed.recordedAt, unclaimed.taped)
  await db.updateTable('unclaimed_punches').set(columns).where('call_id', '=', unclaimed.callId).execute()
}

async function recordingColumns(folder: RecordingFolder, name: string, recordedAt: Instant, taped: Taped) {
  return {
    recording: taped.wav && (await folder.write(name, recordedAt, taped.wav)),
    duration_ms: taped.durationMs,
    has_speech: taped.hasSpeech ? (1 as const) : (0 as const),
  }
}
