import { expect, it } from 'vitest'
import { UsualLength } from '../../src/clock/usual-length.js'

const after = (...lengths: number[]) => {
  const usual = new UsualLength()
  for (const length of lengths) usual.note(length)
  return usual.digits
}

it('is four before any PIN was right', () => {
  expect(after()).toBe(4)
})

it('is what most right PINs had', () => {
  expect(after(6, 4, 6)).toBe(6)
})

it('follows a company that has come to choose longer ones', () => {
  const years = Array<number>(10_000).fill(4)
  expect(after(...years, ...Array<number>(1_100).fill(6))).toBe(6)
})
