/**
 * Measures what is promised to be fast, on loopback: a table at the end, the same as JSON in bench.json. All of it, or
 * the parts that are named: `npm run bench -- day-to-day`.
 */
import { writeFileSync } from 'node:fs'
import { benchDayToDay } from './day-to-day.js'
import { benchGuessing } from './guessing.js'
import { type Figure, figuresTable, isWithin, type Say } from './measure.js'
import { benchRollout } from './rollout.js'

const PARTS = new Map([
  ['rollout', benchRollout],
  ['day-to-day', benchDayToDay],
  ['guessing', benchGuessing],
])

const named = process.argv.slice(2)
const unknown = named.filter(name => !PARTS.has(name))
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}. The parts: ${[...PARTS.keys()].join(', ')}.`)

const notes: string[] = []
let isAllGood = true
const say: Say = (line, isGood = true) => {
  const note = isGood ? line : `${line}: NOT GOOD`
  console.log(note)
  notes.push(note)
  isAllGood &&= isGood
}
const figures: Figure[] = []
for (const [name, bench] of PARTS) {
  if (named.length === 0 || named.includes(name)) figures.push(...(await bench(say)))
}
console.log(`\n${figuresTable(figures)}`)
writeFileSync('bench.json', `${JSON.stringify({ figures, notes }, null, 2)}\n`)
process.exitCode = isAllGood && figures.every(isWithin) ? 0 : 1
