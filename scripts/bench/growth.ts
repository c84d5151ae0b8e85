/** That years on record slow nothing down: a punch's commit, and the pages, with few and with many entries behind them. */
import { addCall } from '../../src/store/calls.js'
import type { Database } from '../../src/store/database.js'
import { punch } from '../../src/store/punches.js'
import { openWorkspace } from '../../tests/support/workspace.js'
import { openOffice } from '../../tests/web/support/office.js'
import { signedInAdmin } from '../../tests/web/support/visitor.js'
import { foundCompany, LARGE, type Size } from './company.js'
import { addresses } from './day-to-day.js'
import { type Figure, percentile, type Say } from './measure.js'

const TIME_ZONE = 'America/New_York'
/** Of a day of 10,000 punches: 10^4, 10^6 and 5·10^6 punches. */
const YEARS = [1, 100, 500].map((days): Size => ({ active: 2_500, days }))
const PUNCHES = 600
/** As the issue of speed has it, and for pages so many milliseconds that chance adds to a short one. */
const MOST_SLOWER = 1.2
const CHANCE_MS = 2

interface Measured {
  readonly what: string
  readonly times: number[]
  readonly limitMs: number
}

/** The databases take turns, so that what the machine does beside falls on all alike. */
export async function benchDatabase(say: Say): Promise<Figure[]> {
  const workspaces = []
  try {
    const measured: (Measured & { db: Database })[] = []
    for (const size of YEARS) {
      const workspace = await openWorkspace()
      workspaces.push(workspace)
      const { entries } = await foundCompany(workspace.db, workspace.pinKey, TIME_ZONE, size)
      measured.push({
        what: `a punch’s commit, after ${2 * entries} punches`,
        times: [],
        limitMs: 20,
        db: workspace.db,
      })
    }
    for (let n = 0; n < PUNCHES; n++) {
      // Whoever works there, in no order.
      const employeeId = ((n * 997) % 2_500) + 1
      for (const { db, times } of measured) times.push(await punchIn(db, employeeId))
    }
    return compare(say, measured, MOST_SLOWER, 0)
  } finally {
    for (const workspace of workspaces) await workspace.close()
  }
}

/** Gives how long the punch alone took, in milliseconds. */
async function punchIn(db: Database, employeeId: number): Promise<number> {
  const answeredAt = Date.now()
  const callId = await addCall(db, { channel: 'bench', callerNumber: null, answeredAt })
  const began = performance.now()
  await punch(db, { callId, employeeId, answeredAt, secondPunchConfirmed: true, jobId: null })
  return performance.now() - began
}

/** Of a month and of what is twenty times as much. Pages that show more when there is more are left out. */
export async function benchPagesOverYears(say: Say): Promise<Figure[]> {
  const sizes = [{ ...LARGE, days: LARGE.days / 20 }, LARGE]
  const offices = []
  try {
    const sites = []
    for (const size of sizes) {
      const office = await openOffice({ timeStyle: { timeZone: TIME_ZONE, hours: 12 } })
      offices.push(office)
      const company = await foundCompany(office.db, office.pinKey, TIME_ZONE, size)
      const shown = addresses(company).filter(address => !address.startsWith('/api') && !address.includes('employee='))
      sites.push({ admin: await signedInAdmin(office), entries: company.entries, shown })
    }
    const figures: Figure[] = []
    for (const n of sites[0]?.shown.keys() ?? []) {
      const measured = sites.map(({ entries, shown }): Measured => {
        return { what: `${shown[n]}, ${entries} entries`, times: [], limitMs: 150 }
      })
      for (let run = 0; run < 35; run++) {
        for (const [which, { admin, shown }] of sites.entries()) {
          const began = performance.now()
          await (await admin.get(shown[n] ?? '/')).arrayBuffer()
          // The first ones warm up.
          if (run >= 5) measured[which]?.times.push(performance.now() - began)
        }
      }
      figures.push(...compare(say, measured, MOST_SLOWER, CHANCE_MS))
    }
    return figures
  } finally {
    for (const office of offices) await office.close()
  }
}

/** The first is that of the fewest. */
function compare(say: Say, measured: readonly Measured[], factor: number, grace: number): Figure[] {
  const [fewest = Number.NaN, ...others] = measured.map(({ times }) => percentile(times, 0.5))
  for (const [n, median] of others.entries()) {
    const ratio = (median / fewest).toFixed(2)
    say(`${measured[n + 1]?.what}: ${ratio} times what it takes with the fewest`, median <= factor * fewest + grace)
  }
  return measured.map(({ what, times, limitMs }) => ({
    what,
    medianMs: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    runs: times.length,
    limitMs,
  }))
}
