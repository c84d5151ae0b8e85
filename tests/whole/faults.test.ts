/** What may never happen, while things break under a stream of real calls: a short form of `npm run faults`. */
import { expect, it } from 'vitest'
import { tableOf } from '../../scripts/faults/report.js'
import { runSuite } from '../../scripts/faults/suite.js'

it('kills and power cuts lose no confirmed punch, double none, and leave nothing behind', async () => {
  const times = new Map([
    ['Punchline killed', 2],
    ['Asterisk killed', 1],
    ['both killed', 1],
    ['power cut', 2],
  ])
  const report = await runSuite(times, {
    seed: Date.now() % 1e9,
    callsPerSecond: 2,
    logFile: 'faults.log',
    say: console.log,
  })
  console.log(tableOf(report))
  expect(report.faults).toEqual([])
  expect(report.rows.reduce((sum, { confirmed }) => sum + confirmed, 0)).toBeGreaterThan(10)
}, 300_000)
