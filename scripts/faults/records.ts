/** What is on record after the faults: calls with their punches, recordings, and whether the database is sound. */
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { sql } from 'kysely'
import { type Database, openDatabase } from '../../src/store/database.js'
import type { Entry } from './crowd.js'
import type { Site } from './site.js'
import type { OnRecord, Voice } from './verdict.js'

export interface Records {
  of(call: Entry): OnRecord
  /** What is not as it should be, whichever call it is of. */
  readonly faults: readonly string[]
}

/** The PBX notes whole seconds, and its answer reaches Punchline before or after the caller. */
const TOLERANCE = 2_000

export async function readRecords(site: Site, ledger: readonly Entry[]): Promise<Records> {
  const db = await openDatabase(site.dataDirectory).catch((error: Error) => error)
  // Then all that was confirmed is lost.
  if (db instanceof Error) return { of: () => ({ punches: [], unclaimed: [] }), faults: [db.message] }
  try {
    const rows = await readCalls(db)
    const seen = new Set<number>()
    const of = ({ employee, dialledAt, endedAt }: Entry): OnRecord => {
      const own = (rows.get(employee.number) ?? []).filter(
        ({ answeredAt }) => answeredAt >= dialledAt - TOLERANCE && answeredAt <= endedAt + TOLERANCE,
      )
      for (const { id } of own) seen.add(id)
      return { punches: own.flatMap(({ punches }) => punches), unclaimed: own.flatMap(({ unclaimed }) => unclaimed) }
    }
    for (const call of ledger) of(call)
    const strange = [...rows.values()].flat().filter(({ id, punches }) => !seen.has(id) && punches.length > 0)
    return {
      of,
      faults: [
        ...strange.map(({ id }) => `call ${id} has a punch, and nobody called`),
        ...(await unsound(db)),
        ...(await strayRecordings(db, site.dataDirectory)),
        ...(await leftOnPbx(site)),
      ],
    }
  } finally {
    await db.destroy()
  }
}

/** Settles when all that the calls left is taken in, or after `within` milliseconds. */
export async function isSettled(site: Site): Promise<boolean> {
  if ((await leftOnPbx(site)).length > 0) return false
  const db = await openDatabase(site.dataDirectory)
  try {
    return (await openCalls(db)).length === 0
  } finally {
    await db.destroy()
  }
}

async function readCalls(db: Database) {
  const calls = await db.selectFrom('calls').select(['id', 'caller_number', 'answered_at']).execute()
  const punches = await db
    .selectFrom('punches')
    .leftJoin('voice_checks', 'voice_checks.punch_id', 'punches.id')
    .select(['call_id', 'direction', 'employee_id', 'recording', 'has_speech'])
    .execute()
  const unclaimed = await db
    .selectFrom('unclaimed_punches')
    .select(['call_id', 'keyed_id', 'kept_as', 'recording', 'has_speech'])
    .execute()
  const found = new Map<string, (OnRecord & { readonly id: number; readonly answeredAt: number })[]>()
  for (const { id, caller_number, answered_at } of calls) {
    const number = caller_number ?? ''
    found.set(number, [
      ...(found.get(number) ?? []),
      {
        id,
        answeredAt: answered_at,
        punches: punches
          .filter(({ call_id }) => call_id === id)
          .map(row => ({ direction: row.direction, employeeId: row.employee_id, voice: voiceOf(row) })),
        unclaimed: unclaimed
          .filter(({ call_id }) => call_id === id)
          .map(row => ({ keyedId: row.keyed_id, isKept: row.kept_as !== null, voice: voiceOf(row) })),
      },
    ])
  }
  return found
}

function voiceOf({ recording, has_speech }: { recording: string | null; has_speech: number | null }): Voice {
  if (recording === null) return 'none'
  return has_speech === 1 ? 'speech' : 'silence'
}

async function unsound(db: Database): Promise<string[]> {
  const { rows: damage } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db)
  const { rows: orphans } = await sql<{ table: string }>`pragma foreign_key_check`.execute(db)
  const halfPunches = await db
    .selectFrom('punches')
    .leftJoin('time_entries as began', 'began.clock_in_punch_id', 'punches.id')
    .leftJoin('time_entries as ended', 'ended.clock_out_punch_id', 'punches.id')
    .select('punches.id')
    .where('began.id', 'is', null)
    .where('ended.id', 'is', null)
    .execute()
  return [
    ...damage.map(row => row.integrity_check).filter(word => word !== 'ok'),
    ...orphans.map(({ table }) => `a row of ${table} refers to nothing`),
    ...halfPunches.map(({ id }) => `punch ${id} has no time entry`),
    ...(await openCalls(db)).map(id => `call ${id} never ended`),
  ]
}

async function openCalls(db: Database): Promise<number[]> {
  const rows = await db.selectFrom('calls').select('id').where('ended_at', 'is', null).execute()
  return rows.map(({ id }) => id)
}

/** Files without a row, and rows without a file. */
async function strayRecordings(db: Database, dataDirectory: string): Promise<string[]> {
  const named = [
    ...(await db.selectFrom('voice_checks').select('recording').execute()),
    ...(await db.selectFrom('unclaimed_punches').select('recording').execute()),
  ].flatMap(({ recording }) => recording ?? [])
  const folder = join(dataDirectory, 'recordings')
  const known = new Set(named)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
  return [
    ...files.filter(file => !known.has(file)).map(file => `the recording ${file} belongs to nothing`),
    ...named.filter(file => !existsSync(join(folder, file))).map(file => `the recording ${file} is gone`),
  ]
}

async function leftOnPbx({ pbx }: Site): Promise<string[]> {
  const stored = await pbx.ari('/recordings/stored')
  const channels = await pbx.ari('/channels')
  if (!Array.isArray(stored) || !Array.isArray(channels)) return ['Asterisk does not answer']
  return [
    ...stored.map(({ name }) => `the recording ${name} is left on the PBX`),
    ...channels.map(({ id }) => `the channel ${id} is left on the PBX`),
  ]
}
