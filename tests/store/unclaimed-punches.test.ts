import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR } from '../../src/clock/time.js'
import { deleteEmployee } from '../../src/store/employees.js'
import { keepUnclaimedRecording } from '../../src/store/recordings.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import {
  assignUnclaimedPunch,
  findUnclaimedPunch,
  refuseUnclaimedPunch,
  SettlingRefused,
} from '../../src/store/unclaimed-punches.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'
import { failedCall } from '../web/support/unclaimed.js'

const AT = Date.now() - HOUR

let office: Office
let ann: number

beforeEach(async () => {
  office = await openOffice()
  ann = await office.hire('Ann')
})

afterEach(() => office.close())

const assign = (id: number, direction: 'in' | 'out', employeeId = ann, jobId: number | null = null) =>
  assignUnclaimedPunch(office.db, { id, employeeId, direction, jobId, actor: 'office' })
const entries = () => listTimeEntries(office.db, {})
const punches = () => office.db.selectFrom('punches').selectAll().execute()

it('as a clock-in it is a punch at the call’s time that begins an entry', async () => {
  const { id, callId } = await failedCall(office, { at: AT })
  await assign(id, 'in')
  expect(await punches()).toMatchObject([
    { call_id: callId, employee_id: ann, direction: 'in', at: AT, assigned_by: 'office' },
  ])
  expect(await entries()).toMatchObject([{ employeeId: ann, state: 'open', clockInAt: AT, revision: 1 }])
})

it('the number that it came from is one that the employee clocks from', async () => {
  const { id } = await failedCall(office, { at: AT, from: '+15550177' })
  await assign(id, 'in')
  expect(await office.db.selectFrom('known_numbers').select(['employee_id', 'number']).execute()).toEqual([
    { employee_id: ann, number: '+15550177' },
  ])
})

it('as a clock-out it closes the entry that was open, which counts as changed', async () => {
  await office.call(ann, { at: AT - 8 * HOUR })
  const { id } = await failedCall(office, { at: AT })
  await assign(id, 'out')
  expect(await entries()).toMatchObject([{ state: 'closed', clockOutAt: AT, revision: 2 }])
})

it('the recording is the punch’s voice check from then on, heard by who assigned it', async () => {
  const { id } = await failedCall(office, { at: AT })
  await assign(id, 'in')
  const [entry] = await entries()
  expect(entry?.clockInVoice).toMatchObject({
    recording: expect.stringMatching(/unclaimed-\d+\.wav$/),
    verdict: 'heard',
  })
  expect(await findUnclaimedPunch(office.db, id)).toMatchObject({
    recording: null,
    settled: { verdict: 'assigned', by: 'office', direction: 'in', entryId: entry?.id },
  })
})

it('a recording that arrives after it was assigned goes to the punch', async () => {
  const { id, callId } = await failedCall(office, { at: AT, taped: null })
  await assign(id, 'in')
  await keepUnclaimedRecording(office.db, office.recordings, { callId, recordedAt: AT, taped: SPOKEN })
  expect((await entries())[0]?.clockInVoice?.recording).toMatch(/unclaimed/)
})

it('the call gets the employee, and the employee’s history says who did it', async () => {
  const { id, callId } = await failedCall(office, { at: AT })
  await assign(id, 'in')
  const call = await office.db.selectFrom('calls').selectAll().where('id', '=', callId).executeTakeFirst()
  expect(call?.employee_id).toBe(ann)
  const events = await office.db.selectFrom('audit_events').selectAll().where('employee_id', '=', ann).execute()
  expect(events.at(-1)).toMatchObject({ actor: 'office', action: 'unclaimed punch assigned' })
})

it('is settled once: the second is told who did it, and nothing is doubled', async () => {
  const { id } = await failedCall(office, { at: AT })
  await assign(id, 'in')
  await expect(assign(id, 'in')).rejects.toThrow('It had been assigned already, by office.')
  await expect(refuseUnclaimedPunch(office.db, { id, reason: 'x', actor: 'other' })).rejects.toThrow('assigned already')
  expect(await punches()).toHaveLength(1)
})

it('once refused it is nobody’s, with the reason', async () => {
  const { id } = await failedCall(office, { at: AT })
  await refuseUnclaimedPunch(office.db, { id, reason: 'A wrong number.', actor: 'office' })
  expect(await findUnclaimedPunch(office.db, id)).toMatchObject({
    settled: { verdict: 'refused', by: 'office', reason: 'A wrong number.' },
  })
  await expect(assign(id, 'in')).rejects.toThrow('It had been refused already')
  expect(await punches()).toHaveLength(0)
})

it('what is not possible changes nothing', async () => {
  await office.call(ann, { at: AT - HOUR })
  const { id } = await failedCall(office, { at: AT })
  await expect(assign(id, 'in')).rejects.toThrow(SettlingRefused)
  expect(await punches()).toHaveLength(1)
  expect(await findUnclaimedPunch(office.db, id)).toMatchObject({ settled: null })
})

it('no punch is made for a deleted employee, nor for one that never was, nor for a job that is none', async () => {
  await deleteEmployee(office.db, ann, 'test')
  const { id } = await failedCall(office, { at: AT })
  await expect(assign(id, 'in')).rejects.toThrow('no such employee')
  await expect(assign(id, 'in', 999)).rejects.toThrow('no such employee')
  await expect(assign(id, 'in', await office.hire('Bob'), 7)).rejects.toThrow('no such active job')
  await expect(assign(99, 'in')).rejects.toThrow('no such unclaimed punch')
})

it('an entry that was forgotten by then misses its clock-out, as after a call', async () => {
  await office.call(ann, { at: AT - 20 * HOUR })
  const { id } = await failedCall(office, { at: AT })
  await assign(id, 'in')
  expect((await entries()).map(({ state }) => state)).toEqual(['open', 'missing-clock-out'])
})
