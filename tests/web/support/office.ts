/** An office for tests: a real database, the real pages on a free port, an admin, and employees who call. */
import { join } from 'node:path'
import { pino } from 'pino'
import { formatWav } from '../../../scripts/telephone/wav.js'
import type { Direction } from '../../../src/clock/punch.js'
import type { Instant } from '../../../src/clock/time.js'
import type { LineStanding } from '../../../src/status/pbx.js'
import { audit } from '../../../src/store/audit-events.js'
import { addCall } from '../../../src/store/calls.js'
import type { Database } from '../../../src/store/database.js'
import { addEmployee } from '../../../src/store/employees.js'
import { hashPassword } from '../../../src/store/hashing.js'
import { punch } from '../../../src/store/punches.js'
import { keepVoiceCheck, type Taped } from '../../../src/store/recordings.js'
import { loadSecondFactorKey } from '../../../src/store/second-factors.js'
import { FirstAdminLink } from '../../../src/web/accounts/first-admin-link.js'
import { type Site, serve } from '../../../src/web/server.js'
import { speech } from '../../support/sound.js'
import { openWorkspace } from '../../support/workspace.js'

export const EMAIL = 'office@example.com'
export const PASSWORD = 'correct horse battery'

export const SPOKEN: Taped = { wav: formatWav(speech(3)), durationMs: 3000, hasSpeech: true }

/** A line that takes calls. */
export const LINE: LineStanding = { takesCalls: true, since: Date.now(), fault: null, version: '22.9.1', keptCalls: 0 }

/** A line of which Asterisk refuses the password. */
export const REFUSED_LINE: LineStanding = {
  ...LINE,
  takesCalls: false,
  fault: {
    code: 'password-refused',
    finding: 'Asterisk refuses the ARI user punchline or its password.',
    remedy: 'Make them those of a user in ari.conf.',
    command: 'asterisk -rx "module reload res_ari.so"',
  },
}

export interface Call {
  readonly at: Instant
  readonly jobId?: number
  /** Left out: the call kept no voice check at all. */
  readonly voice?: Taped
  /** The caller number. Left out: withheld. */
  readonly from?: string
}

export type Office = Awaited<ReturnType<typeof openOffice>>

export async function openOffice(changes: Partial<Site> = {}) {
  const workspace = await openWorkspace()
  const { db, directory, pinKey, linkKey } = workspace
  const { recordings } = workspace.clock
  const site: Site = {
    db,
    pinKey,
    linkKey,
    secondFactorKey: loadSecondFactorKey(directory),
    recordings,
    log: pino({ level: 'silent' }),
    dataDirectory: directory,
    companyName: 'Acme Roofing',
    dialInNumber: '+1 555 0100',
    timeStyle: { timeZone: 'America/New_York', hours: 12 },
    line: () => LINE,
    lastBackup: async () => null,
    backup: { directory: join(directory, 'backups'), hour: 2 },
    mail: { wake: () => {}, tryNow: () => {} },
    webhooks: { wake: () => {}, test: async () => ({ fault: 'No test is sent here.' }) },
    metrics: workspace.metrics,
    firstAdminLink: new FirstAdminLink(directory),
    http: { host: '127.0.0.1', port: 0 },
    linkHttp: null,
    monitorHttp: null,
    identityProvider: null,
    ...changes,
  }
  let pages = await serve(site).catch(async error => {
    await workspace.close()
    throw error
  })
  return {
    db,
    directory,
    pinKey,
    linkKey,
    recordings,
    firstAdminLink: site.firstAdminLink,
    /** What its calls work with. */
    clock: workspace.clock,
    get url() {
      return pages.url
    },
    /** Where the setup links are served. */
    get linkUrl() {
      return pages.linkUrl
    },
    /** Where the monitoring is served; null: nowhere. */
    get monitorUrl() {
      return pages.monitorUrl
    },
    addAdmin: () => addOwner(db),
    hire: (name: string, email: string | null = null) => addEmployee(db, { name, email }, 'test'),
    /** One call that clocks the employee in or out; gives the direction. */
    async call(employeeId: number, { at, jobId, voice, from }: Call): Promise<Direction> {
      const callId = await addCall(db, { channel: 'test', callerNumber: from ?? null, answeredAt: at })
      const request = { callId, employeeId, answeredAt: at, secondPunchConfirmed: true, jobId: jobId ?? null }
      const result = await punch(db, request)
      if (result.kind === 'too-soon') throw new Error('a confirmed punch is never too soon')
      if (voice) await keepVoiceCheck(db, recordings, { punchId: result.punchId, recordedAt: at, taped: voice })
      return result.kind
    },
    async restart() {
      await pages.close()
      pages = await serve(site)
    },
    async close() {
      await pages.close()
      await workspace.close()
    },
  }
}

/** Made once for all offices: they have the same owner, and a hash takes longer than all else about an office. */
let passwordHash: Promise<string> | null = null

/** What `addAdmin` writes. */
async function addOwner(db: Database): Promise<void> {
  passwordHash ??= hashPassword(PASSWORD)
  const owner = { email: EMAIL, password_hash: await passwordHash, role: 'owner', created_at: Date.now() } as const
  await db.transaction().execute(async trx => {
    await trx.insertInto('admins').values(owner).execute()
    await audit(trx, { actor: 'test', action: 'admin added', detail: `${EMAIL}: owner` })
  })
}
