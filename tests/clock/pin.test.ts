import { describe, expect, it } from 'vitest'
import { pinFault } from '../../src/clock/pin.js'

const ID = '48213'

describe('a PIN', () => {
  it.each(['2468', '8052', '71930', '940275', '135792468013'])('%s is accepted', pin => {
    expect(pinFault(pin, ID)).toBeNull()
  })

  it.each(['123', '1234567890123', ''])('"%s" has the wrong length and is refused', pin => {
    expect(pinFault(pin, ID)).toBe(`A PIN has 4 to 12 digits; this one has ${pin.length}.`)
  })

  it.each(['12a4', 'abcd', '12 34', '１２３４', '-123'])('%s is not digits only and is refused', pin => {
    expect(pinFault(pin, ID)).toBe('A PIN has digits only, 0 to 9.')
  })

  it.each([
    ['7777', 'repeated digits'],
    ['777777', 'repeated digits'],
    ['7887', 'repeated digits'],
    ['7878', 'repeated digits'],
    ['7788', 'repeated digits'],
    ['7778', 'repeated digits'],
    ['123123', 'repeated digits'],
    ['1234', 'a run of digits'],
    ['9876', 'a run of digits'],
    ['7890', 'a run of digits'],
    ['0123456789', 'a run of digits'],
    ['1987', 'a year'],
    ['2026', 'a year'],
    ['0704', 'a date'],
    ['3112', 'a date'],
    ['040785', 'a date'],
    ['19850704', 'a date'],
    ['2580', 'a shape on the keypad'],
    ['0852', 'a shape on the keypad'],
    ['1397', 'a shape on the keypad'],
  ])('%s is refused as %s', (pin, pattern) => {
    expect(pinFault(pin, ID)).toBe(`This PIN is easily guessed (${pattern}). Choose another.`)
  })

  it.each(['48213', '31284', '4821', '3128', '482139'])('%s is refused for the phone clock ID 48213', pin => {
    expect(pinFault(pin, ID)).toBe('This PIN is too close to the phone clock ID. Choose another.')
  })

  it('is refused for at least a tenth of the four-digit space, and for less than a fifth', () => {
    const all = Array.from({ length: 10_000 }, (_, n) => String(n).padStart(4, '0'))
    const refused = all.filter(pin => pinFault(pin, null) !== null).length
    expect(refused).toBeGreaterThanOrEqual(1_000)
    expect(refused).toBeLessThan(2_000)
  })
})
