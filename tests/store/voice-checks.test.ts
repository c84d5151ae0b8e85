import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/clock/time.js'
import { countVoiceChecks, judgeVoiceCheck, listVoiceChecks, neighbours } from '../../src/store/voice-checks.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'

const AT = Date.UTC(2026, 10, 23, 13)
const HOME = '+15550001'
const CELL = '+15550002'

let office: Office
let ann: number
let bob: number

beforeEach(async () => {
  office = await openOffice()
  ann = await office.hire('Ann')
  bob = await office.hire('Bob')
})

afterEach(() => office.close())

const queue = () => listVoiceChecks(office.db, 'waiting', { offset: 0, limit: 50 })
const call = (employeeId: number, minutes: number, from?: string, voice = SPOKEN) =>
  office.call(employeeId, { at: AT + minutes * MINUTE, voice, ...(from !== undefined && { from }) })
const flags = async () => {
  const rows = await office.db
    .selectFrom('voice_checks')
    .select(['number_is_new', 'number_is_shared', 'risk'])
    .orderBy('id')
    .execute()
  return rows.map(row => [row.number_is_new, row.number_is_shared, row.risk])
}

describe('the caller number', () => {
  it('of a first call is not new, and the same one never is', async () => {
    await call(ann, 0, HOME)
    await call(ann, 30, HOME)
    expect(await flags()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })

  it('is new when the employee never punched from it, and then no longer', async () => {
    await call(ann, 0, HOME)
    await call(ann, 30, CELL)
    await call(ann, 60, CELL)
    await call(ann, 90, HOME)
    expect((await flags()).map(([isNew]) => isNew)).toEqual([0, 1, 0, 0])
  })

  it('when withheld counts as a number of its own', async () => {
    await call(ann, 0, HOME)
    await call(ann, 30)
    await call(ann, 60)
    expect((await flags()).map(([isNew]) => isNew)).toEqual([0, 1, 0])
  })

  it('is not new when all earlier calls have been erased', async () => {
    await call(ann, 0, HOME)
    await sql`update calls set erased_at = 1, caller_number = null`.execute(office.db)
    await call(ann, 30, CELL)
    expect((await flags()).map(([isNew]) => isNew)).toEqual([0, 0])
  })

  it('is shared by two employees within ten minutes, and both are marked', async () => {
    await call(ann, 0, HOME)
    await call(bob, 10, HOME)
    expect(await flags()).toEqual([
      [0, 1, 1],
      [0, 1, 1],
    ])
  })

  it.each([
    ['more than ten minutes lie between', 10.1, HOME],
    ['the numbers differ', 1, CELL],
  ])('is not shared when %s', async (_why, minutes, from) => {
    await call(ann, 0, HOME)
    await call(bob, minutes, from)
    expect((await flags()).map(([, isShared]) => isShared)).toEqual([0, 0])
  })

  it('is not shared when it is withheld, nor with oneself', async () => {
    await call(ann, 0)
    await call(bob, 1)
    await call(ann, 20, HOME)
    await call(ann, 21, HOME)
    expect((await flags()).map(([, isShared]) => isShared)).toEqual([0, 0, 0, 0])
  })
})

describe('the queue', () => {
  it('has the riskiest first, then the oldest', async () => {
    await call(ann, 100, HOME)
    await call(ann, 200, HOME, { ...SPOKEN, hasSpeech: false })
    await call(ann, 300, CELL)
    await call(bob, 50, '+15550009')
    expect((await queue()).map(({ id }) => id)).toEqual([2, 3, 4, 1])
  })

  it('leaves out what has nothing to hear, is erased or has been listened to', async () => {
    for (let i = 0; i < 4; i++) await call(ann, i * 30, HOME)
    await call(ann, 200, HOME, { wav: null, durationMs: 0, hasSpeech: false })
    await sql`update voice_checks set erased_at = 1 where id = 1`.execute(office.db)
    await judgeVoiceCheck(office.db, { id: 2, verdict: 'heard', actor: 'test' })
    expect((await queue()).map(({ id }) => id)).toEqual([3, 4])
    expect(await countVoiceChecks(office.db, 'waiting', 100)).toBe(2)
    expect(await countVoiceChecks(office.db, 'waiting', 1)).toBe(1)
  })

  it('knows the neighbours of each, as the list has them', async () => {
    for (const [i, voice] of [SPOKEN, { ...SPOKEN, hasSpeech: false }, SPOKEN, SPOKEN].entries()) {
      await call(i % 2 ? ann : bob, Math.floor(i / 2) * 30, `${HOME}${i}`, voice)
    }
    const all = await queue()
    for (const [i, check] of all.entries()) {
      expect(await neighbours(office.db, check)).toEqual({
        previous: all[i - 1]?.id ?? null,
        next: all[i + 1]?.id ?? null,
      })
    }
  })

  it.each([
    ['the queue', () => queue, 'voice_checks_queue'],
    ['the doubtful ones', () => () => listVoiceChecks(office.db, 'doubtful', { offset: 0, limit: 50 }), '_doubtful'],
    ['those heard', () => () => listVoiceChecks(office.db, 'heard', { offset: 0, limit: 50 }), '_heard'],
  ])('%s is read in the order of an index', async (_what, read, index) => {
    const plan = await planOf(read())
    expect(plan.join('\n')).toContain(index)
    expect(plan.filter(step => /SCAN (?!.*(USING|VIRTUAL))|TEMP B-TREE/.test(step))).toEqual([])
  })
})

/** How SQLite answers the first query that the work asks. */
async function planOf(work: () => Promise<unknown>): Promise<string[]> {
  const queries: { sql: string; parameters: readonly unknown[] }[] = []
  const executor = office.db.getExecutor()
  const original = executor.compileQuery.bind(executor)
  executor.compileQuery = (node, queryId) => {
    const compiled = original(node, queryId)
    queries.push(compiled)
    return compiled
  }
  await work()
  const [query] = queries
  if (!query) throw new Error('nothing was asked')
  const { rows } = await office.db.executeQuery<{ detail: string }>({
    ...office.db.selectFrom('calls').select('id').compile(),
    sql: `explain query plan ${query.sql}`,
    parameters: query.parameters,
  })
  return rows.map(({ detail }) => detail)
}
