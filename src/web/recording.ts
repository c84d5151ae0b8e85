/** A recording as a player in a page gets it: whole or in parts, so that one can seek in it. */
import { basename, dirname } from 'node:path'
import type { Response } from 'express'
import type { RecordingFolder } from '../store/recordings.js'
import { PageRefused } from './errors.js'

/** Answers with a recording. @throws PageRefused with the sentence `gone` when there is none, or its file is lost */
export async function sendRecording(
  res: Response,
  folder: RecordingFolder,
  recording: string | null,
  gone: string,
): Promise<void> {
  const file = recording === null ? null : await folder.find(recording)
  if (file === null) throw new PageRefused(404, gone)
  // By name in its folder: a data directory may lie under one whose name begins with a dot.
  res.sendFile(basename(file), { root: dirname(file), headers: { 'Content-Type': 'audio/wav' } })
}

/** "3.2 s". */
export function recordingLength(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`
}
