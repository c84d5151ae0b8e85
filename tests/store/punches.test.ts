import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addCall, endAbandonedCalls } from '../../src/store/calls.js'
import { punch } from '../../src/store/punches.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace
let ann: { id: number }

beforeEach(async () => {
  workspace = await openWorkspace()
  ann = await workspace.hire('Ann Baker', '2468')
})

afterEach(() => workspace.close())

const newCall = (answeredAt = Date.now()) => addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt })

const punchBy = (callId: number, secondPunchConfirmed = false, answeredAt = Date.now()) =>
  punch(workspace.db, { callId, employeeId: ann.id, answeredAt, secondPunchConfirmed, jobId: null })

describe('a punch', () => {
  it('is made once for a call, however often it is asked for', async () => {
    const callId = await newCall()
    const first = await punchBy(callId)
    expect(await punchBy(callId)).toEqual(first)
    expect(await workspace.db.selectFrom('punches').selectAll().execute()).toHaveLength(1)
  })

  it('is made once for a call that asks twice at the same time', async () => {
    const callId = await newCall()
    const [one, other] = await Promise.all([punchBy(callId), punchBy(callId)])
    expect(one).toEqual(other)
  })

  it('of two calls at the same time clocks in once; the other call is too soon', async () => {
    const results = await Promise.all([punchBy(await newCall()), punchBy(await newCall())])
    expect(results.map(result => result.kind)).toEqual(['in', 'too-soon'])
  })

  it('can be neither changed nor deleted', async () => {
    await punchBy(await newCall())
    await expect(sql`update punches set at = 0`.execute(workspace.db)).rejects.toThrow('punches is append-only')
    await expect(sql`delete from punches`.execute(workspace.db)).rejects.toThrow('punches is append-only')
  })

  it('leaves no trace when its entry cannot be written', async () => {
    await sql`create trigger full before insert on time_entries begin select raise(abort, 'disk full'); end`.execute(
      workspace.db,
    )
    await expect(punchBy(await newCall())).rejects.toThrow('disk full')
    expect(await workspace.db.selectFrom('punches').selectAll().execute()).toEqual([])
  })
})

describe('calls that were cut off when Punchline stopped', () => {
  it('are ended with what they came to', async () => {
    const punched = await newCall()
    await punchBy(punched)
    const cutOff = await newCall()
    await endAbandonedCalls(workspace.db)
    const calls = await workspace.db.selectFrom('calls').select(['id', 'outcome']).orderBy('id').execute()
    expect(calls).toEqual([
      { id: punched, outcome: 'clocked-in' },
      { id: cutOff, outcome: 'cut-off' },
    ])
  })
})
