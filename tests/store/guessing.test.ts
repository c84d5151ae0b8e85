/** Attacks on PINs against the real database, with the clock set forward. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { addCall } from '../../src/store/calls.js'
import { openDatabase } from '../../src/store/database.js'
import { type Bucket, beginAttempt, readIdLocks, readWideLocks, settleRight, unlock } from '../../src/store/guessing.js'
import { judge } from '../../src/store/judging.js'
import { removePin, setPin } from '../../src/store/pins.js'
import { changeSettings } from '../../src/store/settings.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const PIN = '2468'
const WRONG = '1357'
const MOBILE = '+15550102'
let workspace: Workspace
let ann: { id: number; phoneClockId: string }

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 23, 13) })
  workspace = await openWorkspace()
  ann = await workspace.hire('Ann', PIN)
  later(SECOND)
  // What was set up long ago gives strangers nothing on top.
  await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
})

afterEach(async () => {
  vi.useRealTimers()
  await workspace.close()
})

interface Tried {
  readonly pin?: string
  readonly from?: string | null
  readonly at?: { id?: number; phoneClockId: string }
}

/** One call with attempts, of which the last is told: whether it was let in. As `judge` does, less the work of the hash. */
async function call(...attempts: Tried[]): Promise<boolean> {
  const from = attempts[0]?.from ?? null
  const callId = await addCall(workspace.db, { channel: 'test', callerNumber: from, answeredAt: Date.now() })
  let isIn = false
  for (const { pin = PIN, at = ann } of attempts) {
    const guess = { callId, callerNumber: from, phoneClockId: at.phoneClockId }
    const employeeId = at.id ?? null
    const begun = await beginAttempt(workspace.db, guess, employeeId)
    isIn = begun.kind === 'judge' && pin === PIN && employeeId !== null
    if (begun.kind === 'judge' && isIn && employeeId !== null) {
      await settleRight(workspace.db, begun.id, guess, employeeId)
    }
  }
  return isIn
}

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const freshNumber = (
  last => () =>
    `+1666${String(last++).padStart(7, '0')}`
)(0)
const verdicts = async () =>
  (await workspace.db.selectFrom('pin_attempts').select('verdict').orderBy('id').execute()).map(row => row.verdict)
const judged = async () => (await verdicts()).filter(verdict => verdict !== 'locked').length

/** Wrong PINs, each from a fresh number, with so much time between them. */
async function guesses(count: number, between = 0, at = ann): Promise<void> {
  for (let i = 0; i < count; i++) {
    await call({ pin: WRONG, from: freshNumber(), at })
    later(between)
  }
}

describe('a stranger who guesses at an ID', () => {
  it('is not judged after five wrong PINs in a row, whatever number each comes from', async () => {
    await guesses(5)
    expect(await call({ from: freshNumber() })).toBe(false)
    expect(await verdicts()).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'locked'])
    later(MINUTE + SECOND)
    expect(await call({ from: freshNumber() })).toBe(true)
  })

  it('waits twice as long after each further guess', async () => {
    await guesses(5)
    for (const minutes of [1, 2, 4, 8]) {
      later(minutes * MINUTE - SECOND)
      await guesses(1)
      expect((await verdicts()).at(-1)).toBe('locked')
      later(2 * SECOND)
      await guesses(1)
      expect((await verdicts()).at(-1)).toBe('wrong')
    }
  })

  it('does not lock its owner out of the phone that they clock from', async () => {
    expect(await call({ from: MOBILE })).toBe(true)
    await guesses(30)
    expect(await call({ from: MOBILE })).toBe(true)
    expect(await call({ from: '+15550199' })).toBe(false)
  })

  it('gets nothing back when the owner clocks from the usual phone', async () => {
    await call({ from: MOBILE })
    await guesses(5)
    await call({ from: MOBILE })
    expect(await call({ from: freshNumber() })).toBe(false)
  })

  it('gets no more guesses from a hundred calls at once', async () => {
    await Promise.all(Array.from({ length: 100 }, () => call({ pin: WRONG, from: freshNumber() })))
    expect(await judged()).toBe(5)
  })

  it('gets nothing back by a restart', async () => {
    await guesses(5)
    const again = await openDatabase(workspace.directory)
    const callId = await addCall(again, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
    const attempt = { callId, callerNumber: null, phoneClockId: ann.phoneClockId, pin: PIN }
    expect(await judge(again, workspace.pinKey, attempt)).toBeNull()
    await again.destroy()
  })
})

describe('a spoofed caller number of the owner', () => {
  beforeEach(() => call({ from: MOBILE }))

  it('gets five wrong PINs in a row, then pauses', async () => {
    for (let i = 0; i < 5; i++) await call({ pin: WRONG, from: MOBILE })
    expect(await call({ from: MOBILE })).toBe(false)
    later(MINUTE + SECOND)
    expect(await call({ from: MOBILE })).toBe(true)
  })

  it('leaves the owner every other phone', async () => {
    for (let i = 0; i < 20; i++) await call({ pin: WRONG, from: MOBILE })
    expect(await call({ from: '+15550199' })).toBe(true)
  })

  it('gets at most a hundred wrong PINs in 30 days', async () => {
    for (let i = 0; i < 150; i++) {
      await call({ pin: WRONG, from: MOBILE })
      later(2 * HOUR)
    }
    expect((await verdicts()).filter(verdict => verdict === 'wrong')).toHaveLength(100)
  })
})

describe('a machine that calls from a fresh number each time, at many IDs', () => {
  let all: { id: number; phoneClockId: string }[]
  beforeEach(async () => {
    all = [ann]
    for (let i = 0; i < 9; i++) all.push(await workspace.hire(`Employee ${i}`, PIN))
    await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
  })

  async function day(calls: number, span = DAY): Promise<void> {
    for (let i = 0; i < calls; i++) await guesses(1, span / calls, all[i % all.length])
  }

  it('gets 20 guesses a day, and 40 in 30 days', async () => {
    await day(60)
    expect(await judged()).toBe(20)
    await day(60)
    expect(await judged()).toBeLessThanOrEqual(40)
    for (let i = 0; i < 10; i++) await day(12)
    expect(await judged()).toBe(40)
  })

  it('locks out nobody who has clocked from their number before', async () => {
    await call({ from: MOBILE })
    await day(60, HOUR)
    expect(await call({ from: freshNumber() })).toBe(false)
    expect(await call({ from: MOBILE })).toBe(true)
  })

  it('locks out nobody who borrows a colleague’s phone', async () => {
    await call({ from: MOBILE, at: all[1] ?? ann })
    await day(60, HOUR)
    expect(await call({ from: freshNumber() })).toBe(false)
    expect(await call({ from: MOBILE })).toBe(true)
  })

  it('gets one guess more for each PIN that was set lately', async () => {
    await workspace.hire('New', PIN)
    await workspace.hire('Newer', PIN)
    await day(60)
    expect(await judged()).toBe(22)
  })
})

describe('a colleague', () => {
  let bob: { id: number; phoneClockId: string }
  beforeEach(async () => {
    bob = await workspace.hire('Bob', PIN)
    await call({ from: MOBILE, at: bob })
  })

  it('who sprays one number over many IDs is not judged after five wrong PINs in a row', async () => {
    for (let i = 0; i < 5; i++) {
      await call({ pin: WRONG, from: MOBILE, at: await workspace.hire(`Employee ${i}`, PIN) })
    }
    expect(await call({ from: MOBILE })).toBe(false)
  })

  it('can’t buy guesses at others with right PINs of their own', async () => {
    const all = [ann]
    for (let i = 0; i < 9; i++) all.push(await workspace.hire(`Employee ${i}`, PIN))
    await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
    for (let i = 0; i < 100; i++) {
      const other = all[i % all.length] ?? ann
      await call({ pin: WRONG, from: MOBILE, at: other }, { pin: WRONG, at: other }, { at: bob })
      later(2 * HOUR)
    }
    expect((await verdicts()).filter(verdict => verdict === 'wrong')).toHaveLength(40)
  })

  it('can’t either from numbers that each clock them in first', async () => {
    const all = [ann]
    for (let i = 0; i < 29; i++) all.push(await workspace.hire(`Employee ${i}`, PIN))
    await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
    for (let i = 0; i < 100; i++) {
      const from = freshNumber()
      await call({ from, at: bob })
      await call({ pin: WRONG, from, at: all[i % all.length] ?? ann })
      later(2 * HOUR)
    }
    expect((await verdicts()).filter(verdict => verdict === 'wrong')).toHaveLength(40)
  })
})

describe('an honest employee', () => {
  it('who mistypes twice every morning is never locked, in a quarter of a year', async () => {
    for (let day = 0; day < 90; day++) {
      expect(await call({ pin: WRONG, from: MOBILE }, { pin: WRONG }, {}), `day ${day}`).toBe(true)
      later(8 * HOUR)
      expect(await call({ from: MOBILE }), `evening of day ${day}`).toBe(true)
      later(16 * HOUR)
    }
  })

  it('who withholds their number and mistypes twice every morning is never locked either', async () => {
    for (let day = 0; day < 45; day++) {
      expect(await call({ pin: WRONG, from: null }, { pin: WRONG }, {}), `day ${day}`).toBe(true)
      later(DAY)
    }
  })

  it('at a shared phone, where everybody mistypes twice every morning, is never locked', async () => {
    const crew = [ann]
    for (let i = 0; i < 9; i++) crew.push(await workspace.hire(`Employee ${i}`, PIN))
    await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
    for (let day = 0; day < 40; day++) {
      for (const at of crew) {
        expect(await call({ pin: WRONG, from: MOBILE, at }, { pin: WRONG, at }, { at }), `day ${day}`).toBe(true)
      }
      later(8 * HOUR)
      for (const at of crew) expect(await call({ from: MOBILE, at }), `evening of day ${day}`).toBe(true)
      later(16 * HOUR)
    }
  })

  it('on the first day of a new crew is not locked by what the others mistype', async () => {
    for (let i = 0; i < 60; i++) {
      const at = await workspace.hire(`Employee ${i}`, PIN)
      expect(await call({ pin: WRONG, from: freshNumber(), at }, { pin: WRONG, at }, { at })).toBe(true)
    }
  })
})

describe('many calls at the same moment', () => {
  const judged = async (at: { phoneClockId: string }, from: string, pin: string) => {
    const callId = await addCall(workspace.db, { channel: 'test', callerNumber: from, answeredAt: Date.now() })
    const attempt = { callId, callerNumber: from, phoneClockId: at.phoneClockId, pin }
    return (await judge(workspace.db, workspace.pinKey, attempt)) !== null
  }

  it('from one new number, such as a site’s, are all let in when they are right', async () => {
    const crew = [ann]
    for (let i = 0; i < 29; i++) crew.push(await workspace.hire(`Employee ${i}`, PIN))
    later(SECOND)
    const verdicts = await Promise.all(crew.map(at => judged(at, '+15550102', PIN)))
    expect(verdicts).toEqual(Array(30).fill(true))
  })

  it('get a guesser no more than five wrong PINs in a row', async () => {
    const tries = await Promise.all(
      Array.from({ length: 30 }, (_, i) => judged(ann, freshNumber(), i === 29 ? PIN : WRONG)),
    )
    expect(tries).not.toContain(true)
    expect((await verdicts()).filter(verdict => verdict === 'wrong')).toHaveLength(5)
  })
})

describe('locks', () => {
  const idLocks = async () => [...(await readIdLocks(workspace.db, Date.now()))]

  it('are told to admins: of whose ID, until when, and for callers from where', async () => {
    expect(await idLocks()).toEqual([])
    await call({ from: MOBILE })
    await guesses(5)
    expect(await idLocks()).toEqual([[ann.id, [{ until: Date.now() + MINUTE, usualNumber: null }]]])
    for (let i = 0; i < 6; i++) {
      await call({ pin: WRONG, from: MOBILE })
      later(2 * MINUTE - SECOND)
    }
    expect(await idLocks()).toEqual([[ann.id, [{ until: Date.now() + SECOND, usualNumber: MOBILE }]]])
  })

  it('of numbers and of all strangers are told too', async () => {
    await changeSettings(workspace.db, { strangersPerDay: 5 }, 'test')
    const bob = await workspace.hire('Bob', PIN)
    await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
    await call({ from: '+15550150', at: bob })
    for (let i = 0; i < 5; i++) await call({ pin: WRONG, from: '+15550150' })
    await guesses(5, 0, bob)
    expect(await readWideLocks(workspace.db, Date.now())).toEqual([
      { bucket: { kind: 'stranger' }, until: Date.now() + DAY },
      { bucket: { kind: 'known' }, until: Date.now() + DAY },
      { bucket: { kind: 'number', number: '+15550150' }, until: Date.now() + MINUTE },
    ])
  })

  it.each([
    ['an ID', (): Bucket => ({ kind: 'id', phoneClockId: ann.phoneClockId })],
    ['all strangers', (): Bucket => ({ kind: 'stranger' })],
  ])('of %s end when an admin says so, which is on record', async (_, bucket) => {
    await changeSettings(workspace.db, { strangersPerDay: 5 }, 'test')
    const others = bucket().kind === 'id' ? [ann] : await Promise.all(['Bo', 'Cy'].map(n => workspace.hire(n, PIN)))
    await workspace.db.updateTable('pins').set({ set_at: 0 }).execute()
    if (bucket().kind === 'id') await changeSettings(workspace.db, { strangersPerDay: 1000 }, 'test')
    for (let i = 0; i < 5; i++) await guesses(1, 0, others[i % others.length])
    const target = others[0] ?? ann
    expect(await call({ from: freshNumber(), at: target })).toBe(false)
    later(SECOND)
    await unlock(workspace.db, bucket(), 'office@example.com')
    expect(await call({ from: freshNumber(), at: target })).toBe(true)
    expect(
      await workspace.db
        .selectFrom('audit_events')
        .select(['actor', 'action'])
        .orderBy('id', 'desc')
        .limit(1)
        .execute(),
    ).toEqual([{ actor: 'office@example.com', action: 'unlocked' }])
  })

  it('of an ID end with a new PIN', async () => {
    await guesses(5)
    later(SECOND)
    await setPin(workspace.db, workspace.pinKey, { employeeId: ann.id, pin: '8052', actor: 'test' })
    const callId = await addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
    const attempt = { callId, callerNumber: freshNumber(), phoneClockId: ann.phoneClockId, pin: '8052' }
    expect(await judge(workspace.db, workspace.pinKey, attempt)).toMatchObject({ employeeId: ann.id })
  })

  it('are told no more when the PIN is removed', async () => {
    await guesses(5)
    await removePin(workspace.db, ann.id, 'test')
    expect(await idLocks()).toEqual([])
  })
})

it('an ID that is not known is never written down, and counts against nobody', async () => {
  for (let i = 0; i < 50; i++) await call({ from: freshNumber(), at: { phoneClockId: '10000' } })
  expect(await call({ from: freshNumber() })).toBe(true)
  const rows = await workspace.db
    .selectFrom('pin_attempts')
    .select('phone_clock_id')
    .where('verdict', '=', 'unknown')
    .execute()
  expect(rows).toEqual(Array.from({ length: 50 }, () => ({ phone_clock_id: null })))
})
