/** A company for tests: an employee who clocks in with a recording, and backups of it all in a directory beside. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MadeBackup, makeBackup } from '../../../src/backup/making.js'
import { addCall } from '../../../src/store/calls.js'
import type { Database } from '../../../src/store/database.js'
import { punch } from '../../../src/store/punches.js'
import { keepVoiceCheck } from '../../../src/store/recordings.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

export const PIN = '80527314'
const WAV = Buffer.from('a name, as it was said')

export interface Company {
  readonly workspace: Workspace
  readonly db: Database
  /** Where the backups are. */
  readonly backups: string
  /** A directory that is not there yet. */
  readonly elsewhere: string
  /** A call without a punch; gives its number. */
  callOnly(): Promise<number>
  /** Clocks the employee in or out; gives the recording's name. */
  clock(): Promise<string>
  backUp(options?: { keep?: number; withKeys?: boolean }): Promise<MadeBackup>
  close(): Promise<void>
}

export async function openCompany(): Promise<Company> {
  const workspace = await openWorkspace()
  const { db, directory } = workspace
  const beside = mkdtempSync(join(tmpdir(), 'punchline-backup-'))
  const backups = join(beside, 'backups')
  const ann = await workspace.hire('Ann', PIN)
  return {
    workspace,
    db,
    backups,
    elsewhere: join(beside, 'elsewhere'),
    callOnly: () => addCall(db, { channel: 'test', callerNumber: null, answeredAt: Date.now() }),
    async clock() {
      const at = Date.now()
      const callId = await addCall(db, { channel: 'test', callerNumber: '+15550101', answeredAt: at })
      const request = { callId, employeeId: ann.id, answeredAt: at, secondPunchConfirmed: true, jobId: null }
      const punched = await punch(db, request)
      if (punched.kind === 'too-soon') throw new Error('a confirmed punch is never too soon')
      const taped = { wav: WAV, durationMs: 1000, hasSpeech: true }
      await keepVoiceCheck(db, workspace.clock.recordings, { punchId: punched.punchId, recordedAt: at, taped })
      const { recording } = await db
        .selectFrom('voice_checks')
        .select('recording')
        .where('punch_id', '=', punched.punchId)
        .executeTakeFirstOrThrow()
      return recording ?? ''
    },
    backUp: ({ keep = 14, withKeys = false } = {}) =>
      makeBackup({ dataDirectory: directory, directory: backups, keep, withKeys }),
    async close() {
      await workspace.close()
      rmSync(beside, { recursive: true })
    },
  }
}
