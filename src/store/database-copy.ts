/** Copies of the database, and what is in one. Copying and checking hold up the thread: not for the process that has the calls. */
import { Kysely } from 'kysely'
import { appliedMigrations, unknownMigrations } from './applied-migrations.js'
import type { Database } from './database.js'
import { syncFile } from './durable-files.js'
import type { Schema } from './schema.js'
import { copySqlite, openSqliteReadOnly, sqliteDamage } from './sqlite.js'

/** A copy is not what it has to be. The message says what is wrong with it. */
export class CopyDamaged extends Error {}

/** Writes a copy that is checked and on disk; `to` is not there yet. @throws CopyDamaged */
export async function copyDatabase(file: string, to: string): Promise<void> {
  copySqlite(file, to)
  await syncFile(to)
  checkDatabase(to)
}

/** @throws CopyDamaged */
export function checkDatabase(file: string): void {
  const damage = sqliteDamage(file)
  if (damage !== null) throw new CopyDamaged(`${file} is damaged: ${damage}`)
}

export interface DatabaseContents {
  /** Of a newer version of Punchline. */
  readonly unknownMigrations: readonly string[]
  /** The recordings that rows name, as they are called in their folder; not those that are erased. */
  readonly recordings: ReadonlySet<string>
  /** The keys that its PINs were made with, as `PinKey` names them. */
  readonly pinKeys: ReadonlySet<string>
}

/** Reads a database without changing anything of it. */
export async function readContents(file: string): Promise<DatabaseContents> {
  const db = new Kysely<Schema>({ dialect: openSqliteReadOnly(file) })
  try {
    const pins = await db.selectFrom('pins').select('key_id').distinct().execute()
    return {
      unknownMigrations: unknownMigrations(await appliedMigrations(db)),
      recordings: await namedRecordings(db),
      pinKeys: new Set(pins.map(({ key_id }) => key_id)),
    }
  } finally {
    await db.destroy()
  }
}

async function namedRecordings(db: Database): Promise<Set<string>> {
  const rows = await db
    .selectFrom('voice_checks')
    .select('recording')
    .where('erased_at', 'is', null)
    .unionAll(db.selectFrom('unclaimed_punches').select('recording').where('erased_at', 'is', null))
    .execute()
  return new Set(rows.flatMap(({ recording }) => recording ?? []))
}
