/** Random calls of two employees over clock changes: which punch each one is, and the entries that they pair up to. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HOUR, type Instant, MINUTE } from '../../src/clock/time.js'
import { addCall } from '../../src/store/calls.js'
import { addEmployee } from '../../src/store/employees.js'
import { punch } from '../../src/store/punches.js'
import { changeSettings } from '../../src/store/settings.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const NIGHTS = [
  ['the spring night of New York', '2026-03-08T07:00:00Z'],
  ['the autumn night of New York', '2026-11-01T06:00:00Z'],
  ['the half hour that Lord Howe repeats', '2026-04-04T15:00:00Z'],
  ['the day that Apia skipped', '2011-12-30T10:00:00Z'],
] as const
const RUNS = 6

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
})

afterEach(async () => {
  vi.useRealTimers()
  await workspace.close()
})

it.each(NIGHTS)('over %s calls pair up as an employee expects', (_, change) =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 8, 16), fc.array(call, { maxLength: 25 }), async (hours, calls) => {
      await changeSettings(workspace.db, { forgottenAfterHours: hours }, 'test')
      const employees = [await hire(), await hire()]
      const books = employees.map(() => new Book(hours))
      vi.useFakeTimers({ toFake: ['Date'] })
      let now = Date.parse(change) - 20 * HOUR
      for (const { who, gap, keying, confirms } of calls) {
        now += gap * 1000
        const answeredAt = now - keying * 1000
        vi.setSystemTime(now)
        const expected = books[who]?.call(answeredAt, now, confirms)
        const result = await callIn(employees[who] ?? 0, answeredAt, confirms)
        expect(result).toEqual(expected)
      }
      vi.useRealTimers()
      for (const [who, book] of books.entries()) expect(await entriesOf(employees[who] ?? 0)).toEqual(book.entries)
    }),
    { numRuns: RUNS },
  ),
)

const call = fc.record({
  who: fc.nat(1),
  /** Seconds since the last punch of anybody, and seconds from the answer to the punch: later calls can be older. */
  gap: fc.oneof(fc.constantFrom(120, 3600, 8 * 3600, 16 * 3600), fc.nat(240), fc.nat(6 * 3600), fc.nat(40 * 3600)),
  keying: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(300)),
  confirms: fc.boolean(),
})

interface Entry {
  readonly in: Instant
  out: Instant | null
  state: 'open' | 'closed' | 'missing-clock-out'
}

/** An employee's punches as a clerk would keep them in a book. */
class Book {
  readonly entries: Entry[] = []
  readonly #forgottenAfterHours: number
  #last: { direction: string; at: Instant; written: Instant } | null = null

  constructor(forgottenAfterHours: number) {
    this.#forgottenAfterHours = forgottenAfterHours
  }

  call(answeredAt: Instant, now: Instant, confirms: boolean): object {
    const last = this.#last
    if (last && !confirms && answeredAt < last.written + 2 * MINUTE) return { kind: 'too-soon', at: last.at }
    const at = last && last.at > answeredAt ? last.at : answeredAt
    const open = this.entries.at(-1)
    const isIn = open?.state === 'open'
    if (open && isIn && at <= open.in + this.#forgottenAfterHours * HOUR) {
      open.out = at
      open.state = 'closed'
      this.#last = { direction: 'out', at, written: now }
      return { kind: 'out', at, worked: minutesFrom(open.in, at) }
    }
    if (open && isIn) open.state = 'missing-clock-out'
    this.entries.push({ in: at, out: null, state: 'open' })
    this.#last = { direction: 'in', at, written: now }
    return { kind: 'in', at }
  }
}

/** How often the minute hand moved. */
function minutesFrom(start: Instant, end: Instant): number {
  let minutes = 0
  for (let time = start - (start % MINUTE) + MINUTE; time <= end; time += MINUTE) minutes++
  return minutes
}

function hire(): Promise<number> {
  return addEmployee(workspace.db, { name: 'Ann', email: null }, 'test')
}

async function callIn(employeeId: number, answeredAt: Instant, secondPunchConfirmed: boolean): Promise<object> {
  const callId = await addCall(workspace.db, { channel: 'test', callerNumber: null, answeredAt })
  const request = { callId, employeeId, answeredAt, secondPunchConfirmed, jobId: null }
  const result = await punch(workspace.db, request)
  switch (result.kind) {
    case 'too-soon':
      return { kind: result.kind, at: result.last.at }
    case 'in':
      return { kind: result.kind, at: result.at }
    case 'out':
      return { kind: result.kind, at: result.at, worked: result.workedMinutes }
  }
}

async function entriesOf(employeeId: number): Promise<Entry[]> {
  const rows = await workspace.db
    .selectFrom('time_entries')
    .select(['clock_in_at as in', 'clock_out_at as out', 'state'])
    .where('employee_id', '=', employeeId)
    .orderBy('id')
    .execute()
  return rows.flatMap(({ state, ...times }) => (state === 'voided' ? [] : [{ ...times, state }]))
}
