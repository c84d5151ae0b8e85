import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, MINUTE } from '../../src/clock/time.js'
import { Retention } from '../../src/retention.js'
import { addCallSteps } from '../../src/store/call-steps.js'
import { addCall } from '../../src/store/calls.js'
import { eraseRecordings } from '../../src/store/retention.js'
import { changeSettings } from '../../src/store/settings.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { refuseUnclaimedPunch } from '../../src/store/unclaimed-punches.js'
import { judgeVoiceCheck } from '../../src/store/voice-checks.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'
import { failedCall } from '../web/support/unclaimed.js'

const NOW = Date.now()
const OLD = NOW - 91 * DAY
const YOUNG = NOW - 89 * DAY

let office: Office
let ann: number
let retention: Retention

beforeEach(async () => {
  office = await openOffice()
  ann = await office.hire('Ann')
  retention = new Retention({ db: office.db, recordings: office.recordings, log: pino({ level: 'silent' }) })
})

afterEach(async () => {
  await retention.stop()
  await office.close()
})

const call = (at: number) => office.call(ann, { at, voice: SPOKEN, from: '+15550001' })
const check = async (id: number) =>
  office.db.selectFrom('voice_checks').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const isThere = (recording: string | null) => existsSync(join(office.directory, 'recordings', recording ?? 'none'))

describe('recordings', () => {
  it('older than is kept lose their audio, also on disk; the entry stays and says so', async () => {
    await call(OLD)
    await call(YOUNG)
    const [old, young] = [await check(1), await check(2)]
    expect(await retention.eraseOld(NOW)).toEqual({ recordings: 1, calls: 0 })
    expect(isThere(old.recording)).toBe(false)
    expect(isThere(young.recording)).toBe(true)
    expect(await check(1)).toMatchObject({ recording: null, erased_at: expect.any(Number) })
    const entries = await listTimeEntries(office.db, {})
    expect(entries.map(entry => entry.clockInVoice?.isErased)).toEqual([false, true])
  })

  it('that are doubtful are never erased by it', async () => {
    await call(OLD)
    await judgeVoiceCheck(office.db, { id: 1, verdict: 'doubtful', actor: 'test' })
    expect(await retention.eraseOld(NOW)).toMatchObject({ recordings: 0 })
    expect(isThere((await check(1)).recording)).toBe(true)
    await judgeVoiceCheck(office.db, { id: 1, verdict: 'heard', actor: 'test' })
    expect(await retention.eraseOld(NOW)).toMatchObject({ recordings: 1 })
  })

  it('of calls that wait for an admin are kept, and erased once they are settled', async () => {
    const { id } = await failedCall(office, { at: OLD })
    expect(await retention.eraseOld(NOW)).toMatchObject({ recordings: 0 })
    await refuseUnclaimedPunch(office.db, { id, reason: 'x', actor: 'test' })
    expect(await retention.eraseOld(NOW)).toMatchObject({ recordings: 1 })
    const row = await office.db.selectFrom('unclaimed_punches').selectAll().executeTakeFirst()
    expect(row).toMatchObject({ recording: null, erased_at: expect.any(Number) })
  })

  it('that a killed run erased half are finished by the next', async () => {
    await call(OLD)
    const { recording } = await check(1)
    await eraseRecordings(office.db, NOW, 10)
    expect(isThere(recording)).toBe(true)
    await retention.eraseOld(NOW)
    expect(isThere(recording)).toBe(false)
    expect(await check(1)).toMatchObject({ recording: null })
  })

  it('whose file is gone already are no fault', async () => {
    await call(OLD)
    await office.recordings.remove([(await check(1)).recording ?? ''])
    expect(await retention.eraseOld(NOW)).toMatchObject({ recordings: 1 })
  })

  it('go by the days that are set, all of them though they come in batches', async () => {
    for (let i = 0; i < 55; i++) await call(NOW - 3 * DAY + i * MINUTE)
    await changeSettings(office.db, { recordingDays: 2 }, 'test')
    expect(await retention.eraseOld(NOW)).toMatchObject({ recordings: 55 })
  })
})

describe('calls', () => {
  beforeEach(() => changeSettings(office.db, { callDays: 100 }, 'test'))
  const before = NOW - 101 * DAY
  const rows = (table: 'calls' | 'call_steps' | 'pin_attempts') =>
    office.db.selectFrom(table).selectAll().orderBy('id').execute()

  async function hungUp(answeredAt: number): Promise<number> {
    const callId = await addCall(office.db, { channel: 'test', callerNumber: '+15550001', answeredAt })
    await addCallSteps(office.db, [{ callId, at: answeredAt, step: 'answered', detail: '+15550001' }])
    return callId
  }

  it('without a punch are removed with all that is on record of them', async () => {
    await hungUp(before)
    const young = await hungUp(NOW - DAY)
    expect(await retention.eraseOld(NOW)).toMatchObject({ calls: 1 })
    expect((await rows('calls')).map(({ id }) => id)).toEqual([young])
    expect(await rows('call_steps')).toHaveLength(1)
  })

  it('with a punch or an unclaimed punch lose number and steps, once', async () => {
    await call(before)
    const { callId } = await failedCall(office, { at: before, from: '+15550002' })
    await addCallSteps(office.db, [{ callId, at: before, step: 'answered', detail: '+15550002' }])
    expect(await retention.eraseOld(NOW)).toMatchObject({ calls: 2 })
    for (const row of await rows('calls')) {
      expect(row).toMatchObject({ caller_number: null, erased_at: expect.any(Number) })
    }
    expect(await rows('call_steps')).toHaveLength(0)
    expect(await retention.eraseOld(NOW)).toMatchObject({ calls: 0 })
  })

  it('that are erased leave the attempts at PINs that a lock counts, without a name of the call', async () => {
    const callId = await hungUp(before)
    const attempt = (at: number) =>
      office.db
        .insertInto('pin_attempts')
        .values({ call_id: callId, caller: 'stranger', at, verdict: 'unknown' })
        .execute()
    await attempt(NOW - 31 * DAY)
    await attempt(NOW - 29 * DAY)
    expect(await retention.eraseOld(NOW)).toMatchObject({ calls: 1 })
    expect(await rows('pin_attempts')).toMatchObject([{ at: NOW - 29 * DAY, call_id: null }])
    expect(await rows('calls')).toEqual([])
  })

  it('that are erased take with them the numbers that nobody has clocked from since', async () => {
    const ann = await office.hire('Ann')
    const knownSince = (number: string, at: number) =>
      office.db.insertInto('known_numbers').values({ employee_id: ann, number, first_at: at, latest_at: at }).execute()
    await knownSince('+15550001', before)
    await knownSince('+15550002', NOW - DAY)
    await hungUp(before)
    await retention.eraseOld(NOW)
    expect(await office.db.selectFrom('known_numbers').select('number').execute()).toEqual([{ number: '+15550002' }])
  })
})

it('starts at once, and stops while it rests', async () => {
  await call(OLD)
  retention.start()
  await expect.poll(async () => (await check(1)).recording).toBeNull()
  await retention.stop()
})
