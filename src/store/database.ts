/** Opens the database and brings its tables up to date. */
import { join } from 'node:path'
import { Kysely, Migrator, sql } from 'kysely'
import { migrations } from './migrations/index.js'
import type { Schema } from './schema.js'
import { openSqlite } from './sqlite.js'
import { sayFault } from './store-fault.js'

export type Database = Kysely<Schema>

/** The database can't be used as it is. The message says why and what to do. */
export class DatabaseUnusable extends Error {}

/**
 * The database in `directory`, made if it isn't there, checked and migrated.
 * A commit is on disk when its promise settles (WAL with synchronous=FULL).
 * @throws DatabaseUnusable when the directory or the file can't be used
 */
export async function openDatabase(directory: string): Promise<Database> {
  const file = join(directory, 'punchline.db')
  let db: Database | undefined
  try {
    db = new Kysely<Schema>({ dialect: openSqlite(file) })
    await migrate(db)
    return db
  } catch (error) {
    await db?.destroy()
    if (error instanceof DatabaseUnusable) throw error
    throw new DatabaseUnusable(`The database ${file} can't be used: ${sayFault(error)}`)
  }
}

async function migrate(db: Database): Promise<void> {
  const newer = (await appliedMigrations(db)).filter(name => !(name in migrations))
  if (newer.length > 0) {
    throw new DatabaseUnusable(
      `The database is from a newer version of Punchline (it knows ${newer.join(', ')}). Install that version or a later one.`,
    )
  }
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error) throw error
}

async function appliedMigrations(db: Database): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(table => table.name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return rows.map(row => row.name)
}
