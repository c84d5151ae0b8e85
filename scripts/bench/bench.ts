/**
 * Measures what is promised to be fast, on loopback: tables at the end, the same as JSON in bench.json. All of it, or
 * the parts that are named: `npm run bench -- shift-change memory`.
 */
import { writeFileSync } from 'node:fs'
import { type Comparison, comparisonTable, isReached } from './calls/comparison.js'
import { benchMemory, benchShiftChange } from './calls/shift-change.js'
import { benchDayToDay } from './day-to-day.js'
import { benchDatabase, benchPagesOverYears } from './growth.js'
import { benchGuessing } from './guessing.js'
import { type Figure, figuresTable, isWithin, type Say } from './measure.js'
import { benchRollout } from './rollout.js'

const PARTS = new Map([
  ['rollout', benchRollout],
  ['day-to-day', benchDayToDay],
  ['guessing', benchGuessing],
  ['database', benchDatabase],
  ['pages-over-years', benchPagesOverYears],
])

const CALLS = new Map<string, (say: Say) => Promise<Comparison[]>>([
  ['shift-change', say => benchShiftChange(say)],
  ['memory', say => benchMemory(say)],
])

const named = process.argv.slice(2)
const unknown = named.filter(name => !PARTS.has(name) && !CALLS.has(name))
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}. The parts: ${[...CALLS.keys(), ...PARTS.keys()].join(', ')}.`)

const notes: string[] = []
let isAllGood = true
const say: Say = (line, isGood = true) => {
  const note = isGood ? line : `${line}: NOT GOOD`
  console.log(note)
  notes.push(note)
  isAllGood &&= isGood
}
const isAsked = ([name]: readonly [string, unknown]) => named.length === 0 || named.includes(name)
const comparisons: Comparison[] = []
for (const [, bench] of [...CALLS].filter(isAsked)) comparisons.push(...(await bench(say)))
const figures: Figure[] = []
for (const [, bench] of [...PARTS].filter(isAsked)) figures.push(...(await bench(say)))
if (comparisons.length > 0) console.log(`\n${comparisonTable(comparisons)}`)
if (figures.length > 0) console.log(`\n${figuresTable(figures)}`)
writeFileSync('bench.json', `${JSON.stringify({ comparisons, figures, notes }, null, 2)}\n`)
process.exitCode = isAllGood && comparisons.every(isReached) && figures.every(isWithin) ? 0 : 1
