/** What is SQLite's own: opening a file, the driver, triggers, error codes. Another database replaces this file. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import SQLite from 'better-sqlite3'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  sql,
} from 'kysely'

/** A Kysely dialect on the SQLite file, which is made if it isn't there. Throws when the file can't be used or is damaged. */
export function openSqlite(file: string): DurableDialect {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SQLite gives the files beside it (-wal, -shm) the same mode.
  closeSync(openSync(file, 'a', 0o600))
  const sqlite = new SQLite(file)
  sqlite.pragma('journal_mode = WAL')
  // better-sqlite3 is built to lower this to NORMAL for WAL, which may lose the last commits in a power cut.
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma('busy_timeout = 5000')
  sqlite.pragma('trusted_schema = OFF')
  const check = sqlite.pragma('quick_check(1)', { simple: true })
  if (check !== 'ok') throw new Error(`it is damaged (${check}); restore a backup`)
  return new DurableDialect(sqlite)
}

/** SQLite through Kysely, with write transactions that take their lock at once, and migrations that are transactions. */
class DurableDialect extends SqliteDialect {
  readonly #database: SQLite.Database
  constructor(database: SQLite.Database) {
    super({ database })
    this.#database = database
  }
  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: this.#database })
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class ImmediateDriver extends SqliteDriver {
  /** A deferred transaction that reads first can fail at its first write when another process wrote in between. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

class TransactionalAdapter extends SqliteAdapter {
  /** True of SQLite; Kysely's adapter says no, and a migration that fails half-way would leave its first tables. */
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** For migrations: from now on rows of `table` can be added, never changed or removed. */
export async function makeAppendOnly(db: Kysely<unknown>, table: string): Promise<void> {
  for (const verb of ['update', 'delete']) {
    await sql`create trigger ${sql.ref(`${table}_no_${verb}`)} before ${sql.raw(verb)} on ${sql.table(table)}
      begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end`.execute(db)
  }
}

/** The highest number that a row of `table` ever had, also when it is gone. */
export async function latestRowIdEver<Tables>(db: Kysely<Tables>, table: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(db)
  return rows[0]?.seq ?? 0
}

/** Whether an error says that a row with that unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof SQLite.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT_UNIQUE')
}

/** A mark that moves with each commit that changes rows, of this process and of others. Cheap: no table is read. */
export async function changeMark<Tables>(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select total_changes() || '.' || data_version as mark from pragma_data_version`.execute(db)
  return rows[0]?.mark ?? ''
}
