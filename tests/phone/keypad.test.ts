import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Keypad } from '../../src/phone/asterisk/keypad.js'
import { CallOver } from '../../src/phone/caller.js'

let keypad: Keypad
let call: AbortController
const press = (keys: string) => [...keys].forEach(key => void keypad.press(key))
const entry = () => keypad.takeEntry(7_000, 4_000, call.signal)

beforeEach(() => {
  vi.useFakeTimers()
  keypad = new Keypad()
  call = new AbortController()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('an entry', () => {
  it('ends with pound', async () => {
    press('482#')
    expect(await entry()).toEqual({ digits: '482', endedBy: 'pound' })
  })

  it('takes keys that were pressed before it was asked for, and leaves those of the next', async () => {
    press('48213#2468#')
    expect(await entry()).toMatchObject({ digits: '48213' })
    expect(await entry()).toMatchObject({ digits: '2468' })
  })

  it('is cleared by star', async () => {
    press('48*99#')
    expect(await entry()).toBe('cleared')
    expect(await entry()).toMatchObject({ digits: '99' })
  })

  it('ends after seven seconds without a first key', async () => {
    const asked = entry()
    await vi.advanceTimersByTimeAsync(6_999)
    press('4#')
    expect(await asked).toMatchObject({ digits: '4' })
    const askedAgain = entry()
    await vi.advanceTimersByTimeAsync(7_000)
    expect(await askedAgain).toEqual({ digits: '', endedBy: 'silence' })
  })

  it('ends after four seconds between keys', async () => {
    const asked = entry()
    await vi.advanceTimersByTimeAsync(6_000)
    press('4')
    await vi.advanceTimersByTimeAsync(3_999)
    press('8')
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await asked).toEqual({ digits: '48', endedBy: 'silence' })
  })

  it('is told of digit by digit, before it ends', async () => {
    const told: string[] = []
    const asked = keypad.takeEntry(7_000, 4_000, call.signal, digits => told.push(digits))
    press('48')
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual(['4', '48'])
    press('#')
    expect(await asked).toMatchObject({ digits: '48' })
  })

  it('ignores the keys A to D', async () => {
    press('A4B8C2D1#')
    expect(await entry()).toMatchObject({ digits: '4821' })
  })

  it('takes two hundred digits without harm', async () => {
    press(`${'7'.repeat(200)}#48213#`)
    expect(await entry()).toMatchObject({ digits: '7'.repeat(32) })
    expect(await entry()).toMatchObject({ digits: '48213' })
  })

  it('rejects when the call is over, also one that was asked for later', async () => {
    const asked = entry()
    call.abort(new CallOver('hung-up'))
    await expect(asked).rejects.toBeInstanceOf(CallOver)
    press('4#')
    await expect(entry()).rejects.toBeInstanceOf(CallOver)
  })

  it('leaves no timer behind', async () => {
    press('4#')
    await entry()
    expect(vi.getTimerCount()).toBe(0)
  })
})
