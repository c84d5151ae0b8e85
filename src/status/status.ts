/** The state of every part, for the page Status and for monitors. Looked at again after a few seconds at the soonest. */
import { readFileSync } from 'node:fs'
import type { Instant, TimeStyle } from '../clock/time.js'
import { dayAndTime } from '../shown-time.js'
import type { Database } from '../store/database.js'
import { sqliteVersion } from '../store/sqlite.js'
import { type StoreFault, sayFault } from '../store/store-fault.js'
import { judgeBackup, type LastBackup } from './backup.js'
import { judgeDatabase, probeDatabase } from './database.js'
import { checkDisk } from './disk.js'
import { attention, type Finding } from './finding.js'
import { checkLastCall } from './last-call.js'
import { checkMail } from './mail.js'
import { judgeKeptCalls, judgeLine, type LineStanding } from './pbx.js'

export interface StatusSettings {
  readonly db: Database
  readonly dataDirectory: string
  readonly timeStyle: TimeStyle
  /** Null when IT has not set up mail. */
  readonly mail: object | null
  readonly line: () => LineStanding
  /** The latest backup that was verified; null: there is none. */
  readonly lastBackup: () => Promise<LastBackup | null>
}

export interface Part extends Finding {
  readonly name: string
}

export interface Report {
  /** Whether a call that comes now is answered, and its punch written. */
  readonly takesCalls: boolean
  readonly databaseFault: StoreFault | 'unknown' | null
  readonly parts: readonly Part[]
  readonly versions: { readonly [Name in 'Punchline' | 'Node' | 'Asterisk' | 'SQLite']: string }
}

/** In milliseconds. Whoever asks more often gets the same answer: it costs a write. */
const LOOKED_AT_EVERY = 3_000
const LOOKED_WITHIN = 600

const { version }: { version?: unknown } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)

export class Status {
  readonly #settings: StatusSettings
  readonly #openedAt = Date.now()
  #looked: { readonly at: number; readonly found: Promise<Found> } | null = null

  constructor(settings: StatusSettings) {
    this.#settings = settings
  }

  /** Never rejects, and takes less than a second. The line is as it is now, all else as it was a moment ago. */
  async read(): Promise<Report> {
    const { line, timeStyle } = this.#settings
    const now = performance.now()
    if (!this.#looked || now - this.#looked.at > LOOKED_AT_EVERY) {
      this.#looked = { at: now, found: look(this.#settings, this.#openedAt) }
    }
    const { databaseFault, parts } = await this.#looked.found
    const standing = line()
    return {
      takesCalls: standing.takesCalls && databaseFault === null,
      databaseFault,
      parts: [
        { name: 'PBX', ...judgeLine(standing, sayIn(timeStyle)) },
        { name: 'Kept calls', ...judgeKeptCalls(standing) },
        ...parts,
      ],
      versions: {
        Punchline: String(version),
        Node: process.version,
        Asterisk: standing.version ?? 'not known yet',
        SQLite: sqliteVersion,
      },
    }
  }
}

interface Found {
  readonly databaseFault: Report['databaseFault']
  readonly parts: readonly Part[]
}

async function look(
  { db, dataDirectory, timeStyle, mail, lastBackup }: StatusSettings,
  openedAt: Instant,
): Promise<Found> {
  const now = Date.now()
  const say = sayIn(timeStyle)
  const [database, ...parts] = await Promise.all([
    probeDatabase(db, LOOKED_WITHIN),
    part('Last call', checkLastCall(db, say)),
    part('Disk', checkDisk(dataDirectory)),
    part(
      'Backup',
      lastBackup().then(last => judgeBackup(last, now, say)),
    ),
    part('Mail', checkMail(db, mail !== null, now, say)),
  ])
  const judged = { name: 'Database', ...judgeDatabase(database, say(openedAt)) }
  return { databaseFault: database.fault, parts: [judged, ...parts] }
}

/** What can't be found out, or not in time, is said to be so. */
async function part(name: string, finding: Promise<Finding>): Promise<Part> {
  const late = new Promise<Finding>(resolve => {
    setTimeout(resolve, LOOKED_WITHIN, attention('Not known: it takes too long.', 'Look again in a moment.')).unref()
  })
  const unknown = (error: unknown) => attention(`Not known: ${sayFault(error)}`, 'The log says more.')
  return { name, ...(await Promise.race([finding, late]).catch(unknown)) }
}

function sayIn(style: TimeStyle): (instant: Instant) => string {
  return instant => dayAndTime(instant, Date.now(), style)
}
