/** Sessions of signed-in admins, kept in the database by express-session. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Request, RequestHandler } from 'express'
import session, { type SessionData, Store } from 'express-session'
import { HOUR, MINUTE } from '../../clock/time.js'
import type { Database } from '../../store/database.js'
import { loadKey } from '../../store/key-file.js'
import { addSession, extendSession, readSession, removeSession } from '../../store/sessions.js'
import { storeFault } from '../../store/store-fault.js'
import type { Site } from '../site.js'

declare module 'express-session' {
  interface SessionData {
    adminId: number
    browser: string | null
    address: string | null
    awaitsCode: boolean
    throughProvider: boolean
  }
}

/** How long a session lives after its last page. */
export const SESSION_LIFE = 12 * HOUR

/** How long a page waits for its session to be extended, in milliseconds. */
const EXTENDED_WITHIN = 250

/** How long a second factor is waited for. */
const CODE_WITHIN = 10 * MINUTE

/** Reads the session of each request. Whoever has not signed in has none and gets no cookie. */
export function sessions({ db, dataDirectory }: Site): RequestHandler {
  return session({
    name: 'punchline',
    genid: () => randomBytes(32).toString('base64url'),
    // Beside the database, so that sessions outlive a restart.
    secret: loadKey(join(dataDirectory, 'session.key')),
    store: new DatabaseSessions(db),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto' },
  })
}

/** How an admin signed in, where it was not by all that a password needs. */
type SignedInBy = Pick<SessionData, 'awaitsCode' | 'throughProvider'>

/** Under a fresh id, so that an id planted before the sign-in is worth nothing. */
export async function startSession(req: Request, adminId: number, by: Partial<SignedInBy> = {}): Promise<void> {
  await promisify(req.session.regenerate.bind(req.session))()
  const { session } = req
  const browser = req.get('User-Agent')?.slice(0, 300) ?? null
  const { awaitsCode = false, throughProvider = false } = by
  Object.assign(session, { adminId, browser, address: req.ip ?? null, awaitsCode, throughProvider })
  await promisify(session.save.bind(session))()
}

export class DatabaseSessions extends Store {
  readonly #db: Database

  constructor(db: Database) {
    super()
    this.#db = db
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#read(id).then(found => done(null, found), done)
  }

  /** Called once, at the sign-in: nothing of a session changes later. */
  override set(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    addSession(this.#db, id, session, Date.now() + (session.awaitsCode ? CODE_WITHIN : SESSION_LIFE)).then(
      () => done?.(),
      done,
    )
  }

  /**
   * Only extends: a page that is still on its way after the sign-out must not bring the session back. A page is
   * neither lost nor held up when nothing can be written.
   */
  override touch(id: string, _session: SessionData, done?: (error?: unknown) => void): void {
    const extended = extendSession(this.#db, id, Date.now() + SESSION_LIFE)
    Promise.race([extended, pause(EXTENDED_WITHIN, undefined, { ref: false })]).then(
      () => done?.(),
      error => done?.(storeFault(error) ? undefined : error),
    )
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    removeSession(this.#db, id).then(() => done?.(), done)
  }

  async #read(id: string): Promise<SessionData | null> {
    const stored = await readSession(this.#db, id)
    return stored && { ...stored, cookie: new session.Cookie() }
  }
}
