/** A workspace for tests: a real database in a directory of its own, with employees who can clock in. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Metrics } from '../../src/metrics/metrics.js'
import type { PhoneClock } from '../../src/phone/call.js'
import { RecentPunches } from '../../src/phone/recent-punches.js'
import { CallSteps } from '../../src/store/call-steps.js'
import { type Database, openDatabase } from '../../src/store/database.js'
import { addEmployee } from '../../src/store/employees.js'
import { keepHashing, USUAL_COST } from '../../src/store/hash-cost.js'
import { loadPinKey, type PinKey } from '../../src/store/hashing.js'
import { setPin } from '../../src/store/pins.js'
import { RecordingFolder } from '../../src/store/recordings.js'
import { type LinkKey, loadLinkKey } from '../../src/store/setup-links.js'

export interface Workspace {
  readonly directory: string
  readonly db: Database
  readonly pinKey: PinKey
  readonly linkKey: LinkKey
  readonly metrics: Metrics
  readonly clock: PhoneClock
  /** Adds an employee with a PIN. */
  hire(name: string, pin: string): Promise<{ id: number; phoneClockId: string }>
  close(): Promise<void>
}

/** An empty database as the migrations leave it, made once for a test file: copying it is many times quicker. */
let empty: Buffer | null = null

async function openEmptyDatabase(directory: string): Promise<Database> {
  const file = join(directory, 'punchline.db')
  if (!empty) {
    await (await openDatabase(directory)).destroy()
    empty = readFileSync(file)
  } else writeFileSync(file, empty)
  return openDatabase(directory)
}

/** In a new directory, or in one that is not there yet. */
export async function openWorkspace(wanted?: string): Promise<Workspace> {
  const directory = wanted ?? mkdtempSync(join(tmpdir(), 'punchline-test-'))
  mkdirSync(directory, { recursive: true })
  const db = await openEmptyDatabase(directory)
  // Measured on some machine: no test waits for that.
  keepHashing(directory, { cost: USUAL_COST, atOnce: availableParallelism(), cores: availableParallelism() })
  const pinKey = loadPinKey(directory)
  const metrics = new Metrics()
  return {
    directory,
    db,
    pinKey,
    linkKey: loadLinkKey(directory),
    metrics,
    clock: {
      db,
      pinKey,
      recordings: new RecordingFolder(directory),
      timeStyle: { timeZone: 'America/New_York', hours: 12 },
      // Tests set Date as time goes by, unless the clock is what they are about.
      recentPunches: new RecentPunches(() => Date.now()),
      steps: new CallSteps(db),
      meter: metrics.calls,
      log: pino({ level: 'silent' }),
    },
    async hire(name, pin) {
      const id = await addEmployee(db, { name, email: null }, 'test')
      return { id, phoneClockId: await setPin(db, pinKey, { employeeId: id, pin, actor: 'test' }) }
    },
    async close() {
      await db.destroy()
      rmSync(directory, { recursive: true })
    },
  }
}
