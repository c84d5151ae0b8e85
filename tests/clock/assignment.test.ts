import { describe, expect, it } from 'vitest'
import { type Assigning, decideAssignment, type EntryAround, likelyDirection } from '../../src/clock/assignment.js'
import { DAY, HOUR } from '../../src/clock/time.js'

const AT = 100 * DAY
let id = 0

/** An entry with hours before (negative) or after the call; without an end it is open. */
const entry = (from: number, to: number | null, state: EntryAround['state'] = to === null ? 'open' : 'closed') => {
  id += 1
  return { id, state, clockInAt: AT + from * HOUR, clockOutAt: to === null ? null : AT + to * HOUR }
}
const missing = (from: number) => entry(from, null, 'missing-clock-out')
const among = (entries: EntryAround[], now = AT + HOUR): Assigning => ({
  at: AT,
  now,
  entries,
  rules: { forgottenAfterHours: 16 },
})

describe('as a clock-in', () => {
  const decide = (entries: EntryAround[], now?: number) => decideAssignment('in', among(entries, now))

  it('begins an open entry when nothing came later', () => {
    expect(decide([entry(-20, -12)])).toEqual({ kind: 'begins', state: 'open', forgottenEntryId: null })
  })

  it('begins one whose clock-out is missing already when it is too long ago', () => {
    expect(decide([], AT + 17 * HOUR)).toMatchObject({ kind: 'begins', state: 'missing-clock-out' })
  })

  it.each([
    ['closed', entry(1, 2)],
    ['open', entry(1, null)],
    ['missing', missing(1)],
  ])('begins one whose clock-out is missing before a later entry that is %s', (_state, later) => {
    expect(decide([later], AT + 3 * HOUR)).toMatchObject({ kind: 'begins', state: 'missing-clock-out' })
  })

  it('begins right where another entry ends', () => {
    expect(decide([entry(-8, 0)])).toMatchObject({ kind: 'begins', state: 'open' })
  })

  it('is not possible within a complete entry', () => {
    expect(decide([entry(-4, 4)])).toEqual({
      kind: 'impossible',
      sentence: expect.stringContaining('Refuse the call, or correct that entry first.'),
    })
  })

  it('is not possible while the employee was in', () => {
    expect(decide([entry(-4, null)])).toEqual({
      kind: 'impossible',
      sentence: expect.stringContaining('Assign it as a clock-out.'),
    })
  })

  it('leaves behind an open entry that was forgotten by then, as a call would', () => {
    const forgotten = entry(-17, null)
    expect(decide([forgotten])).toEqual({ kind: 'begins', state: 'open', forgottenEntryId: forgotten.id })
  })

  it('is possible after an entry whose clock-out is missing', () => {
    expect(decide([missing(-4)])).toMatchObject({ kind: 'begins', state: 'open' })
  })

  it('is not possible where another entry begins', () => {
    expect(decide([missing(0)])).toMatchObject({ kind: 'impossible' })
  })
})

describe('as a clock-out', () => {
  const decide = (entries: EntryAround[]) => decideAssignment('out', among(entries))

  it.each([
    ['open', entry(-8, null)],
    ['missing', missing(-30)],
    ['of that very moment', entry(0, null)],
  ])('closes the latest entry, %s', (_state, before) => {
    expect(decide([entry(-60, -50), before, entry(2, 3)])).toEqual({ kind: 'closes', entryId: before.id })
  })

  it.each([
    ['nothing came before', []],
    ['the employee was out', [entry(-8, -1)]],
    ['another entry came in between', [missing(-8), entry(-5, -1)]],
    ['the clock-in is more than 7 days older', [missing(-7 * 24 - 1)]],
  ])('is not possible when %s: it is a clock-in', (_why, entries) => {
    expect(decide(entries)).toEqual({
      kind: 'impossible',
      sentence: expect.stringContaining('Assign it as a clock-in.'),
    })
  })

  it('closes an entry of 7 days', () => {
    expect(decide([missing(-7 * 24)])).toMatchObject({ kind: 'closes' })
  })

  it('is not possible within a complete entry', () => {
    expect(decide([entry(-8, 1)])).toMatchObject({ kind: 'impossible' })
  })
})

it.each([
  ['in when nobody was in', [], 'in'],
  ['out when the employee was in', [entry(-8, null)], 'out'],
  ['out when a clock-out of that day is missing', [missing(-8)], 'out'],
  ['in when the open entry was forgotten by then', [entry(-17, null)], 'in'],
] as const)('the likely direction is %s', (_why, entries, direction) => {
  expect(likelyDirection(among([...entries]))).toBe(direction)
})
