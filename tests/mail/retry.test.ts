import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { judgeFailure, PAUSES, pauseAfter, TRY_FOR } from '../../src/mail/retry.js'

const FAULT = 'The mail server does not take mail for ann@example.com now: 451 try later'
const judge = (age: number, changes: { isPermanent?: boolean; earlier?: number } = {}) =>
  judgeFailure(
    { queuedAt: 1000, fault: FAULT, isPermanent: changes.isPermanent ?? false },
    { now: 1000 + age, earlier: changes.earlier ?? 0, pause: PAUSES.mail },
  )

describe('a mail that failed', () => {
  it('is tried again after pauses that double from 15 seconds to half an hour', () => {
    const pauses = [0, 1, 2, 6, 7, 50, 2000].map(earlier => pauseAfter(earlier, PAUSES.mail))
    expect(pauses).toEqual([15, 30, 60, 960, 1800, 1800, 1800].map(seconds => seconds * SECOND))
    expect(judge(MINUTE, { earlier: 2 })).toEqual({ kind: 'try-again', after: MINUTE, fault: FAULT })
  })

  it('is given up when the server refuses it for good', () => {
    expect(judge(0, { isPermanent: true })).toEqual({ kind: 'give-up', fault: FAULT })
  })

  it('is given up after 24 hours, and the sentence says so', () => {
    expect(judge(TRY_FOR - 1).kind).toBe('try-again')
    expect(judge(24 * HOUR)).toEqual({ kind: 'give-up', fault: `Given up after 24 hours. ${FAULT}` })
  })
})

it('a server that is away is tried again after pauses that double from 5 seconds to 5 minutes', () => {
  const pauses = [0, 1, 5, 6, 7].map(failures => pauseAfter(failures, PAUSES.server))
  expect(pauses).toEqual([5, 10, 160, 300, 300].map(seconds => seconds * SECOND))
})
