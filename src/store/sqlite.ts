/** What is SQLite's own: opening a file, the driver, triggers, error codes. Another database replaces this file. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import SQLite from 'better-sqlite3'
import {
  type Compilable,
  CompiledQuery,
  type DatabaseConnection,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
  sql,
} from 'kysely'
import { LRUCache } from 'lru-cache'
import type { StoreFault } from './store-fault.js'

/** How long the lock of another process is waited for, and how often it is looked for, in milliseconds. */
const LOCK_WITHIN = 3_000
const LOCK_PAUSE = 20

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
  sqlite.pragma('trusted_schema = OFF')
  const check = sqlite.pragma('quick_check(1)', { simple: true })
  if (check !== 'ok') {
    sqlite.close()
    throw new Error(`it is damaged (${check}); restore a backup`)
  }
  // SQLite would wait with the whole process; the driver lets everything else go on meanwhile.
  sqlite.pragma('busy_timeout = 0')
  return new DurableDialect(sqlite)
}

/** A Kysely dialect on a SQLite file that is there, which it never changes. */
export function openSqliteReadOnly(file: string): SqliteDialect {
  return new SqliteDialect({
    database: new SQLite(file, { readonly: true, fileMustExist: true, timeout: LOCK_WITHIN }),
  })
}

/**
 * Writes a copy of the SQLite file as it is at one instant; `to` is not there yet. Others read and write meanwhile, and don't
 * disturb it: it reads one snapshot. Indexes are built anew. Holds up the thread for about a second per 100 MB.
 */
export function copySqlite(file: string, to: string): void {
  closeSync(openSync(to, 'wx', 0o600))
  const source = new SQLite(file, { readonly: true, fileMustExist: true, timeout: LOCK_WITHIN })
  try {
    source.prepare('vacuum into ?').run(to)
  } finally {
    source.close()
  }
}

/** What SQLite finds wrong in a file, page by page and row by row; null: nothing. Holds up the thread like a copy. */
export function sqliteDamage(file: string): string | null {
  let database: SQLite.Database | undefined
  try {
    database = new SQLite(file, { readonly: true, fileMustExist: true })
    const check = database.pragma('integrity_check(1)', { simple: true })
    if (check !== 'ok') return String(check)
    const [stray] = database.prepare<[], { table: string }>('pragma foreign_key_check').all()
    return stray ? `a row of ${stray.table} refers to one that is not there` : null
  } catch (error) {
    if (sqliteFault(error) === 'damaged') return error instanceof Error ? error.message : String(error)
    throw error
  } finally {
    database?.close()
  }
}

/** Takes the lock of a file, made for it, and gives what lets go of it; null: another has it. It ends with the process. */
export function holdLock(file: string): (() => void) | null {
  closeSync(openSync(file, 'a', 0o600))
  const lock = new SQLite(file, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
    return () => lock.close()
  } catch (error) {
    lock.close()
    if (sqliteFault(error) === 'locked') return null
    throw error
  }
}

const UNHURRIED = new WeakSet<CompiledQuery>()

/**
 * Runs one statement without waiting for the disk, which holds up every call: for what a kill keeps and whose loss in a power
 * cut does no harm. It is on disk no later than what is committed next. In a transaction it is a part of that.
 */
export function unhurried<Tables, Row>(db: Kysely<Tables>, statement: Compilable<Row>): Promise<QueryResult<Row>> {
  return db.executeQuery(markUnhurried(statement.compile()))
}

/** Runs a transaction likewise. Never within another. */
export function unhurriedTransaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (trx: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  const run = (trx: Kysely<Tables>, verb: string) => trx.executeQuery(markUnhurried(CompiledQuery.raw(verb)))
  return db.connection().execute(async trx => {
    await run(trx, 'begin immediate')
    try {
      const result = await work(trx)
      await run(trx, 'commit')
      return result
    } catch (error) {
      // After a full disk or the like SQLite has rolled back by itself, and refuses to do it again.
      await run(trx, 'rollback').catch(() => {})
      throw error
    }
  })
}

function markUnhurried<Row>(query: CompiledQuery<Row>): CompiledQuery<Row> {
  UNHURRIED.add(query)
  return query
}

/** SQLite through Kysely, with write transactions that take their lock at once, and migrations that are transactions. */
class DurableDialect extends SqliteDialect {
  readonly #database: SQLite.Database
  constructor(database: SQLite.Database) {
    super({ database })
    this.#database = database
  }
  override createDriver(): SqliteDriver {
    return new DurableDriver(this.#database)
  }
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class DurableDriver extends SqliteDriver {
  readonly #database: SQLite.Database
  /** Once damage was met, nothing more is done: what is written into a damaged file may be lost with it. */
  #damage: unknown = null

  constructor(database: SQLite.Database) {
    super({ database: new PreparingOnce(database) })
    this.#database = database
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection()
    return {
      executeQuery: query => this.#execute(connection, query),
      streamQuery: (query, size) => connection.streamQuery(query, size),
    }
  }

  /** A deferred transaction that reads first can fail at its first write when another process wrote in between. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** After a full disk or the like SQLite has rolled back by itself, and would refuse to do it again. */
  override async rollbackTransaction(): Promise<void> {
    if (this.#database.inTransaction) this.#database.exec('rollback')
  }

  /** Waits for the lock where another process has it, and gives the connection to others meanwhile: they may read. */
  async #execute<Row>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<Row>> {
    for (const deadline = performance.now() + LOCK_WITHIN; ; ) {
      if (this.#damage) throw this.#damage
      try {
        return await this.#run<Row>(connection, query)
      } catch (error) {
        const fault = sqliteFault(error)
        if (fault === 'damaged') this.#damage = error
        if (fault !== 'locked' || this.#database.inTransaction || performance.now() > deadline) throw error
      }
      await this.releaseConnection()
      await pause(LOCK_PAUSE)
      await super.acquireConnection()
    }
  }

  /** Nothing else comes between: better-sqlite3 has run the statement when it gives its promise. */
  #run<Row>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<Row>> {
    if (!UNHURRIED.has(query)) return connection.executeQuery<Row>(query)
    // Within a transaction it can't be changed: it goes by what was set when that began.
    if (!this.#database.inTransaction) this.#database.pragma('synchronous = NORMAL')
    try {
      return connection.executeQuery<Row>(query)
    } finally {
      if (!this.#database.inTransaction) this.#database.pragma('synchronous = FULL')
    }
  }
}

/** Kysely prepares a statement each time that it runs it, which is an eighth of the work of a punch. */
class PreparingOnce implements SqliteDatabase {
  readonly #database: SQLite.Database
  /** By text. All that the code says fits; lists of various lengths make more of them without end. */
  readonly #statements = new LRUCache<string, SqliteStatement>({ max: 500 })

  constructor(database: SQLite.Database) {
    this.#database = database
  }

  prepare(text: string): SqliteStatement {
    const known = this.#statements.get(text)
    if (known) return known
    const prepare = () => this.#database.prepare<[readonly unknown[]]>(text)
    const statement = prepare()
    const prepared: SqliteStatement = {
      reader: statement.reader,
      all: parameters => statement.all(parameters),
      run: parameters => statement.run(parameters),
      // While one is read row by row it can't be run for others.
      iterate: parameters => prepare().iterate(parameters),
    }
    this.#statements.set(text, prepared)
    return prepared
  }

  close(): void {
    this.#database.close()
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

/** What an error of SQLite says of the disk or the file; null for any other. */
export function sqliteFault(error: unknown): StoreFault | null {
  if (!(error instanceof SQLite.SqliteError)) return null
  const { code } = error
  // The second is what opening a database on a full disk comes to.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return 'disk-full'
  if (code.startsWith('SQLITE_READONLY')) return 'read-only'
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_PROTOCOL') return 'locked'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged'
  return code.startsWith('SQLITE_IOERR') ? 'disk-failing' : null
}

/**
 * Writes something that means nothing, as durably as a punch. Rejects like any write when that can't be done. Watchers of
 * changes notice nothing of it in this process.
 */
export async function probeWriting<Tables>(db: Kysely<Tables>): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000)
  await sql`pragma user_version = ${sql.lit(seconds % 2 ** 31)}`.execute(db)
}

export const sqliteVersion = new SQLite(':memory:').prepare<[], string>('select sqlite_version()').pluck().get() ?? ''

/** In bytes, without what its log has not written back yet. */
export async function databaseSize<Tables>(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select page_count * page_size as bytes from pragma_page_count, pragma_page_size`.execute(db)
  return rows[0]?.bytes ?? 0
}

/** A mark that moves with each commit that changes rows, of this process and of others. Cheap: no table is read. */
export async function changeMark<Tables>(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select total_changes() || '.' || data_version as mark from pragma_data_version`.execute(db)
  return rows[0]?.mark ?? ''
}
