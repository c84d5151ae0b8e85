/** The state of every part, for the page Status and for monitors. Looked at again after a few seconds at the soonest. */
import { readFileSync } from 'node:fs'
import type { Instant, TimeStyle } from '../clock/time.js'
import { dayAndTime } from '../shown-time.js'
import { type EndedCall, latestCall } from '../store/calls.js'
import type { Database } from '../store/database.js'
import { type MailQueue, readQueue } from '../store/mail-outbox.js'
import { sqliteVersion } from '../store/sqlite.js'
import { countWaitingDeliveries } from '../store/webhook-deliveries.js'
import { judgeBackup, type LastBackup } from './backup.js'
import { type DatabaseState, judgeDatabase, probeDatabase } from './database.js'
import { freeBytes, judgeDisk } from './disk.js'
import type { Finding } from './finding.js'
import { judgeLastCall } from './last-call.js'
import { judgeMail } from './mail.js'
import { judgeKeptCalls, judgeLine, type LineStanding } from './pbx.js'
import { inTime, type Reading } from './reading.js'

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
  readonly parts: readonly Part[]
  readonly versions: { readonly [Name in 'Punchline' | 'Node' | 'Asterisk' | 'SQLite']: string }
  /** What the parts were judged by. */
  readonly line: LineStanding
  readonly found: Found
}

export interface Found {
  readonly database: DatabaseState
  readonly lastCall: Reading<EndedCall | null>
  /** In bytes. */
  readonly freeDisk: Reading<number>
  readonly lastBackup: Reading<LastBackup | null>
  readonly mailQueue: Reading<MailQueue>
  readonly waitingDeliveries: Reading<number>
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
    const now = performance.now()
    if (!this.#looked || now - this.#looked.at > LOOKED_AT_EVERY) {
      this.#looked = { at: now, found: look(this.#settings) }
    }
    const found = await this.#looked.found
    const line = this.#settings.line()
    return {
      takesCalls: line.takesCalls && found.database.fault === null,
      parts: this.#judge(line, found),
      versions: {
        Punchline: String(version),
        Node: process.version,
        Asterisk: line.version ?? 'not known yet',
        SQLite: sqliteVersion,
      },
      line,
      found,
    }
  }

  #judge(line: LineStanding, { database, lastCall, freeDisk, lastBackup, mailQueue }: Found): Part[] {
    const { timeStyle, mail } = this.#settings
    const now = Date.now()
    const say = (instant: Instant) => dayAndTime(instant, now, timeStyle)
    return [
      { name: 'PBX', ...judgeLine(line, say) },
      { name: 'Kept calls', ...judgeKeptCalls(line) },
      { name: 'Database', ...judgeDatabase(database, say(this.#openedAt)) },
      { name: 'Last call', ...judged(lastCall, call => judgeLastCall(call, say)) },
      { name: 'Disk', ...judged(freeDisk, judgeDisk) },
      { name: 'Backup', ...judged(lastBackup, backup => judgeBackup(backup, now, say)) },
      { name: 'Mail', ...judged(mailQueue, queue => judgeMail(queue, mail !== null, now, say)) },
    ]
  }
}

async function look({ db, dataDirectory, lastBackup: readLastBackup }: StatusSettings): Promise<Found> {
  const [database, lastCall, freeDisk, lastBackup, mailQueue, waitingDeliveries] = await Promise.all([
    probeDatabase(db, LOOKED_WITHIN),
    inTime(latestCall(db), LOOKED_WITHIN),
    inTime(freeBytes(dataDirectory), LOOKED_WITHIN),
    inTime(readLastBackup(), LOOKED_WITHIN),
    inTime(readQueue(db), LOOKED_WITHIN),
    inTime(countWaitingDeliveries(db), LOOKED_WITHIN),
  ])
  return { database, lastCall, freeDisk, lastBackup, mailQueue, waitingDeliveries }
}

function judged<Value>(reading: Reading<Value>, judge: (value: Value) => Finding): Finding {
  return reading.isKnown ? judge(reading.value) : reading.why
}
