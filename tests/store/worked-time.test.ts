/**
 * Over any sequence of calls, additions, corrections and voidings across a night on which clocks change, time entries pair
 * as a plain model does, and every total is what counting minute by minute on a wall clock gives.
 */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Day, daysBetween } from '../../src/calendar.js'
import { HOUR, type Instant, MINUTE, SECOND } from '../../src/clock/time.js'
import { addCall } from '../../src/store/calls.js'
import { addEntry, correctEntry, voidEntry } from '../../src/store/corrections.js'
import { addJob } from '../../src/store/jobs.js'
import { punch } from '../../src/store/punches.js'
import type { TimeEntryState } from '../../src/store/schema.js'
import { type WhoseTime, workedByDay, workedByEmployee, workedByJob, workedIn } from '../../src/store/worked-totals.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

/** Clocks go forward, go back, by an hour and by half of one, and a day is left out. */
const NIGHTS = [
  { timeZone: 'America/New_York', from: '2026-03-06', to: '2026-03-10' },
  { timeZone: 'America/New_York', from: '2026-10-30', to: '2026-11-03' },
  { timeZone: 'Australia/Lord_Howe', from: '2026-04-03', to: '2026-04-07' },
  { timeZone: 'Australia/Lord_Howe', from: '2026-10-02', to: '2026-10-06' },
  { timeZone: 'Pacific/Apia', from: '2011-12-28', to: '2012-01-01' },
] as const

interface Entry {
  readonly id: number
  readonly employee: number
  clockIn: Instant
  clockOut: Instant | null
  job: number | null
  state: TimeEntryState
  revision: number
}

interface Counted extends Entry {
  readonly clockOut: Instant
}

const FORGOTTEN = 16 * HOUR
const ACTOR = { actor: 'test', reason: 'So that the times are right' }

const employee = fc.integer({ min: 1, max: 2 })
const job = fc.option(fc.integer({ min: 1, max: 2 }))
/** Minutes of a shift, a night shift and one that nobody ended. */
const length = fc.oneof(fc.integer({ min: 1, max: 14 * 60 }), fc.integer({ min: 1, max: 40 * 60 }))
const Step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('call' as const), employee, job, after: length }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      employee,
      job,
      ago: fc.integer({ min: 1, max: 60 * 60 }),
      length,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('correct' as const),
      which: fc.nat(),
      job,
      earlier: fc.integer({ min: -120, max: 120 }),
      length,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), which: fc.nat() }) },
)

type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

it.each(NIGHTS)('in $timeZone from $from to $to', async ({ timeZone, from, to }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 5, maxLength: 40 }), fc.nat({ max: 59 }), async (steps, seconds) => {
      const workspace = await openWorkspace()
      try {
        const model = new Model(workspace, Date.parse(`${from}T00:00:${String(seconds).padStart(2, '0')}Z`))
        await model.found()
        for (const step of steps) await model.take(step)
        expect(await kept(workspace)).toEqual(model.entries)
        const days = daysBetween(from, to, timeZone)
        await expectTotals(workspace, model.entries, timeZone, days)
        // Entries that began before it, and go on after it.
        await expectTotals(workspace, model.entries, timeZone, days.slice(1, 3))
      } finally {
        await workspace.close()
      }
    }),
    { numRuns: 12 },
  )
})

/** What should be so, kept in the plainest way. */
class Model {
  readonly entries: Entry[] = []
  readonly #workspace: Workspace
  #now: Instant
  #calls = 0

  constructor(workspace: Workspace, now: Instant) {
    this.#workspace = workspace
    this.#now = now
    vi.setSystemTime(now)
  }

  async found(): Promise<void> {
    const { db, hire } = this.#workspace
    for (const name of ['Ann', 'Ben']) await hire(name, '2468')
    for (const name of ['Roof', 'Yard']) await addJob(db, { name, phoneCode: null }, 'test')
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'call':
        return this.#call(step.employee, step.job, step.after * MINUTE + (step.after % 60) * SECOND)
      case 'add':
        return this.#add(step.employee, this.#now - step.ago * MINUTE, step.length * MINUTE, step.job)
      case 'correct': {
        const entry = this.#pick(step.which, each => each.state !== 'voided')
        if (entry) await this.#correct(entry, entry.clockIn - step.earlier * MINUTE, step.length * MINUTE, step.job)
        return
      }
      case 'void': {
        const entry = this.#pick(step.which, each => each.state !== 'voided')
        if (!entry) return
        expect(await voidEntry(this.#workspace.db, entry.id, entry.revision, this.#asking())).toMatchObject({
          kind: 'done',
        })
        entry.state = 'voided'
        entry.revision++
      }
    }
  }

  async #call(employeeId: number, jobId: number | null, after: number): Promise<void> {
    this.#now += after
    vi.setSystemTime(this.#now)
    const { db } = this.#workspace
    const answeredAt = this.#now
    const callId = await addCall(db, { channel: `call ${++this.#calls}`, callerNumber: null, answeredAt })
    const result = await punch(db, { callId, employeeId, answeredAt, secondPunchConfirmed: true, jobId })
    const open = this.entries.find(each => each.employee === employeeId && each.state === 'open')
    if (open && answeredAt - open.clockIn <= FORGOTTEN) {
      expect(result.kind).toBe('out')
      Object.assign(open, { clockOut: answeredAt, state: 'closed', job: open.job ?? jobId })
      open.revision++
      return
    }
    expect(result.kind).toBe('in')
    if (open) {
      open.state = 'missing-clock-out'
      open.revision++
    }
    this.#keep({ employee: employeeId, clockIn: answeredAt, clockOut: null, job: jobId, state: 'open' })
  }

  async #add(employeeId: number, clockIn: Instant, length: number, jobId: number | null): Promise<void> {
    const clockOut = clockIn + length
    const wanted = { clockInAt: clockIn, clockOutAt: clockOut, jobId }
    const result = await addEntry(this.#workspace.db, employeeId, wanted, this.#asking())
    expect(result.kind).toBe(this.#stands(employeeId, null, clockIn, clockOut) ? 'done' : 'refused')
    if (result.kind === 'done') this.#keep({ employee: employeeId, clockIn, clockOut, job: jobId, state: 'closed' })
  }

  async #correct(entry: Entry, clockIn: Instant, length: number, jobId: number | null): Promise<void> {
    const clockOut = clockIn + length
    const wanted = { clockInAt: clockIn, clockOutAt: clockOut, jobId }
    const result = await correctEntry(this.#workspace.db, entry.id, entry.revision, wanted, this.#asking())
    if (entry.clockIn === clockIn && entry.clockOut === clockOut && entry.job === jobId) {
      return expect(result?.kind).toBe('unchanged')
    }
    const stands = this.#stands(entry.employee, entry, clockIn, clockOut)
    expect(result?.kind).toBe(stands ? 'done' : 'refused')
    if (!stands) return
    Object.assign(entry, { clockIn, clockOut, job: jobId, state: 'closed' })
    entry.revision++
  }

  /** Not in the future, and no minute of it taken by another entry. */
  #stands(employeeId: number, except: Entry | null, clockIn: Instant, clockOut: Instant): boolean {
    const first = Math.floor(clockIn / MINUTE)
    const end = Math.floor(clockOut / MINUTE)
    if (end > Math.floor(this.#now / MINUTE)) return false
    const others = this.entries.filter(
      each => each.employee === employeeId && each !== except && each.state !== 'voided',
    )
    return others.every(other => {
      const start = Math.floor(other.clockIn / MINUTE)
      if (other.state === 'open') return end <= start
      if (other.clockOut === null) return start <= first || start >= end
      const taken = new Set(minutesOf(other.clockIn, other.clockOut))
      return minutesOf(clockIn, clockOut).every(minute => !taken.has(minute))
    })
  }

  #keep(entry: Omit<Entry, 'id' | 'revision'>): void {
    this.entries.push({ id: this.entries.length + 1, revision: 1, ...entry })
  }

  #pick(which: number, may: (entry: Entry) => boolean): Entry | undefined {
    const some = this.entries.filter(may)
    return some[which % Math.max(1, some.length)]
  }

  #asking() {
    return { ...ACTOR, now: this.#now }
  }
}

async function kept({ db }: Workspace): Promise<Entry[]> {
  const rows = await db.selectFrom('time_entries').selectAll().orderBy('id').execute()
  return rows.map(row => ({
    id: row.id,
    employee: row.employee_id,
    clockIn: row.clock_in_at,
    clockOut: row.clock_out_at,
    job: row.job_id,
    state: row.state,
    revision: row.revision,
  }))
}

async function expectTotals(
  { db }: Workspace,
  entries: readonly Entry[],
  timeZone: string,
  days: readonly Day[],
): Promise<void> {
  const span = { from: days[0]?.from ?? 0, to: days.at(-1)?.to ?? 0 }
  const dates = days.map(({ date }) => date)
  const counts: readonly [WhoseTime, (entry: Entry) => boolean][] = [
    [{}, () => true],
    [{ employeeId: 1 }, ({ employee }) => employee === 1],
    [{ jobId: 2 }, ({ job }) => job === 2],
    [{ jobId: null }, ({ job }) => job === null],
    [{ employeeId: 2, jobId: 1 }, ({ employee, job }) => employee === 2 && job === 1],
  ]
  for (const [whose, isTheirs] of counts) {
    const minutes = entries
      .filter(isCounted)
      .filter(isTheirs)
      .flatMap(entry => minutesOf(entry.clockIn, entry.clockOut).map(minute => ({ entry, minute })))
      .map(({ entry, minute }) => ({ ...entry, date: dateOnTheWall(minute, timeZone) }))
      .filter(({ date }) => dates.includes(date))
    expect(await workedIn(db, span, whose)).toBe(minutes.length)
    expect(await workedByEmployee(db, span, whose)).toEqual(tally(minutes, ({ employee }) => employee))
    expect(await workedByJob(db, span, whose)).toEqual(tally(minutes, ({ job }) => job))
    const byDay = tally(minutes, ({ date }) => date)
    expect(await workedByDay(db, days, whose)).toEqual(dates.map(date => byDay.get(date) ?? 0))
  }
}

function isCounted(entry: Entry): entry is Counted {
  return entry.state === 'closed'
}

/** The minutes that a clock-in and a clock-out as they were heard lie apart, counted one by one. */
function minutesOf(clockIn: Instant, clockOut: Instant): number[] {
  const minutes: number[] = []
  for (let minute = Math.floor(clockIn / MINUTE); minute < Math.floor(clockOut / MINUTE); minute++) minutes.push(minute)
  return minutes
}

function tally<T, Key>(all: readonly T[], keyOf: (each: T) => Key): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const each of all) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1)
  return counts
}

const walls = new Map<string, { format: Intl.DateTimeFormat; dates: Map<number, string> }>()

/** The date that a wall clock has in a minute, asked of Node's own calendar. */
function dateOnTheWall(minute: number, timeZone: string): string {
  const wall = walls.get(timeZone) ?? {
    format: new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
    dates: new Map(),
  }
  walls.set(timeZone, wall)
  const date = wall.dates.get(minute) ?? wall.format.format(minute * MINUTE)
  wall.dates.set(minute, date)
  return date
}
