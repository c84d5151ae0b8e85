/** Totals of random entries and corrections over clock changes, against minutes that are counted one by one. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { daysBetween, endOfDay, startOfDay } from '../../src/calendar.js'
import { HOUR, type Instant, MINUTE } from '../../src/clock/time.js'
import { addEntry, correctEntry, voidEntry } from '../../src/store/corrections.js'
import { addEmployee } from '../../src/store/employees.js'
import { addJob } from '../../src/store/jobs.js'
import { workedByDay, workedByEmployee, workedByJob, workedIn } from '../../src/store/worked-totals.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const NIGHTS = [
  ['the spring night of New York', 'America/New_York', '2026-03-08'],
  ['the autumn night of New York', 'America/New_York', '2026-11-01'],
  ['the half hour that Lord Howe repeats', 'Australia/Lord_Howe', '2026-04-05'],
  ['the half hour that Lord Howe skips', 'Australia/Lord_Howe', '2026-10-04'],
  ['the day that Apia skipped', 'Pacific/Apia', '2011-12-30'],
] as const
const RUNS = 8

let workspace: Workspace
let employees: number[]
let jobs: (number | null)[]

beforeEach(async () => {
  workspace = await openWorkspace()
  const { db } = workspace
  employees = [await hire('Ann'), await hire('Bob')]
  jobs = [null, await addJob(db, { name: 'Roof', phoneCode: null }, 'test')]
})

afterEach(() => workspace.close())

it.each(NIGHTS)('over %s each minute counts once, on the day that the clock on the wall showed', (_, timeZone, date) =>
  fc.assert(
    fc
      .asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async steps => {
        const noon = startOfDay(date, timeZone)
        const entries = await apply(steps, noon)
        await expectTotals(entries, datesAround(noon, timeZone), timeZone)
      })
      .afterEach(voidAll),
    { numRuns: RUNS },
  ),
)

/** What an admin does next: an entry is added, or one that is there is corrected or voided. */
const step = fc.record({
  act: fc.constantFrom('add', 'add', 'add', 'correct', 'void'),
  which: fc.nat(24),
  who: fc.nat(1),
  job: fc.nat(1),
  /** Seconds from the clock change, and seconds that it lasts. */
  start: fc.integer({ min: -50 * 3600, max: 50 * 3600 }),
  length: fc.oneof(fc.integer({ min: -3600, max: 14 * 3600 }), fc.integer({ min: 0, max: 60 * 3600 })),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Entry {
  readonly id: number
  readonly employeeId: number
  readonly from: Instant
  readonly to: Instant
  readonly jobId: number | null
  readonly revision: number
}

/** Does the steps and gives the entries that should count. What can't be is refused, all else is done. */
async function apply(steps: readonly Step[], middle: Instant): Promise<Entry[]> {
  const { db } = workspace
  let entries: Entry[] = []
  for (const { act, which, who, job, start, length } of steps) {
    const asking = { actor: 'test', reason: 'test', now: middle + 200 * HOUR }
    const [from, to, jobId] = [middle + start * 1000, middle + (start + length) * 1000, jobs[job] ?? null]
    const wanted = { clockInAt: from, clockOutAt: to, jobId }
    const old = act === 'add' ? undefined : entries[which % entries.length]
    if (act === 'void') {
      if (!old) continue
      expect(await voidEntry(db, old.id, old.revision, asking)).toMatchObject({ kind: 'done' })
      entries = entries.filter(entry => entry !== old)
      continue
    }
    const employeeId = old?.employeeId ?? employees[who] ?? 0
    const result = old
      ? await correctEntry(db, old.id, old.revision, wanted, asking)
      : await addEntry(db, employeeId, wanted, asking)
    const others = entries.filter(entry => entry.employeeId === employeeId && entry !== old)
    const isThere = (old ? [old] : others).some(
      entry => entry.from === from && entry.to === to && entry.jobId === jobId,
    )
    const verdict = isPossible({ from, to }, others) ? 'done' : 'refused'
    expect([wanted, result?.kind]).toEqual([wanted, isThere ? 'unchanged' : verdict])
    if (result?.kind !== 'done') continue
    entries = entries.filter(entry => entry !== old)
    entries.push({ id: result.entryId, employeeId, from, to, jobId, revision: (old?.revision ?? 0) + 1 })
  }
  return entries
}

type Times = Pick<Entry, 'from' | 'to'>

/** By minutes alone: none is worked twice, and the last one is not before the first. */
function isPossible(wanted: Times, others: readonly Times[]): boolean {
  if (wanted.to < wanted.from) return false
  const taken = new Set(others.flatMap(minutesOf))
  const minutes = minutesOf(wanted)
  if (minutes.some(minute => taken.has(minute))) return false
  // Without a minute of its own an entry must not lie between two that belong to one other.
  const point = Math.floor(wanted.from / MINUTE)
  if (minutes.length === 0)
    return !others.some(other => [point - 1, point].every(minute => minutesOf(other).includes(minute)))
  const inner = minutes.slice(1)
  return !others.some(other => minutesOf(other).length === 0 && inner.includes(Math.floor(other.from / MINUTE)))
}

/** The minutes since 1970 that an entry has. */
function minutesOf({ from, to }: Times): number[] {
  const minutes: number[] = []
  for (let minute = Math.floor(from / MINUTE); minute < Math.floor(to / MINUTE); minute++) minutes.push(minute)
  return minutes
}

async function expectTotals(entries: readonly Entry[], dates: readonly string[], timeZone: string): Promise<void> {
  const { db } = workspace
  const [first, last] = [dates[2] ?? '', dates.at(-3) ?? '']
  const dayOf = wallDays(timeZone)
  const worked = entries.flatMap(entry =>
    minutesOf(entry).flatMap(minute => {
      const date = dayOf(minute)
      return date >= first && date <= last ? [{ ...entry, date }] : []
    }),
  )
  const span = { from: startOfDay(first, timeZone), to: endOfDay(last, timeZone) }
  const days = daysBetween(first, last, timeZone)
  expect(days.map(day => day.date)).toEqual(dates.slice(2, -2))
  const byDay = async (whose: object) =>
    new Map((await workedByDay(db, days, whose)).map((minutes, i) => [days[i]?.date, minutes] as const))

  expect(await workedIn(db, span, {})).toBe(worked.length)
  expect(await workedByEmployee(db, span, {})).toEqual(countBy(worked, minute => minute.employeeId))
  expect(await workedByJob(db, span, {})).toEqual(countBy(worked, minute => minute.jobId))
  expect(await byDay({})).toEqual(filled(countBy(worked, minute => minute.date)))

  const [employeeId = 0] = employees
  const hers = worked.filter(minute => minute.employeeId === employeeId)
  const hersWithoutJob = hers.filter(minute => minute.jobId === null)
  expect(await workedByJob(db, span, { employeeId })).toEqual(countBy(hers, minute => minute.jobId))
  expect(await byDay({ employeeId })).toEqual(filled(countBy(hers, minute => minute.date)))
  expect(await byDay({ employeeId, jobId: null })).toEqual(filled(countBy(hersWithoutJob, minute => minute.date)))

  function filled(counted: Map<string, number>): Map<string, number> {
    return new Map(days.map(({ date }) => [date, counted.get(date) ?? 0]))
  }
}

function countBy<Item, Key>(items: readonly Item[], key: (item: Item) => Key): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}

/** The dates that the clock on the wall shows from three days before to three days after. */
function datesAround(middle: Instant, timeZone: string): string[] {
  const dayOf = wallDays(timeZone)
  const dates = new Set<string>()
  for (let hour = -72; hour <= 72; hour++) dates.add(dayOf((middle + hour * HOUR) / MINUTE))
  return [...dates]
}

/** Asks the platform for the date of each minute. */
const asked = new Map<string, Map<number, string>>()
function wallDays(timeZone: string): (minute: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const known = asked.get(timeZone) ?? new Map<number, string>()
  asked.set(timeZone, known)
  return minute => {
    const date = known.get(minute) ?? format.format(minute * MINUTE)
    known.set(minute, date)
    return date
  }
}

function hire(name: string): Promise<number> {
  return addEmployee(workspace.db, { name, email: null }, 'test')
}

async function voidAll(): Promise<void> {
  await workspace.db.updateTable('time_entries').set({ state: 'voided' }).execute()
}
