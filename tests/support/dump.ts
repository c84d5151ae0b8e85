import SQLite from 'better-sqlite3'

type Row = Record<string, unknown>

/** All that a SQLite file holds: what it is made of, and the rows of each table. Nobody else has it open. */
export function dump(file: string): { schema: unknown[]; rows: Record<string, Row[]> } {
  const db = new SQLite(file)
  try {
    const schema = db
      .prepare<[], { type: string; name: string }>('select type, name, sql from sqlite_schema order by name')
      .all()
    const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => name)
    return { schema, rows: Object.fromEntries(tables.map(table => [table, rowsOf(db, table)])) }
  } finally {
    db.close()
  }
}

function rowsOf(db: SQLite.Database, table: string): Row[] {
  return db.prepare<[], Row>(`select * from "${table}" order by 1, 2`).all()
}
