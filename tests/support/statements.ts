/** Which statements of the code under test were put together, and how SQLite would go about each. */
import SQLite from 'better-sqlite3'
import { type CompiledQuery, Kysely, Migrator, SqliteDialect, SqliteQueryCompiler } from 'kysely'
import { migrations } from '../../src/store/migrations/index.js'

/** Tables with a row for each call, punch, mail or change. What grows with the employees and jobs alone may be read whole. */
const GROWING = [
  'audit_events',
  'call_steps',
  'calls',
  'entry_corrections',
  'mail_outbox',
  'pin_attempts',
  'punches',
  'setup_links',
  'time_entries',
  'unclaimed_punches',
  'voice_checks',
  'webhook_deliveries',
]

/** Each statement once, with the line of ours that ran it first. */
const ran = new Map<string, { parameters: readonly unknown[]; line: string }>()
const explained = new Set<string>()
let isWatching = false

/** From now on every statement that Kysely puts together for a file in src is noted. */
export function watchStatements(): void {
  if (isWatching) return
  isWatching = true
  const { compileQuery } = SqliteQueryCompiler.prototype
  SqliteQueryCompiler.prototype.compileQuery = function (...of) {
    const query: CompiledQuery = compileQuery.apply(this, of)
    if (!ran.has(query.sql)) {
      const line = callingLine()
      if (line) ran.set(query.sql, { parameters: query.parameters, line })
    }
    return query
  }
}

function callingLine(): string | null {
  const frames = new Error().stack?.split('\n').slice(1) ?? []
  const ours = frames.find(frame => !frame.includes('node_modules') && !frame.includes('tests/support/statements'))
  return ours?.match(/\/(src\/(?!store\/migrations).*?:\d+)/)?.[1] ?? null
}

const database = new SQLite(':memory:')
const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) })
await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
// The check of a reference would be a part of the plan, and is a look-up always.
database.pragma('foreign_keys = off')

/** Indexes of what is done with before long, such as calls in progress; and of what an admin has to attend to. */
const OF_FEW = [
  'calls_unended',
  'time_entries_not_closed',
  'time_entries_one_open',
  'unclaimed_punches_erasing',
  'unclaimed_punches_queue',
  'voice_checks_doubtful',
  'voice_checks_erasing',
  'voice_checks_queue',
  'webhook_deliveries_waiting',
]

/** What is meant to read all, by line and statement. */
const ON_PURPOSE = [
  // A backup copies all, and then looks for the file of each recording.
  /^src\/store\/database-copy\.ts/,
  // `punchline entries list` without days: all that there are.
  /^src\/store\/time-entries\.ts.* on \S+ = \S+ order by /,
]

/** What has been found since it was asked last: the line, the step of the plan, the statement. */
export function wholeTablesRead(): string[] {
  const found: string[] = []
  for (const [text, { parameters, line }] of ran) {
    if (explained.has(text) || !/^(select|update|delete|insert|with)\b/i.test(text.trim())) continue
    explained.add(text)
    if (ON_PURPOSE.some(meant => meant.test(`${line}: ${text}`))) continue
    const plan = planOf(text, parameters)
    if (readsLatest(text, plan)) continue
    for (const step of plan) if (readsAll(step)) found.push(`${line}: ${step}: ${text}`)
  }
  return found
}

function planOf(text: string, parameters: readonly unknown[]): string[] {
  return database
    .prepare<unknown[], { detail: string }>(`explain query plan ${text}`)
    .all(...parameters)
    .map(({ detail }) => detail)
}

/** In the order of an index, and no further than so many rows of which hardly any are passed over. */
function readsLatest(text: string, plan: readonly string[]): boolean {
  const filters = text.match(/ where (.*?) order by /)?.[1]?.split(' and ') ?? []
  const isSorted = plan.some(step => step.includes('TEMP B-TREE FOR ORDER BY'))
  return / limit \?/.test(text) && !isSorted && filters.every(filter => filter.endsWith(' is not null'))
}

function readsAll(step: string): boolean {
  const [, table, index] = step.match(/^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/) ?? []
  return table !== undefined && GROWING.includes(table) && !(index && OF_FEW.includes(index))
}
