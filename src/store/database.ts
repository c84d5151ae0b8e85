/** Opens the database and brings its tables up to date. */
import { readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Kysely, Migrator } from 'kysely'
import { appliedMigrations, missingMigrations, unknownMigrations } from './applied-migrations.js'
import { copyDatabase } from './database-copy.js'
import { makeFolder, syncDirectory } from './durable-files.js'
import { migrations } from './migrations/index.js'
import type { Schema } from './schema.js'
import { openSqlite } from './sqlite.js'
import { sayFault } from './store-fault.js'

export type Database = Kysely<Schema>

/** The database can't be used as it is. The message says why and what to do. */
export class DatabaseUnusable extends Error {}

/**
 * The database in `directory`, made if it isn't there, checked, and migrated once a copy of it is kept.
 * A commit is on disk when its promise settles (WAL with synchronous=FULL).
 * @throws DatabaseUnusable when the directory or the file can't be used
 */
export async function openDatabase(directory: string): Promise<Database> {
  const file = join(directory, 'punchline.db')
  let db: Database | undefined
  try {
    db = new Kysely<Schema>({ dialect: openSqlite(file) })
    await migrate(db, file)
    return db
  } catch (error) {
    await db?.destroy()
    if (error instanceof DatabaseUnusable) throw error
    throw new DatabaseUnusable(`The database ${file} can't be used: ${sayFault(error)}`)
  }
}

async function migrate(db: Database, file: string): Promise<void> {
  const applied = await appliedMigrations(db)
  const newer = unknownMigrations(applied)
  if (newer.length > 0) {
    throw new DatabaseUnusable(
      `The database is from a newer version of Punchline (it knows ${newer.join(', ')}). Install that version or a later one.`,
    )
  }
  const latest = applied.at(-1)
  if (latest !== undefined && missingMigrations(applied).length > 0) await copyBeforeUpgrade(file, latest)
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error) throw error
}

/**
 * Keeps a verified copy of the database as it is, under the name of its latest migration, until the next upgrade's.
 * @throws DatabaseUnusable when there can be none
 */
async function copyBeforeUpgrade(file: string, latest: string): Promise<void> {
  const folder = join(dirname(file), 'before-upgrade')
  const name = `${latest}.db`
  const part = join(folder, `${name}.part`)
  try {
    await makeFolder(folder)
    await rm(part, { force: true })
    await copyDatabase(file, part)
    await rename(part, join(folder, name))
    for (const other of await readdir(folder)) if (other !== name) await rm(join(folder, other))
    await syncDirectory(folder)
  } catch (error) {
    await rm(part, { force: true }).catch(() => {})
    throw new DatabaseUnusable(
      `The database is to be upgraded, and can't be copied to ${folder} before, so nothing was changed: ${sayFault(error)}`,
    )
  }
}
