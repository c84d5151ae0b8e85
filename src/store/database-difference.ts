/** What a database has that an earlier copy of it has not. */
import { Kysely } from 'kysely'
import { appliedMigrations } from './applied-migrations.js'
import type { Database } from './database.js'
import type { Schema } from './schema.js'
import { openSqliteReadOnly } from './sqlite.js'

export interface CameSince {
  readonly calls: number
  readonly punches: number
  /** What admins, employees and the command did: each left an audit event. */
  readonly changes: number
}

export async function cameSince(file: string, copy: string): Promise<CameSince> {
  const then = await reading(copy, latestRows)
  return reading(file, async db => ({
    calls: await countAfter(db, 'calls', then.calls),
    punches: await countAfter(db, 'punches', then.punches),
    changes: await countAfter(db, 'audit_events', then.audit_events),
  }))
}

/** Which migrations the database in a file has been through. */
export function migrationsOf(file: string): Promise<string[]> {
  return reading(file, appliedMigrations)
}

const COUNTED = ['calls', 'punches', 'audit_events'] as const
type Counted = (typeof COUNTED)[number]

async function latestRows(db: Database): Promise<Record<Counted, number>> {
  return {
    calls: await latestRow(db, 'calls'),
    punches: await latestRow(db, 'punches'),
    audit_events: await latestRow(db, 'audit_events'),
  }
}

async function latestRow(db: Database, table: Counted): Promise<number> {
  const { latest } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.max('id').as('latest'))
    .executeTakeFirstOrThrow()
  return latest ?? 0
}

async function countAfter(db: Database, table: Counted, id: number): Promise<number> {
  const { rows } = await db
    .selectFrom(table)
    .where('id', '>', id)
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

async function reading<Result>(file: string, work: (db: Database) => Promise<Result>): Promise<Result> {
  const db: Database = new Kysely<Schema>({ dialect: openSqliteReadOnly(file) })
  return work(db).finally(() => db.destroy())
}
