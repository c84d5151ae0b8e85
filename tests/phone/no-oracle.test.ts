/** A stranger tries to learn from the phone which IDs exist: by what is said, and by how long it takes. */
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../../src/phone/answer.js'
import type { Entry } from '../../src/phone/caller.js'
import type { Prompt } from '../../src/phone/prompts.js'
import type { Database } from '../../src/store/database.js'
import { hashPin } from '../../src/store/hashing.js'
import { sameDistribution } from '../support/two-samples.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { ScriptedCaller } from './scripted-caller.js'

const CALLS = 2000
const KINDS = ['wrong PIN', 'unknown ID', 'removed PIN', 'locked ID'] as const
type Kind = (typeof KINDS)[number]

let workspace: Workspace
const ids = new Map<Kind, string[]>()

beforeAll(async () => {
  workspace = await openWorkspace()
  await workspace.db.transaction().execute(fill)
})

afterAll(() => workspace.close())

/** Of each kind an ID for every call, so that none is tried twice. */
async function fill(db: Database): Promise<void> {
  const hash = await hashPin('2468', workspace.pinKey)
  for (const kind of KINDS) ids.set(kind, [])
  let next = 10_000
  for (let i = 0; i < CALLS / KINDS.length; i++) {
    for (const kind of KINDS) {
      const id = String(next)
      next += randomInt(1, 40)
      ids.get(kind)?.push(id)
      if (kind === 'unknown ID') continue
      const employee = await db
        .insertInto('employees')
        .values({ name: `Employee ${id}`, created_at: 0 })
        .returning('id')
        .executeTakeFirstOrThrow()
      const retired_at = kind === 'removed PIN' ? 1 : null
      await db
        .insertInto('phone_clock_ids')
        .values({ phone_clock_id: id, employee_id: employee.id, issued_at: 0, retired_at })
        .execute()
      if (kind === 'removed PIN') continue
      await db
        .insertInto('pins')
        .values({ employee_id: employee.id, hash, key_id: workspace.pinKey.id, set_at: 0, set_by: 'test' })
        .execute()
      if (kind === 'locked ID') await lock(db, id)
    }
  }
  // The limit for all strangers would lock the rest.
  for (const name of ['strangersPerDay', 'strangersPerMonth']) {
    await db.insertInto('settings').values({ name, value: '1000000' }).execute()
  }
}

/** For an hour. */
async function lock(db: Database, phoneClockId: string): Promise<void> {
  const attempt = { phone_clock_id: phoneClockId, caller: 'stranger', at: Date.now(), verdict: 'wrong' } as const
  await db.insertInto('pin_attempts').values(Array(15).fill(attempt)).execute()
}

/** Tries one ID and PIN and hangs up; notes how long the answer took. */
class Stranger extends ScriptedCaller {
  delay = 0
  #keyedAt = 0
  #questions = 0

  override async ask(...prompts: Prompt[]): Promise<Entry> {
    if (this.#keyedAt !== 0 && this.#questions === 2) this.delay = performance.now() - this.#keyedAt
    const entry = await super.ask(...prompts)
    this.#questions += 1
    this.#keyedAt = performance.now()
    return entry
  }
}

async function tryOnce(kind: Kind): Promise<{ heard: string; delay: number }> {
  const id = ids.get(kind)?.pop() ?? ''
  const stranger = new Stranger([`${id}#`, '1357#', 'hang up'])
  const callerNumber = `+1666${randomInt(1_000_000, 9_999_999)}`
  await answer(stranger, { channel: 'test', callerNumber, answeredAt: Date.now() }, workspace.clock)
  return { heard: stranger.heard.join(' '), delay: stranger.delay }
}

// Six comparisons: together they fail by chance once in a hundred runs (Bonferroni).
describe(`over ${CALLS} calls`, () => {
  const heard = new Set<string>()
  const delays = new Map<Kind, number[]>(KINDS.map(kind => [kind, []]))

  beforeAll(async () => {
    const calls = KINDS.flatMap(kind => Array<Kind>(CALLS / KINDS.length).fill(kind))
    // In random order, so that whatever else the machine does falls on all alike.
    for (let last = calls.length - 1; last > 0; last--) {
      const other = randomInt(last + 1)
      const [a, b] = [calls[last], calls[other]]
      if (a && b) [calls[last], calls[other]] = [b, a]
    }
    for (const kind of calls) {
      const tried = await tryOnce(kind)
      heard.add(tried.heard)
      delays.get(kind)?.push(tried.delay)
    }
  }, 300_000)

  it('all that is said is the same', () => {
    expect([...heard]).toEqual([
      'welcome enter-phone-clock-id ~ enter-pin ~ id-and-pin-do-not-match enter-phone-clock-id ~',
    ])
  })

  it('each kind was what it is called', async () => {
    const counts = await workspace.db
      .selectFrom('pin_attempts')
      .select(eb => ['verdict', eb.fn.countAll<number>().as('count')])
      .where('call_id', 'is not', null)
      .groupBy('verdict')
      .orderBy('verdict')
      .execute()
    expect(counts).toEqual([
      { verdict: 'locked', count: 500 },
      { verdict: 'unknown', count: 1000 },
      { verdict: 'wrong', count: 500 },
    ])
  })

  it.each(KINDS.flatMap((one, i) => KINDS.slice(i + 1).map(other => [one, other] as const)))(
    'the delay tells nobody %s from %s',
    (one, other) => {
      expect(sameDistribution(delays.get(one) ?? [], delays.get(other) ?? [])).toBeGreaterThan(0.01 / 6)
    },
  )
})

describe('the test of two samples', () => {
  const sample = (shift: number) => Array.from({ length: 500 }, () => Math.random() + Math.random() + shift)

  it('finds a difference of a tenth of the spread’s width', () => {
    expect(sameDistribution(sample(0), sample(0.2))).toBeLessThan(0.01)
  })

  it('finds none where there is none', () => {
    const same = Array.from({ length: 200 }, () => sameDistribution(sample(0), sample(0)))
    expect(same.filter(p => p < 0.01).length).toBeLessThan(12)
  })
})
