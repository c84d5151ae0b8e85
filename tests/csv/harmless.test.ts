import { expect, it } from 'vitest'
import { harmless, unharmed } from '../../src/csv/harmless.js'

const FORMULAS = ['=1+1', '+1 555', '-2', '@SUM(A1)', '\t=1', '\r=1']
const LIKE_MADE_HARMLESS = ["'=1", "''=1", "'-"]
const OTHERS = ['Ann Baker', '', '12', 'a=b', "'n Dachdecker", 'Müller-Lüdenscheidt']

it.each(FORMULAS)('%j is no formula any more', cell => {
  expect(harmless(cell)).toBe(`'${cell}`)
})

it.each(OTHERS)('%j stays as it is', cell => {
  expect(harmless(cell)).toBe(cell)
})

it.each([...FORMULAS, ...LIKE_MADE_HARMLESS, ...OTHERS])('%j comes back as it was', cell => {
  expect(unharmed(harmless(cell))).toBe(cell)
})
