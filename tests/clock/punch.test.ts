import { describe, expect, it } from 'vitest'
import { decidePunch, type Standing } from '../../src/clock/punch.js'
import { HOUR, MINUTE, SECOND } from '../../src/clock/time.js'

const eight = Date.UTC(2026, 10, 23, 8)
const rules = { forgottenAfterHours: 16 }
const out: Standing = { lastPunch: null, openEntry: null }
const inSince = (at: number, committedAt = at): Standing => ({
  lastPunch: { direction: 'in', at, committedAt },
  openEntry: { clockInAt: at, hasJob: false },
})

describe('a call of an employee who is out', () => {
  it('clocks in at the instant when the call was answered', () => {
    expect(decidePunch(out, eight, rules, false)).toEqual({ kind: 'in', at: eight, forgotten: false })
  })
})

describe('a call of an employee who is in', () => {
  it('clocks out', () => {
    expect(decidePunch(inSince(eight), eight + 8 * HOUR, rules, false)).toEqual({ kind: 'out', at: eight + 8 * HOUR })
  })

  it('clocks out of an entry that is open for exactly as long as the rule allows', () => {
    expect(decidePunch(inSince(eight), eight + 16 * HOUR, rules, false).kind).toBe('out')
  })

  it('clocks in when the entry was open for longer: the clock-out was forgotten', () => {
    expect(decidePunch(inSince(eight), eight + 16 * HOUR + 1, rules, false)).toMatchObject({
      kind: 'in',
      forgotten: true,
    })
  })

  it('follows the setting for how long that is', () => {
    expect(decidePunch(inSince(eight), eight + 11 * HOUR, { forgottenAfterHours: 10 }, false).kind).toBe('in')
  })
})

describe('a second call soon after a punch', () => {
  it('is told of the punch within two minutes', () => {
    expect(decidePunch(inSince(eight), eight + 2 * MINUTE - 1, rules, false)).toMatchObject({ kind: 'too-soon' })
  })

  it('punches from two minutes on', () => {
    expect(decidePunch(inSince(eight), eight + 2 * MINUTE, rules, false).kind).toBe('out')
  })

  it('punches when the caller confirms it', () => {
    expect(decidePunch(inSince(eight), eight + MINUTE, rules, true)).toEqual({ kind: 'out', at: eight + MINUTE })
  })

  it('is soon after the punch was heard, however slowly the keys of the first call came', () => {
    const slow = inSince(eight, eight + 110 * SECOND)
    expect(decidePunch(slow, eight + 3 * MINUTE, rules, false).kind).toBe('too-soon')
  })

  it('is soon when it overlaps the call that punched', () => {
    expect(decidePunch(inSince(eight, eight + MINUTE), eight + 10 * SECOND, rules, false).kind).toBe('too-soon')
  })
})

describe('time never runs backwards', () => {
  it('when a call that was answered earlier punches later', () => {
    expect(decidePunch(inSince(eight), eight - 10 * SECOND, rules, true)).toEqual({ kind: 'out', at: eight })
  })
})
