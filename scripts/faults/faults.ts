/**
 * Breaks things under a stream of real calls and counts what is lost: a table at the end, the same as JSON in faults.json.
 *
 *   npm run faults                                           every fault; kills and power cuts 200 times each
 *   npm run faults -- --times 5 'power cut' 'disk full'      only these
 *   npm run faults -- --seed 7                               the same chances as before
 *   npm run faults -- soak                                   5,000 calls in 65 minutes, a fault a minute
 *   npm run faults -- soak --calls 500 --minutes 6 'disk full' 'database locked'
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import build from '../rig/build.js'
import { FAULTS } from './kinds.js'
import { type Report, tableOf } from './report.js'
import { runSoak } from './soak.js'
import { runSuite } from './suite.js'
import type { TrialOptions } from './trial.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    times: { type: 'string' },
    calls: { type: 'string', default: '5000' },
    minutes: { type: 'string', default: '65' },
  },
})

/** Those whose instant matters. */
const MANY: ReadonlySet<string> = new Set(['Punchline killed', 'Asterisk killed', 'both killed', 'power cut'])

const seed = Number(values.seed)
console.log(`seed ${seed}`)
build()
const isSoak = positionals[0] === 'soak'
const named = isSoak ? positionals.slice(1) : positionals
const faults = named.length > 0 ? named : [...FAULTS.keys()]
const report = isSoak ? await soak() : await suite()
console.log(`\n${tableOf(report)}\n`)
for (const fault of report.faults) console.log(fault)
writeFileSync('faults.json', `${JSON.stringify({ seed, ...report }, null, 2)}\n`)
process.exitCode = report.faults.length === 0 ? 0 : 1

function soak(): Promise<Report> {
  const minutes = Number(values.minutes)
  return runSoak({ ...trialAt(Number(values.calls) / (minutes * 60)), faults, minutes })
}

function suite(): Promise<Report> {
  const timesOf = (fault: string) => Number(values.times ?? (MANY.has(fault) ? 200 : 10))
  return runSuite(new Map(faults.map(fault => [fault, timesOf(fault)])), trialAt(2))
}

function trialAt(callsPerSecond: number): TrialOptions {
  return { seed, callsPerSecond, logFile: 'faults.log', say: console.log }
}
