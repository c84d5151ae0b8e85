/** Going back to the version before an upgrade: on databases of real versions. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findWayBack, goBack } from '../../src/backup/way-back.js'
import { addCall } from '../../src/store/calls.js'
import { openDatabase } from '../../src/store/database.js'
import { addJob } from '../../src/store/jobs.js'
import { migrations } from '../../src/store/migrations/index.js'
import { punch } from '../../src/store/punches.js'
import { keepVoiceCheck, RecordingFolder } from '../../src/store/recordings.js'
import { dump } from '../support/dump.js'
import { filesIn } from '../support/files.js'

const NOW = new Set(Object.keys(migrations))
const BEFORE = new Set([...NOW].slice(0, -1))
const EARLIER = new Set([...NOW].slice(0, -2))
const BEFORE_NAME = [...BEFORE].at(-1)

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  file = join(directory, 'punchline.db')
})

afterEach(() => rmSync(directory, { recursive: true }))

/** Has a database of the version before, upgraded by this one, since when somebody has clocked, and an admin has added a job. */
async function upgraded() {
  copyFileSync(`tests/store/databases/${BEFORE_NAME}.db`, file)
  const before = dump(file)
  const db = await openDatabase(directory)
  const at = Date.now()
  const callId = await addCall(db, { channel: 'since', callerNumber: null, answeredAt: at })
  const punched = await punch(db, { callId, employeeId: 1, answeredAt: at, secondPunchConfirmed: true, jobId: null })
  if (punched.kind === 'too-soon') throw new Error('a confirmed punch is never too soon')
  const taped = { wav: Buffer.from('since'), durationMs: 1000, hasSpeech: true }
  await keepVoiceCheck(db, new RecordingFolder(directory), { punchId: punched.punchId, recordedAt: at, taped })
  await addJob(db, { name: 'Since', phoneCode: null }, 'test')
  await db.destroy()
  return before
}

describe('the way back', () => {
  it('leads to the copy from before the upgrade, and says what came since', async () => {
    await upgraded()
    expect(await findWayBack(directory, BEFORE)).toEqual({
      copy: join(directory, 'before-upgrade', `${BEFORE_NAME}.db`),
      lost: { calls: 1, punches: 1, changes: 1 },
    })
  })

  it('needs no copy for a version that can use the database as it is, nor where there is none', async () => {
    expect(await findWayBack(directory, BEFORE)).toBeNull()
    await upgraded()
    expect(await findWayBack(directory, NOW)).toBeNull()
  })

  it('is refused to a version that can’t read the copy either', async () => {
    await upgraded()
    await expect(findWayBack(directory, EARLIER)).rejects.toThrow(/^That version can't read the database, and there is/)
  })
})

describe('going back', () => {
  const goBackTo = async () => goBack(directory, join(directory, 'before-upgrade', `${BEFORE_NAME}.db`))

  it('brings the database of before, row for row, and keeps the other', async () => {
    const before = await upgraded()
    const after = dump(file)
    const { kept } = await goBackTo()
    expect(dump(file)).toEqual(before)
    expect(dump(join(kept, 'punchline.db'))).toEqual(after)
  })

  it('leaves nothing of the other’s log beside it', async () => {
    const before = await upgraded()
    writeFileSync(`${file}-wal`, 'of a Punchline that was killed')
    await goBackTo()
    expect(dump(file)).toEqual(before)
  })

  it('keeps the recordings since with the other, so that none is overwritten, and leaves those of before', async () => {
    await upgraded()
    const recordings = join(directory, 'recordings')
    const [since] = filesIn(recordings)
    mkdirSync(join(recordings, '2026-10'), { recursive: true })
    writeFileSync(join(recordings, '2026-10/punch-1.wav'), 'before')
    const { kept, undo } = await goBackTo()
    expect(filesIn(recordings)).toEqual(['2026-10/punch-1.wav'])
    expect(filesIn(join(kept, 'recordings'))).toEqual([since])
    await undo()
    expect(filesIn(recordings)).toHaveLength(2)
  })

  it('can be undone', async () => {
    await upgraded()
    const after = dump(file)
    await (await goBackTo()).undo()
    expect(dump(file)).toEqual(after)
  })

  it('to a damaged copy changes nothing', async () => {
    await upgraded()
    const after = dump(file)
    writeFileSync(join(directory, 'before-upgrade', `${BEFORE_NAME}.db`), 'damaged')
    await expect(goBackTo()).rejects.toThrow()
    expect(dump(file)).toEqual(after)
  })
})
