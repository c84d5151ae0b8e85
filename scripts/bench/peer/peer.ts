/**
 * The peer of Punchline's calls: the same call in plain dialplan, at 5550199 of an Asterisk that runs with `mainConfig`.
 * Punchline's number goes on to Punchline there.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { type HashCost, optionsOf } from '../../../src/store/hash-cost.js'
import { freePort } from '../../rig/free-port.js'
import { openPeerDatabase, type PeerDatabase } from './database.js'
import { writeMainConfig } from './main-config.js'

export const PEER_NUMBER = '5550199'

export interface PeerPunch {
  readonly direction: 'in' | 'out'
  /** When the call was answered, in ms since the epoch; Asterisk tells it by the second. */
  readonly at: number
  /** The channel's UNIQUEID, which is also the recording's name in `spool/peer` of the Asterisk. */
  readonly channel: string
}

export interface Peer {
  /** For `startPbx`. */
  readonly mainConfig: string
  /** Of the FastAGI's process, which judges PINs and keeps punches. */
  readonly pid: number
  /** How many punches each has who has any, by phone clock ID. */
  punches(): ReadonlyMap<string, number>
  /** The earliest first. */
  punchesOf(phoneClockId: string): PeerPunch[]
  /** Ends the process and removes all files; the Asterisk comes before. */
  stop(): Promise<void>
}

/** Resolves when the FastAGI listens. */
export async function startPeer(
  employees: readonly { readonly phoneClockId: string; readonly pin: string }[],
  cost: HashCost,
): Promise<Peer> {
  const directory = mkdtempSync(join(tmpdir(), 'punchline-peer-'))
  const path = join(directory, 'peer.db')
  const db = openPeerDatabase(path)
  await hire(db, employees, cost)
  const port = await freePort()
  const fastAgi = await startFastAgi(port, path)
  return {
    mainConfig: writeMainConfig(join(directory, 'main-config'), port),
    pid: fastAgi.pid ?? 0,
    punches() {
      const counted = db.prepare<[], { id: string; count: number }>(
        'SELECT phone_clock_id AS id, count(*) AS count FROM punch GROUP BY phone_clock_id',
      )
      return new Map(counted.all().map(({ id, count }) => [id, count]))
    },
    punchesOf(phoneClockId) {
      const found = db.prepare<[string], PeerPunch>(
        'SELECT direction, at * 1000 AS at, channel FROM punch WHERE phone_clock_id = ? ORDER BY id',
      )
      return found.all(phoneClockId)
    },
    async stop() {
      fastAgi.kill()
      if (fastAgi.exitCode === null && fastAgi.signalCode === null) await once(fastAgi, 'exit')
      db.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** With hashes as Punchline makes them, but for the key. */
async function hire(
  db: PeerDatabase,
  employees: readonly { phoneClockId: string; pin: string }[],
  cost: HashCost,
): Promise<void> {
  const hashed = await Promise.all(
    employees.map(async ({ phoneClockId, pin }) => [phoneClockId, await hash(pin, optionsOf(cost))] as const),
  )
  const insert = db.prepare('INSERT INTO employee (phone_clock_id, pin_hash) VALUES (?, ?)')
  db.transaction(() => {
    for (const row of hashed) insert.run(...row)
  })()
}

async function startFastAgi(port: number, database: string): Promise<ChildProcess> {
  const child = fork('scripts/bench/peer/fast-agi.ts', [String(port), database], { execArgv: ['--import', 'tsx'] })
  const failed = once(child, 'exit').then(() => {
    throw new Error('The FastAGI did not start')
  })
  await Promise.race([once(child, 'message'), failed])
  // From now on its end is no failure.
  failed.catch(() => {})
  return child
}
