import { expect, it } from 'vitest'
import { harmless } from '../../src/csv/harmless.js'

it.each(['=1+1', '+1 555', '-2', '@SUM(A1)', '\t=1', '\r=1'])('%j is no formula any more', cell => {
  expect(harmless(cell)).toBe(`'${cell}`)
})

it.each(['Ann Baker', '', '12', 'a=b', "'=1", 'Müller-Lüdenscheidt'])('%j stays as it is', cell => {
  expect(harmless(cell)).toBe(cell)
})
