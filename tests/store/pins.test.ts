import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addCall } from '../../src/store/calls.js'
import { addEmployee, findEmployees } from '../../src/store/employees.js'
import { loadPinKey } from '../../src/store/hashing.js'
import { judge } from '../../src/store/judging.js'
import { PinRefused, pinsOfOtherKeys, removePin, setPin } from '../../src/store/pins.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
})

afterEach(() => workspace.close())

async function judged(phoneClockId: string, pin: string): Promise<number | null> {
  const callId = await addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
  return (
    (await judge(workspace.db, workspace.pinKey, { callId, callerNumber: null, phoneClockId, pin }))?.employeeId ?? null
  )
}

describe('setting a PIN', () => {
  it('issues a phone clock ID with the first one and keeps it with the next', async () => {
    const ann = await workspace.hire('Ann', '2468')
    expect(ann.phoneClockId).toMatch(/^[1-9]\d{4}$/)
    const again = await setPin(workspace.db, workspace.pinKey, { employeeId: ann.id, pin: '8052', actor: 'test' })
    expect(again).toBe(ann.phoneClockId)
    expect([await judged(again, '2468'), await judged(again, '8052')]).toEqual([null, ann.id])
  })

  it('refuses an easy PIN, issues no ID for it and leaves the old PIN', async () => {
    const id = await addEmployee(workspace.db, { name: 'Bob', email: null }, 'test')
    await expect(
      setPin(workspace.db, workspace.pinKey, { employeeId: id, pin: '1234', actor: 'test' }),
    ).rejects.toThrow(PinRefused)
    expect(await findEmployees(workspace.db, 'Bob')).toMatchObject([{ phoneClockId: null, status: 'Not set up' }])
  })
})

describe('removing a PIN', () => {
  it('ends PIN and ID at once, and gives a fresh ID later', async () => {
    const ann = await workspace.hire('Ann', '2468')
    expect(await removePin(workspace.db, ann.id, 'test')).toBe(true)
    expect(await judged(ann.phoneClockId, '2468')).toBeNull()
    const fresh = await setPin(workspace.db, workspace.pinKey, { employeeId: ann.id, pin: '2468', actor: 'test' })
    expect(fresh).not.toBe(ann.phoneClockId)
    expect([await judged(fresh, '2468'), await judged(ann.phoneClockId, '2468')]).toEqual([ann.id, null])
  })

  it('says when there was none', async () => {
    const id = await addEmployee(workspace.db, { name: 'Bob', email: null }, 'test')
    expect(await removePin(workspace.db, id, 'test')).toBe(false)
  })

  it('counts for a call whose PIN is being judged at that moment', async () => {
    const ann = await workspace.hire('Ann', '2468')
    const verdict = judged(ann.phoneClockId, '2468')
    await removePin(workspace.db, ann.id, 'test')
    expect(await verdict).toBeNull()
  })
})

describe('the stored PINs', () => {
  it('are worth nothing without the key, which is kept apart for its owner alone', async () => {
    const ann = await workspace.hire('Ann', '2468')
    const callId = await addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt: 0 })
    const otherKey = { ...workspace.pinKey, secret: Buffer.alloc(32) }
    expect(
      await judge(workspace.db, otherKey, { callId, callerNumber: null, phoneClockId: ann.phoneClockId, pin: '2468' }),
    ).toBeNull()
    expect(statSync(join(workspace.directory, 'pin.key')).mode & 0o777).toBe(0o600)
  })

  it('hold neither a PIN nor the key', async () => {
    await workspace.hire('Ann', '80527')
    const key = readFileSync(join(workspace.directory, 'pin.key'), 'utf8').trim()
    for (const file of readdirSync(workspace.directory).filter(name => name !== 'pin.key')) {
      const content = readFileSync(join(workspace.directory, file))
      expect(content.includes('80527')).toBe(false)
      expect(content.includes(key)).toBe(false)
      expect(content.includes(Buffer.from(key, 'hex'))).toBe(false)
    }
  })

  it('are known to be of another key when the key file was exchanged', async () => {
    await workspace.hire('Ann', '2468')
    writeFileSync(join(workspace.directory, 'pin.key'), 'ab'.repeat(32))
    expect(await pinsOfOtherKeys(workspace.db, loadPinKey(workspace.directory))).toBe(1)
  })

  it('are refused a key file that is none', () => {
    writeFileSync(join(workspace.directory, 'pin.key'), 'short')
    expect(() => loadPinKey(workspace.directory)).toThrow(/pin\.key is not a key/)
  })
})

it('an unknown ID takes as long as a wrong PIN', async () => {
  const ann = await workspace.hire('Ann', '2468')
  const times: Record<string, number[]> = { unknown: [], wrong: [] }
  // Taken in turns, so that whatever else the machine does falls on both alike.
  for (let round = 0; round < 30; round++) {
    for (const [kind, id] of [
      ['unknown', '10000'],
      ['wrong', ann.phoneClockId],
    ] as const) {
      const start = performance.now()
      await judged(id, '1357')
      times[kind]?.push(performance.now() - start)
    }
  }
  const median = (values: number[] = []) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  expect(Math.abs(median(times.unknown) - median(times.wrong))).toBeLessThan(0.25 * median(times.wrong))
})
