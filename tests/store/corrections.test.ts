import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/clock/time.js'
import { addEntry, correctEntry, listCorrections, voidEntry, type WantedEntry } from '../../src/store/corrections.js'
import { addJob, setJobActive } from '../../src/store/jobs.js'
import { findTimeEntry, originalPunches } from '../../src/store/time-entry-list.js'
import { type Office, openOffice } from '../web/support/office.js'

/** A Monday, 8:05:40 in New York; today is the day after. */
const EIGHT = Date.parse('2026-11-16T13:05:40Z')
const FOUR = EIGHT + 8 * HOUR
const NOW = EIGHT + DAY

let office: Office
let ann: number

beforeEach(async () => {
  office = await openOffice()
  ann = await office.hire('Ann Smith')
})

afterEach(() => office.close())

const asking = (actor = 'ann@office', now: Instant = NOW) => ({ actor, reason: 'She forgot.', now })
const times = (clockInAt: Instant, clockOutAt: Instant | null): WantedEntry => ({ clockInAt, clockOutAt, jobId: null })
const worked = async (clockInAt: Instant, clockOutAt: Instant | null, employeeId = ann): Promise<number> => {
  await office.call(employeeId, { at: clockInAt })
  if (clockOutAt !== null) await office.call(employeeId, { at: clockOutAt })
  const { id } = await office.db
    .selectFrom('time_entries')
    .select('id')
    .where('employee_id', '=', employeeId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return id
}
const correct = (id: number, wanted: WantedEntry, { revision = 2, by = asking() } = {}) =>
  correctEntry(office.db, id, revision, wanted, by)
const add = (wanted: WantedEntry, employeeId = ann) => addEntry(office.db, employeeId, wanted, asking())
const entry = (id: number) => findTimeEntry(office.db, id)
const entries = () => office.db.selectFrom('time_entries').selectAll().orderBy('id').execute()
const punches = () => office.db.selectFrom('punches').selectAll().orderBy('id').execute()
const refused = (kind: string) => ({ kind: 'refused', fault: { kind } })

describe('correcting', () => {
  it('gives an entry other times and another job, and counts the change', async () => {
    const id = await worked(EIGHT, FOUR)
    const jobId = await addJob(office.db, { name: 'Roof', phoneCode: null }, 'test')
    const wanted = { clockInAt: EIGHT - HOUR, clockOutAt: FOUR + HOUR, jobId }
    expect(await correct(id, wanted)).toEqual({ kind: 'done', entryId: id })
    expect(await entry(id)).toMatchObject({ ...wanted, state: 'closed', revision: 3, isCorrected: true })
  })

  it('keeps who, when, why, from what and to what', async () => {
    const id = await worked(EIGHT, FOUR)
    const jobId = await addJob(office.db, { name: 'Roof', phoneCode: null }, 'test')
    await correct(id, { clockInAt: EIGHT, clockOutAt: FOUR + HOUR, jobId })
    await setJobActive(office.db, jobId, false, 'test')
    await voidEntry(office.db, id, 3, { ...asking('bob@office', NOW + 1), reason: 'Twice.' })
    const corrected = { clockInAt: EIGHT, clockOutAt: FOUR + HOUR, job: 'Roof', state: 'closed' }
    expect(await listCorrections(office.db, id)).toEqual([
      {
        at: NOW + 1,
        actor: 'bob@office',
        action: 'voided',
        reason: 'Twice.',
        from: corrected,
        to: { ...corrected, state: 'voided' },
      },
      {
        at: NOW,
        actor: 'ann@office',
        action: 'corrected',
        reason: 'She forgot.',
        from: { clockInAt: EIGHT, clockOutAt: FOUR, job: null, state: 'closed' },
        to: corrected,
      },
    ])
  })

  it('leaves the punches as they were, and the entry tied to them', async () => {
    const id = await worked(EIGHT, FOUR)
    const before = await punches()
    await correct(id, times(EIGHT + HOUR, FOUR - HOUR))
    await voidEntry(office.db, id, 3, asking())
    expect(await punches()).toEqual(before)
    const found = await entry(id)
    const originals = found && (await originalPunches(office.db, found))
    expect(originals).toMatchObject([
      { direction: 'in', at: EIGHT },
      { direction: 'out', at: FOUR },
    ])
  })

  it('is on record for good', async () => {
    const id = await worked(EIGHT, FOUR)
    await correct(id, times(EIGHT, FOUR + HOUR))
    await expect(sql`update entry_corrections set reason = ''`.execute(office.db)).rejects.toThrow('append-only')
    await expect(sql`delete from entry_corrections`.execute(office.db)).rejects.toThrow('append-only')
  })

  it('gives a clock-out that was missing, after which the entry counts', async () => {
    const id = await worked(EIGHT - 2 * DAY, null)
    await worked(EIGHT, FOUR)
    expect(await entry(id)).toMatchObject({ state: 'missing-clock-out' })
    await correct(id, times(EIGHT - 2 * DAY, FOUR - 2 * DAY))
    expect(await entry(id)).toMatchObject({ state: 'closed', clockOutAt: FOUR - 2 * DAY })
  })

  it('closes the entry of somebody who is in, whose next call clocks in', async () => {
    const id = await worked(EIGHT, null)
    await correct(id, times(EIGHT, FOUR), { revision: 1 })
    expect(await entry(id)).toMatchObject({ state: 'closed' })
    expect(await office.call(ann, { at: NOW })).toBe('in')
  })

  it('can take a wrong clock-out away: the employee is in again, and the next call clocks out', async () => {
    const id = await worked(EIGHT, EIGHT + MINUTE)
    await correct(id, times(EIGHT, null))
    expect(await entry(id)).toMatchObject({ state: 'open', clockOutAt: null })
    expect(await office.call(ann, { at: FOUR })).toBe('out')
    expect(await entry(id)).toMatchObject({ state: 'closed', clockOutAt: FOUR })
  })

  it('leaves a clock-out missing where the employee was in again later', async () => {
    const id = await worked(EIGHT, EIGHT + HOUR)
    await worked(FOUR, null)
    await correct(id, times(EIGHT, null))
    expect(await entry(id)).toMatchObject({ state: 'missing-clock-out' })
  })

  it('of an entry whose clock-out is missing can change the job alone', async () => {
    const id = await worked(EIGHT - 2 * DAY, null)
    const later = await worked(EIGHT, FOUR)
    await voidEntry(office.db, later, 2, asking())
    const jobId = await addJob(office.db, { name: 'Roof', phoneCode: null }, 'test')
    await correct(id, { ...times(EIGHT - 2 * DAY, null), jobId })
    expect(await entry(id)).toMatchObject({ state: 'missing-clock-out', jobId })
  })

  it('to what the entry is already changes nothing and leaves no trace', async () => {
    const id = await worked(EIGHT, FOUR)
    expect(await correct(id, times(EIGHT, FOUR), { revision: 1 })).toEqual({ kind: 'unchanged' })
    expect(await entry(id)).toMatchObject({ revision: 2 })
    expect(await listCorrections(office.db, id)).toEqual([])
  })

  it('of no entry is nothing', async () => {
    expect(await correct(99, times(EIGHT, FOUR))).toBeNull()
    expect(await voidEntry(office.db, 99, 1, asking())).toBeNull()
  })
})

describe('times that can’t be', () => {
  it.each([
    ['out before in', EIGHT, EIGHT - 1, 'out before in'],
    ['a clock-in that has not come', NOW + MINUTE, null, 'clock-in in the future'],
    ['a clock-out that has not come', EIGHT, NOW + MINUTE, 'clock-out in the future'],
    ['more than seven days', EIGHT - 7 * DAY, EIGHT + MINUTE, 'too long'],
  ] as const)('%s are refused, and nothing is changed', async (_, clockIn, clockOut, kind) => {
    const id = await worked(EIGHT + HOUR, EIGHT + 2 * HOUR)
    const before = await entries()
    expect(await correct(id, times(clockIn, clockOut))).toEqual(refused(kind))
    expect(await add(times(clockIn, clockOut))).toEqual(refused(kind))
    expect(await entries()).toEqual(before)
    expect(await listCorrections(office.db, id)).toEqual([])
  })

  it('the minute that is now, no time at all, and seven days are times that can be', async () => {
    expect(await add(times(NOW - 7 * DAY, NOW - 6 * DAY))).toMatchObject({ kind: 'done' })
    expect(await add(times(EIGHT - 4 * DAY, EIGHT - 4 * DAY))).toMatchObject({ kind: 'done' })
    expect(await add(times(NOW + 10_000, NOW + 10_000))).toMatchObject({ kind: 'done' })
    const bob = await office.hire('Bob Jones')
    expect(await add(times(NOW - 7 * DAY, NOW), bob)).toMatchObject({ kind: 'done' })
  })

  it.each([
    ['reaches into the begin of another', EIGHT - HOUR, EIGHT + MINUTE],
    ['begins before the end of another', FOUR - MINUTE, FOUR + HOUR],
    ['lies within another', EIGHT + HOUR, EIGHT + 2 * HOUR],
    ['covers another', EIGHT - HOUR, FOUR + HOUR],
    ['has no end within another', EIGHT + HOUR, null],
    ['has no length within another', EIGHT + HOUR, EIGHT + HOUR],
  ])('what %s is refused', async (_, clockIn, clockOut) => {
    const id = await worked(EIGHT - 2 * DAY, EIGHT - DAY)
    await worked(EIGHT, FOUR)
    const other = { clockInAt: EIGHT, clockOutAt: FOUR, isOpen: false }
    expect(await add(times(clockIn, clockOut))).toEqual({ kind: 'refused', fault: { kind: 'overlap', other } })
    expect(await correct(id, times(clockIn, clockOut))).toEqual({ kind: 'refused', fault: { kind: 'overlap', other } })
  })

  it('entries that meet within a minute do not overlap', async () => {
    await worked(EIGHT, FOUR)
    expect(await add(times(EIGHT - HOUR, EIGHT + 15_000))).toMatchObject({ kind: 'done' })
    expect(await add(times(FOUR - 15_000, FOUR + HOUR))).toMatchObject({ kind: 'done' })
  })

  it('an entry that is as long as one can be is not overlooked', async () => {
    await add(times(NOW - 7 * DAY, NOW))
    expect(await add(times(NOW - HOUR, NOW))).toMatchObject(refused('overlap'))
  })

  it('an entry that goes on overlaps all that is later, however long ago it began', async () => {
    await worked(EIGHT - 20 * DAY, null)
    expect(await add(times(EIGHT, FOUR))).toMatchObject({ fault: { kind: 'overlap', other: { isOpen: true } } })
    expect(await add(times(EIGHT, null))).toMatchObject({ fault: { kind: 'overlap', other: { isOpen: true } } })
    expect(await add(times(EIGHT - 22 * DAY, EIGHT - 21 * DAY))).toMatchObject({ kind: 'done' })
  })

  it('void entries and those of others are in nobody’s way', async () => {
    const bob = await office.hire('Bob Jones')
    await worked(EIGHT, FOUR, bob)
    await voidEntry(office.db, await worked(EIGHT, FOUR), 2, asking())
    expect(await add(times(EIGHT, FOUR))).toMatchObject({ kind: 'done' })
  })
})

describe('adding', () => {
  it('makes an entry without punches, and says who added it and why', async () => {
    const result = await add(times(EIGHT, FOUR))
    expect(result).toMatchObject({ kind: 'done' })
    const [row] = await entries()
    expect(row).toMatchObject({ state: 'closed', clock_in_punch_id: null, clock_out_punch_id: null, revision: 1 })
    expect(await listCorrections(office.db, row?.id ?? 0)).toMatchObject([
      { action: 'added', actor: 'ann@office', reason: 'She forgot.', from: null, to: { clockInAt: EIGHT } },
    ])
    expect(await punches()).toEqual([])
  })

  it('without a clock-out the employee is in, and the next call clocks out', async () => {
    await add(times(EIGHT, null))
    expect(await office.call(ann, { at: FOUR })).toBe('out')
    expect(await entries()).toMatchObject([{ state: 'closed', clock_in_punch_id: null, clock_out_punch_id: 1 }])
  })

  it.each([
    ['closed', EIGHT, FOUR],
    ['of somebody who is in', EIGHT, null],
    ['without a minute', EIGHT, EIGHT],
    ['whose clock-out is missing', EIGHT - 3 * DAY, null],
  ])('asked twice for one %s adds one', async (_, clockIn, clockOut) => {
    await worked(EIGHT - DAY, FOUR - DAY)
    const results = await Promise.all([add(times(clockIn, clockOut)), add(times(clockIn, clockOut))])
    expect(results).toEqual([
      { kind: 'done', entryId: 2 },
      { kind: 'unchanged', entryId: 2 },
    ])
    expect(await entries()).toHaveLength(2)
    expect(await listCorrections(office.db, 2)).toHaveLength(1)
  })
})

describe('voiding', () => {
  it('keeps the times and frees the employee', async () => {
    const id = await worked(EIGHT, null)
    expect(await voidEntry(office.db, id, 1, asking())).toMatchObject({ kind: 'done' })
    expect(await entry(id)).toMatchObject({ state: 'voided', clockInAt: EIGHT, clockOutAt: null })
    expect(await office.call(ann, { at: FOUR })).toBe('in')
  })

  it('asked twice is done once', async () => {
    const id = await worked(EIGHT, FOUR)
    const results = await Promise.all([1, 2].map(() => voidEntry(office.db, id, 2, asking())))
    expect(results.map(result => result?.kind)).toEqual(['done', 'unchanged'])
    expect(await listCorrections(office.db, id)).toHaveLength(1)
  })

  it('is the last thing that happens to an entry', async () => {
    const id = await worked(EIGHT, FOUR)
    await voidEntry(office.db, id, 2, asking())
    expect(await correct(id, times(EIGHT, FOUR + HOUR), { revision: 3 })).toEqual({ kind: 'stale' })
    expect(await correct(id, times(EIGHT, FOUR), { revision: 3 })).toEqual({ kind: 'stale' })
  })
})

describe('two at once', () => {
  it('the second of two admins is told, and overwrites nothing', async () => {
    const id = await worked(EIGHT, FOUR)
    const results = await Promise.all([
      correct(id, times(EIGHT, FOUR + HOUR)),
      correct(id, times(EIGHT + HOUR, FOUR), { by: asking('bob@office') }),
      voidEntry(office.db, id, 2, asking('cleo@office')),
    ])
    expect(results.map(result => result?.kind)).toEqual(['done', 'stale', 'stale'])
    expect(await entry(id)).toMatchObject({ clockInAt: EIGHT, clockOutAt: FOUR + HOUR, state: 'closed' })
    expect(await listCorrections(office.db, id)).toHaveLength(1)
  })

  it('one form that comes twice is done once', async () => {
    const id = await worked(EIGHT, FOUR)
    const results = await Promise.all([1, 2].map(() => correct(id, times(EIGHT, FOUR + HOUR))))
    expect(results.map(result => result?.kind)).toEqual(['done', 'unchanged'])
    expect(await listCorrections(office.db, id)).toHaveLength(1)
  })

  it('an admin is told of a call that clocked out meanwhile', async () => {
    const id = await worked(EIGHT, null)
    await office.call(ann, { at: FOUR })
    expect(await correct(id, times(EIGHT, FOUR - HOUR), { revision: 1 })).toEqual({ kind: 'stale' })
    expect(await voidEntry(office.db, id, 1, asking())).toEqual({ kind: 'stale' })
    expect(await entry(id)).toMatchObject({ state: 'closed', clockOutAt: FOUR })
  })

  it('an admin is told of a call that gave the entry up meanwhile', async () => {
    const id = await worked(EIGHT - 2 * DAY, null)
    await office.call(ann, { at: EIGHT })
    expect(await correct(id, times(EIGHT - 2 * DAY, EIGHT), { revision: 1 })).toEqual({ kind: 'stale' })
  })

  it('a call that clocks out of an entry moved meanwhile ends it at the call’s time, never before its begin', async () => {
    const id = await worked(EIGHT, null)
    await correct(id, times(EIGHT + HOUR, null), { revision: 1 })
    await office.call(ann, { at: EIGHT + MINUTE })
    expect(await entry(id)).toMatchObject({ clockInAt: EIGHT + HOUR, clockOutAt: EIGHT + HOUR })
  })
})
