/**
 * Breaks things under a stream of real calls and counts what is lost: a table at the end, the same as JSON in faults.json.
 *
 *   npm run faults                                           every fault, the kills 200 times each
 *   npm run faults -- --times 5 'power cut' 'disk full'      only these
 *   npm run faults -- --seed 7                               the same chances again
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import build from '../../tests/support/build.js'
import { FAULTS } from './kinds.js'
import { tableOf } from './report.js'
import { runSuite } from './suite.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, times: { type: 'string' }, rate: { type: 'string', default: '2' } },
})

/** Kills are tried the most: they are the ones whose instant matters. */
const MANY: ReadonlySet<string> = new Set(['Punchline killed', 'Asterisk killed', 'both killed', 'power cut'])

const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
console.log(`seed ${seed}`)
build()
const names = positionals.length > 0 ? positionals : [...FAULTS.keys()]
const timesOf = (name: string) => Number(values.times ?? (MANY.has(name) ? 200 : 10))
const callsPerSecond = Number(values.rate)
const report = await runSuite({
  seed,
  callsPerSecond,
  employees: Math.ceil(callsPerSecond * 170),
  times: new Map(names.map(name => [name, timesOf(name)])),
  logFile: 'faults.log',
  say: console.log,
})
console.log(`\n${tableOf(report)}\n`)
for (const fault of report.faults) console.log(fault)
writeFileSync('faults.json', `${JSON.stringify({ seed, ...report }, null, 2)}\n`)
process.exitCode = report.faults.length === 0 ? 0 : 1
