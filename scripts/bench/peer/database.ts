/** The plain dialplan's database: two tables, as durable as Punchline's. */
import Sqlite from 'better-sqlite3'

export type PeerDatabase = Sqlite.Database

export function openPeerDatabase(path: string): PeerDatabase {
  const db = new Sqlite(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(`
    CREATE TABLE IF NOT EXISTS employee (phone_clock_id TEXT PRIMARY KEY, pin_hash TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS punch (
      id INTEGER PRIMARY KEY,
      phone_clock_id TEXT NOT NULL REFERENCES employee,
      direction TEXT NOT NULL,
      at INTEGER NOT NULL, -- seconds since the epoch
      channel TEXT NOT NULL -- its UNIQUEID
    );
    CREATE INDEX IF NOT EXISTS punch_of_employee ON punch (phone_clock_id, id);
  `)
  return db
}
