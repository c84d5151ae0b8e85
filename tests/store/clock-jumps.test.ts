/** A wall clock that jumps, as payroll, callers and admins meet it. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { ClockWatch } from '../../src/clock-watch.js'
import { RecentPunches } from '../../src/phone/recent-punches.js'
import { Retention } from '../../src/retention.js'
import { listAuditEvents, listHistory } from '../../src/store/audit-events.js'
import { addCall } from '../../src/store/calls.js'
import { beginAttempt, readIdLocks, unlock } from '../../src/store/guessing.js'
import { punch } from '../../src/store/punches.js'
import { addSession, readSession } from '../../src/store/sessions.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace
let ann: { id: number; phoneClockId: string }
/** Milliseconds that have truly passed; the wall clock says what it was set to. */
let steady = 0
let recent: RecentPunches

const NINE = Date.UTC(2026, 10, 23, 9)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NINE })
  workspace = await openWorkspace()
  ann = await workspace.hire('Ann', '2468')
  steady = 0
  restart()
})

afterEach(async () => {
  vi.useRealTimers()
  await workspace.close()
})

function restart(): void {
  recent = new RecentPunches(() => steady)
}

function wait(ms: number): void {
  steady += ms
  vi.setSystemTime(Date.now() + ms)
}

const jump = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** A call that is answered now and punches, if it may, so many ms later. */
async function call({ confirms = false, takes = 20 * SECOND } = {}) {
  const answeredAt = Date.now()
  const moment = recent.moment()
  const callId = await addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt })
  wait(takes)
  const ask = (secondPunchConfirmed: boolean) =>
    punch(workspace.db, {
      callId,
      employeeId: ann.id,
      answeredAt,
      secondPunchConfirmed,
      jobId: null,
      ago: id => recent.ago(id, moment),
    })
  const first = await ask(false)
  const done = first.kind === 'too-soon' && confirms ? await ask(true) : first
  if (done.kind !== 'too-soon') recent.note(done.punchId)
  return { first: first.kind, done }
}

const entries = () => listTimeEntries(workspace.db, {})
const events = () => listAuditEvents(workspace.db, { action: 'clock jumped' }, 10)

describe('a clock that is set back', () => {
  it('between clock-in and clock-out makes the entry end where it began: no time worked, never a negative one', async () => {
    await call()
    wait(10 * MINUTE)
    jump(-HOUR)
    expect(await call()).toMatchObject({ done: { kind: 'out', at: NINE, workedMinutes: 0 } })
    expect(await entries()).toMatchObject([{ state: 'closed', clockInAt: NINE, clockOutAt: NINE }])
    const [noted] = await listHistory(workspace.db, ann.id, 1)
    expect(noted).toMatchObject({
      action: 'clock-out counted from clock-in',
      detail: 'the clock said 2026-11-23T08:10:20.000Z, the clock-in is at 2026-11-23T09:00:00.000Z',
    })
  })

  it('after it was ahead by a year takes no later entry along', async () => {
    jump(365 * DAY)
    await call()
    wait(HOUR)
    jump(-365 * DAY)
    await call()
    wait(HOUR)
    const back = Date.now()
    expect(await call({ takes: MINUTE })).toMatchObject({ done: { kind: 'in', at: back } })
    wait(8 * HOUR - MINUTE)
    expect(await call()).toMatchObject({ done: { kind: 'out', workedMinutes: 480 } })
  })

  it('lets a call that is no second one punch, though the last punch lies in the future', async () => {
    await call()
    wait(3 * MINUTE)
    jump(-HOUR)
    expect((await call()).first).toBe('out')
  })

  it('lets it punch after a restart too', async () => {
    await call()
    wait(3 * MINUTE)
    jump(-HOUR)
    restart()
    expect((await call()).first).toBe('out')
  })

  it.each([-HOUR, HOUR])('by %i ms does not hide a second call within two minutes', async size => {
    await call()
    wait(MINUTE)
    jump(size)
    expect((await call()).first).toBe('too-soon')
  })

  it('is kept as an event that says from when to when, and brings forward what would wait for the old time', async () => {
    const { db, clock } = workspace
    const watch = new ClockWatch({ db, log: clock.log, read: () => ({ wall: Date.now(), steady }) })
    await db
      .insertInto('webhooks')
      .values({ url: 'https://example.com/', nonce: 'n', created_at: NINE, created_by: 'test' })
      .execute()
    await call()
    await watch.look()
    expect(await events()).toEqual([])
    jump(-HOUR)
    await watch.look()
    expect(await events()).toMatchObject([
      {
        actor: 'clock',
        detail: 'back by 1 h, from 2026-11-23T09:00:20.000Z to 2026-11-23T08:00:20.000Z',
      },
    ])
    const { next_attempt_at } = await db.selectFrom('webhook_deliveries').selectAll().executeTakeFirstOrThrow()
    expect(next_attempt_at).toBeLessThanOrEqual(Date.now())
  })

  it('while Punchline was away is kept when it starts', async () => {
    await call()
    jump(-HOUR)
    await new ClockWatch({ db: workspace.db, log: workspace.clock.log }).lookBack()
    expect(await events()).toMatchObject([{ detail: expect.stringMatching(/^back by 1 h, /) }])
  })
})

describe('a clock that went far ahead', () => {
  const watch = () =>
    new ClockWatch({ db: workspace.db, log: workspace.clock.log, read: () => ({ wall: Date.now(), steady }) })

  it('is doubted for a day, in which nothing is erased', async () => {
    const { db, clock } = workspace
    const clockWatch = watch()
    jump(365 * DAY)
    await clockWatch.look()
    const said: string[] = []
    const log = Object.assign(clock.log, { warn: (text: string) => said.push(text) })
    const retention = new Retention({
      db,
      recordings: clock.recordings,
      log,
      isClockDoubtful: () => clockWatch.isDoubtful,
    })
    const erasing = vi.spyOn(retention, 'eraseOld')
    retention.start()
    await retention.stop()
    expect(said).toEqual([expect.stringContaining('nothing is erased')])
    expect(erasing).not.toHaveBeenCalled()
    wait(DAY)
    expect(clockWatch.isDoubtful).toBe(false)
  })

  it('while Punchline was away is doubted, since no punch is as new', async () => {
    await call()
    expect(watch().isDoubtful).toBe(false)
    jump(31 * DAY)
    const clockWatch = watch()
    await clockWatch.lookBack()
    expect(clockWatch.isDoubtful).toBe(true)
  })
})

describe('wrong PINs under a clock that jumps', () => {
  const wrong = async () => {
    const callId = await addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
    return (await beginAttempt(workspace.db, { callId, phoneClockId: ann.phoneClockId, callerNumber: null }, ann.id))
      .kind
  }
  const untilLocked = async () => {
    for (let tries = 0; tries < 100; tries++) if ((await wrong()) === 'locked') return tries
    return 100
  }

  it('of a clock that was ahead lock nobody once it is right', async () => {
    jump(365 * DAY)
    await untilLocked()
    jump(-365 * DAY)
    expect(await wrong()).toBe('judge')
    expect(await readIdLocks(workspace.db, Date.now())).toEqual(new Map())
  })

  it('lock as soon as ever after each jump, so that guessing is not free', async () => {
    const usual = await untilLocked()
    jump(-HOUR)
    expect(await untilLocked()).toBeLessThanOrEqual(usual)
  })

  it('lock in spite of an unlocking that lies in the future', async () => {
    jump(365 * DAY)
    await unlock(workspace.db, { kind: 'id', phoneClockId: ann.phoneClockId }, 'test')
    jump(-365 * DAY)
    expect(await untilLocked()).toBeLessThan(10)
  })
})

describe('a session of a clock that was ahead', () => {
  it('ends when the clock is right again', async () => {
    const { db } = workspace
    await db.insertInto('admins').values({ email: 'a@example.com', password_hash: '', created_at: NINE }).execute()
    jump(DAY)
    await addSession(
      db,
      'id',
      { adminId: 1, browser: null, address: null, awaitsCode: false, throughProvider: false },
      Date.now() + HOUR,
    )
    expect(await readSession(db, 'id')).not.toBeNull()
    jump(-DAY)
    expect(await readSession(db, 'id')).toBeNull()
  })
})

describe('calls in any order, with any jumps of the clock between and in them', () => {
  type Deed =
    | { readonly kind: 'wait' | 'jump'; readonly ms: number }
    | { readonly kind: 'call' }
    | { readonly kind: 'restart' }
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 10 * MINUTE }) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 20 * HOUR }) }),
    fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }) }),
    fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -400 * DAY, max: 400 * DAY }) }),
    fc.constant({ kind: 'call' as const }),
    fc.constant({ kind: 'call' as const }),
    fc.constant({ kind: 'restart' as const }),
  )

  it('never make a negative time, never two punches of one call, never hide a second call, never lock anybody out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 30 }), async deeds => {
        const employee = await workspace.hire('Next', '2468')
        ann = employee
        let punchedAt: number | null = null
        for (const done of deeds) {
          if (done.kind === 'wait') wait(done.ms)
          else if (done.kind === 'jump') jump(done.ms)
          else if (done.kind === 'restart') {
            restart()
            punchedAt = null
          } else {
            const since = punchedAt === null ? null : steady - punchedAt
            const { first, done: punched } = await call({ confirms: true })
            if (since !== null) expect(first === 'too-soon').toBe(since < 2 * MINUTE)
            expect(punched.kind).not.toBe('too-soon')
            punchedAt = steady
          }
        }
        const mine = await workspace.db
          .selectFrom('time_entries')
          .selectAll()
          .where('employee_id', '=', employee.id)
          .execute()
        for (const entry of mine) {
          if (entry.clock_out_at !== null) expect(entry.clock_out_at).toBeGreaterThanOrEqual(entry.clock_in_at)
        }
        const punches = await workspace.db
          .selectFrom('punches')
          .select('call_id')
          .where('employee_id', '=', employee.id)
          .execute()
        expect(new Set(punches.map(({ call_id }) => call_id)).size).toBe(
          deeds.filter(({ kind }) => kind === 'call').length,
        )
      }),
      { numRuns: 60 },
    )
  })
})
