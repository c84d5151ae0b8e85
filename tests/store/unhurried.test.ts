/** Writes for which the disk is not waited, and those after them, for which it is. */
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { addCallSteps } from '../../src/store/call-steps.js'
import { addCall } from '../../src/store/calls.js'
import { unhurriedTransaction } from '../../src/store/sqlite.js'
import { openWorkspace } from '../support/workspace.js'

const { db } = await openWorkspace()

/** As SQLite numbers it: 2 is FULL. */
const synchronous = async (connection = db) =>
  (await sql<{ synchronous: number }>`pragma synchronous`.execute(connection)).rows[0]?.synchronous

const call = { channel: '1700000000.1', callerNumber: null, answeredAt: Date.now() }

it('are there at once, and the disk is waited for again after them', async () => {
  const callId = await addCall(db, call)
  await addCallSteps(db, [{ callId, at: Date.now(), step: 'answered', detail: null }])
  expect(await db.selectFrom('call_steps').select('step').execute()).toEqual([{ step: 'answered' }])
  expect(await synchronous()).toBe(2)
})

it('that fail leave the disk waited for as well', async () => {
  const ofNoCall = { callId: 999_999, at: Date.now(), step: 'answered', detail: null }
  await expect(addCallSteps(db, [ofNoCall])).rejects.toThrow('FOREIGN KEY')
  expect(await synchronous()).toBe(2)
})

it('are undone with the transaction that they are a part of', async () => {
  const failing = db.transaction().execute(async trx => {
    await addCall(trx, { ...call, channel: '1700000000.2' })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const { calls } = await db
    .selectFrom('calls')
    .select(({ fn }) => fn.countAll<number>().as('calls'))
    .executeTakeFirstOrThrow()
  expect(calls).toBe(1)
})

describe('a transaction of them', () => {
  const channel = '1700000000.3'
  const found = () => db.selectFrom('calls').select('id').where('channel', '=', channel).execute()

  it('is undone as a whole when it fails, and the disk is waited for again', async () => {
    const failing = unhurriedTransaction(db, async trx => {
      await addCall(trx, { ...call, channel })
      // 1 is NORMAL.
      expect(await synchronous(trx)).toBe(1)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await found()).toEqual([])
    expect(await synchronous()).toBe(2)
  })

  it('is there as a whole, and what is committed beside it waits for the disk', async () => {
    const [, beside] = await Promise.all([
      unhurriedTransaction(db, trx => addCall(trx, { ...call, channel })),
      db.transaction().execute(synchronous),
    ])
    expect(await found()).toHaveLength(1)
    expect(beside).toBe(2)
  })
})
