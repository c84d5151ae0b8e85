/** The benchmark of a shift change, so small that its figures say nothing: that it runs, and that its calls are real ones. */
import { expect, it } from 'vitest'
import { comparisonTable } from '../../scripts/bench/calls/comparison.js'
import { benchShiftChange } from '../../scripts/bench/calls/shift-change.js'

const SHORT = {
  employees: 12,
  alone: 0,
  typedAhead: 1,
  crowds: [[3, 1]],
  sameSecond: 4,
  storm: { callers: 6, seconds: 3 },
  ramp: [],
} as const

it('every call of the benchmark is led to its end on both clocks, and gives figures', async () => {
  const complaints: string[] = []
  const found = await benchShiftChange((line, isGood = true) => {
    if (!isGood) complaints.push(line)
  }, SHORT)
  console.log(comparisonTable(found))
  expect(complaints.join('\n')).toBe('')
  const figures = new Map(found.map(({ what, punchline, peer }) => [what, { punchline, peer }]))
  expect([...figures.values()].every(({ punchline }) => punchline >= 0)).toBe(true)
  expect(figures.get('storm: calls that failed')).toEqual({ punchline: 0, peer: 0 })
  expect(figures.get('storm: punches lost')).toEqual({ punchline: 0, peer: 0 })
  expect(figures.get('storm: punches doubled')).toEqual({ punchline: 0, peer: 0 })
}, 300_000)
