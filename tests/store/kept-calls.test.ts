import { afterEach, beforeEach, expect, it } from 'vitest'
import { MINUTE } from '../../src/clock/time.js'
import { addCall, endCall } from '../../src/store/calls.js'
import { type KeptCall, keepKeptCall } from '../../src/store/kept-calls.js'
import { punch } from '../../src/store/punches.js'
import { listUnclaimedPunches } from '../../src/store/unclaimed-punches.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'

const AT = Date.parse('2026-11-24T13:05:00Z')

let office: Office

beforeEach(async () => {
  office = await openOffice()
})

afterEach(() => office.close())

const KEPT: KeptCall = { channel: '1700000000.7', callerNumber: '+15550102', answeredAt: AT, keyedId: '48213' }
const keep = (changes: Partial<KeptCall> = {}) =>
  keepKeptCall(office.db, office.recordings, { ...KEPT, ...changes }, SPOKEN)
const waiting = () => listUnclaimedPunches(office.db, 'waiting', { offset: 0, limit: 100 })
const calls = () => office.db.selectFrom('calls').selectAll().execute()
const voiceChecks = () => office.db.selectFrom('voice_checks').selectAll().execute()

it('a kept call becomes an unclaimed punch at its time, with its recording', async () => {
  await keep()
  expect(await waiting()).toMatchObject([
    { at: AT, callerNumber: '+15550102', hasSpeech: true, kept: { keyedId: '48213', employee: null } },
  ])
  expect(await calls()).toMatchObject([{ answered_at: AT, ended_at: AT, outcome: 'unclaimed-punch' }])
})

it('taken in again, as after a kill, it is there once', async () => {
  expect(await keep()).toBe(await keep())
  expect(await waiting()).toHaveLength(1)
  expect(await calls()).toHaveLength(1)
})

it('another call that the PBX named alike after a restart is another call', async () => {
  await keep()
  await keep({ answeredAt: AT + 60 * MINUTE })
  expect(await waiting()).toHaveLength(2)
})

it('a call that Punchline had begun stays one call', async () => {
  const callId = await addCall(office.db, { ...KEPT, answeredAt: AT + 300 })
  await endCall(office.db, callId, 'cut-off')
  expect(await keep()).toBe(callId)
  expect(await calls()).toMatchObject([{ id: callId, outcome: 'unclaimed-punch' }])
})

it('a call whose punch is on disk gets no second one: what was said is its voice check', async () => {
  const ann = await office.hire('Ann')
  const callId = await addCall(office.db, KEPT)
  await punch(office.db, { callId, employeeId: ann, answeredAt: AT, secondPunchConfirmed: false, jobId: null })
  await keep()
  expect(await waiting()).toEqual([])
  expect(await voiceChecks()).toMatchObject([{ has_speech: 1 }])
})
