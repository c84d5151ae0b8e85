/** Sessions of signed-in admins, kept in the database by express-session. */
import { type SessionData, Store } from 'express-session'
import type { Database } from '../store/database.js'
import { readSession, removeSession, writeSession } from '../store/sessions.js'

declare module 'express-session' {
  interface SessionData {
    adminId: number
  }
}

/** How long a session lives after its last page, in milliseconds. */
export const SESSION_LIFE = 12 * 60 * 60 * 1000

export class DatabaseSessions extends Store {
  readonly #db: Database

  constructor(db: Database) {
    super()
    this.#db = db
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    readSession(this.#db, id).then(data => done(null, data === null ? null : JSON.parse(data)), done)
  }

  override set(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    writeSession(this.#db, id, JSON.stringify(session), Date.now() + SESSION_LIFE).then(() => done?.(), done)
  }

  override touch(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    this.set(id, session, done)
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    removeSession(this.#db, id).then(() => done?.(), done)
  }
}
