/** Recordings on disk, and the rows that say whose they are: voice checks and unclaimed punches. */
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import { makeFolder, syncDirectory, unlessGone, writeToDisk } from './durable-files.js'
import { addVoiceCheck } from './voice-checks.js'

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
    await makeFolder(dirname(file))
    const unfinished = `${file}.part`
    try {
      await writeToDisk(unfinished, wav)
      await rename(unfinished, file)
    } catch (error) {
      // A part of it would take room from what could be kept whole.
      await rm(unfinished, { force: true })
      throw error
    }
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

  /** Deletes recordings, also from the disk's memory of its folders. One that is gone already is no fault. */
  async remove(recordings: readonly string[]): Promise<void> {
    const files = recordings.map(recording => resolve(this.#directory, recording))
    for (const file of files) await rm(file, { force: true })
    for (const directory of new Set(files.map(dirname))) await syncDirectory(directory).catch(unlessGone)
  }
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
    .transaction()
    .execute(trx => addVoiceCheck(trx, { punchId: check.punchId, recordedAt: check.recordedAt, ...columns }))
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

/** Adds what the caller said to their unclaimed punch, or to what an admin made of it meanwhile. */
export async function keepUnclaimedRecording(
  db: Database,
  folder: RecordingFolder,
  unclaimed: { callId: number; recordedAt: Instant; taped: Taped },
): Promise<void> {
  const name = `unclaimed-${unclaimed.callId}`
  const columns = await recordingColumns(folder, name, unclaimed.recordedAt, unclaimed.taped)
  await db.transaction().execute(async trx => {
    const row = await trx
      .updateTable('unclaimed_punches')
      .set({ recording: columns.recording, duration_ms: columns.durationMs, has_speech: columns.hasSpeech ? 1 : 0 })
      .where('call_id', '=', unclaimed.callId)
      .where('punch_id', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (row) return
    const punch = await trx
      .selectFrom('punches')
      .select('id')
      .where('call_id', '=', unclaimed.callId)
      .executeTakeFirst()
    if (punch) await addVoiceCheck(trx, { punchId: punch.id, recordedAt: unclaimed.recordedAt, ...columns })
  })
}

/** Writes what was taped; gives the columns that say so. */
export async function recordingColumns(folder: RecordingFolder, name: string, recordedAt: Instant, taped: Taped) {
  return {
    recording: taped.wav && (await folder.write(name, recordedAt, taped.wav)),
    durationMs: taped.durationMs,
    hasSpeech: taped.hasSpeech,
  }
}
