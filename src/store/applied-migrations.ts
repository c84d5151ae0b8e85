/** Which migrations a database has been through. */
import { sql } from 'kysely'
import type { Database } from './database.js'
import { migrations } from './migrations/index.js'

/** By name, in the order of the names. */
export async function appliedMigrations(db: Database): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(table => table.name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(row => row.name)
}

/** Those of a newer version of Punchline. */
export function unknownMigrations(applied: readonly string[]): string[] {
  return applied.filter(name => !(name in migrations))
}

/** Those that it has not been through yet. */
export function missingMigrations(applied: readonly string[]): string[] {
  return Object.keys(migrations).filter(name => !applied.includes(name))
}
