import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addCall } from '../../src/store/calls.js'
import { punch } from '../../src/store/punches.js'
import { keepVoiceCheck } from '../../src/store/recordings.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
})

afterEach(() => workspace.close())

it('a voice check is a file for its owner alone, tied to its punch, and kept once', async () => {
  const { db, clock } = workspace
  const { id: employeeId } = await workspace.hire('Ann', '2468')
  const answeredAt = Date.UTC(2026, 10, 23)
  const callId = await addCall(db, { channel: 'test', callerNumber: null, answeredAt })
  const punched = await punch(db, { callId, employeeId, answeredAt, secondPunchConfirmed: false, jobId: null })
  if (punched.kind === 'too-soon') throw new Error('not punched')
  const keep = (wav: Uint8Array | null) =>
    keepVoiceCheck(db, clock.recordings, {
      punchId: punched.punchId,
      recordedAt: answeredAt,
      taped: { wav, durationMs: 1000, hasSpeech: true },
    })
  await keep(Buffer.from('the recording'))
  await keep(null)
  const [entry] = await listTimeEntries(db, {})
  expect(entry?.clockInVoice).toMatchObject({ hasSpeech: true, recording: '2026-11/punch-1.wav' })
  const file = await clock.recordings.find(entry?.clockInVoice?.recording ?? '')
  expect(readFileSync(file ?? '', 'utf8')).toBe('the recording')
  expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
})

it('a recording that can’t be written whole leaves no part of itself', async () => {
  const { directory, clock } = workspace
  mkdirSync(join(directory, 'recordings', '2026-11', 'punch-1.wav'), { recursive: true })
  await expect(clock.recordings.write('punch-1', Date.UTC(2026, 10, 23), Buffer.from('sound'))).rejects.toThrow()
  expect(readdirSync(join(directory, 'recordings', '2026-11'))).toEqual(['punch-1.wav'])
})

it('a recording whose file is gone is not found', async () => {
  expect(await workspace.clock.recordings.find('2026-11/punch-9.wav')).toBeNull()
})
