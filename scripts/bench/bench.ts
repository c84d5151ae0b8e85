/** Measures what is promised to be fast, on loopback: a table at the end, the same as JSON in bench.json. */
import { writeFileSync } from 'node:fs'
import { figuresTable } from './measure.js'
import { benchRollout } from './rollout.js'

const notes: string[] = []
const figures = await benchRollout(line => notes.push(line))
for (const note of notes) console.log(note)
console.log(`\n${figuresTable(figures)}`)
writeFileSync('bench.json', `${JSON.stringify({ figures, notes }, null, 2)}\n`)
process.exitCode = figures.every(({ medianMs, limitMs }) => medianMs <= limitMs) ? 0 : 1
