/** Streams that keep a part of a page current: its HTML, rendered as in the page, sent again whenever it differs. */
import type { Request, RequestHandler, Response } from 'express'
import { HOUR, MINUTE, SECOND } from '../clock/time.js'
import { Complaint } from '../complaint.js'
import { findAdmin } from '../store/admins.js'
import { watchChanges } from '../store/changes.js'
import type { Database } from '../store/database.js'
import { extendSession, readSession } from '../store/sessions.js'
import { SESSION_LIFE } from './accounts/session.js'
import type { Site } from './site.js'
import { type Fragments, renderFragment } from './views.js'

/**
 * At most two renderings a second, and five times as long apart as they take: calls share the event loop. The quicker of
 * the last two counts, so that one which was slow by chance, as the first is, holds up no punch.
 */
const APART = 500
const APART_FACTOR = 5
const RETRY_AFTER = 2 * SECOND
const HEARTBEAT = 15 * SECOND

export interface LivePart<Name extends keyof Fragments> {
  /** Streams of the same key are rendered once for all who look. */
  readonly key: string
  read(): Promise<Fragments[Name]>
  /** What it shows that no commit tells of; looked at each second. */
  readonly besides?: () => unknown
  /** Looking keeps the admin signed in, for a screen on the wall. */
  readonly keepsSession?: boolean
}

/** Streams the part of a page that a request asks for. Whoever is not signed in is told so, and the stream ends. */
export function liveStream<Name extends keyof Fragments>(
  site: Site,
  name: Name,
  partOf: (req: Request) => LivePart<Name> | Promise<LivePart<Name>>,
): RequestHandler {
  const pictures = new Map<string, Picture>()
  return async (req, res) => {
    if (!res.locals.admin) return endSignedOut(open(res))
    const part = await partOf(req)
    if (res.destroyed) return
    let picture = pictures.get(part.key)
    if (!picture) {
      const render = async () => renderFragment(req.app, name, await part.read())
      picture = new Picture(site, render, part.besides, () => pictures.delete(part.key))
      pictures.set(part.key, picture)
    }
    picture.show(new Viewer(site.db, req.sessionID, open(res), part.keepsSession ?? false))
  }
}

function open(res: Response): Response {
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // Proxies such as nginx would gather the events otherwise.
    'X-Accel-Buffering': 'no',
  })
  res.flushHeaders()
  return res
}

/** As an event and not as a 401, of which a browser's EventSource tells the page nothing. */
function endSignedOut(res: Response): void {
  res.end('event: signed-out\ndata:\n\n')
}

/** One rendering, current for as long as somebody looks at it. */
class Picture {
  readonly #site: Site
  readonly #render: () => Promise<string>
  readonly #besides: (() => unknown) | undefined
  readonly #onUnseen: () => void
  readonly #complaint: Complaint
  readonly #viewers = new Set<Viewer>()
  #stopWatching: () => void = () => {}
  #beating: NodeJS.Timeout | null = null
  #watchingBesides: NodeJS.Timeout | null = null
  #minute: NodeJS.Timeout | null = null
  #next: NodeJS.Timeout | null = null
  #isRendering = false
  #isStale = false
  #notBefore = 0
  /** Milliseconds that the last rendering took. */
  #took = 0
  #event: string | null = null

  constructor(site: Site, render: () => Promise<string>, besides: (() => unknown) | undefined, onUnseen: () => void) {
    this.#site = site
    this.#render = render
    this.#besides = besides
    this.#onUnseen = onUnseen
    this.#complaint = new Complaint(site.log, 'a live page could not be brought up to date')
  }

  show(viewer: Viewer): void {
    this.#viewers.add(viewer)
    viewer.res.once('close', () => this.#leave(viewer))
    if (this.#viewers.size === 1) this.#begin()
    else if (this.#event !== null) this.#tell(viewer)
  }

  #leave(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    if (this.#viewers.size > 0) return
    this.#stopWatching()
    const timers = [this.#beating, this.#watchingBesides, this.#minute, this.#next]
    for (const timer of timers) clearTimeout(timer ?? undefined)
    this.#onUnseen()
  }

  #begin(): void {
    const refresh = () => this.#refresh()
    this.#stopWatching = watchChanges(this.#site.db, refresh)
    this.#beating = setInterval(() => {
      for (const viewer of this.#viewers) viewer.beat().catch(error => this.#fault(error))
    }, HEARTBEAT)
    this.#watchBesides()
    this.#awaitMinute()
    refresh()
  }

  #watchBesides(): void {
    const besides = this.#besides
    if (!besides) return
    let seen = besides()
    this.#watchingBesides = setInterval(() => {
      const now = besides()
      if (now !== seen) this.#refresh()
      seen = now
    }, SECOND)
  }

  /** Just after a minute begins, elapsed times have changed. */
  #awaitMinute(): void {
    const wait = MINUTE - (Date.now() % MINUTE) + 20
    this.#minute = setTimeout(() => {
      this.#refresh()
      this.#awaitMinute()
    }, wait)
  }

  /** Renders soon; asked while that is under way or waits, it renders what came meanwhile afterwards. */
  #refresh(): void {
    this.#isStale = true
    if (this.#isRendering || this.#next) return
    const wait = Math.max(0, this.#notBefore - Date.now())
    this.#next = setTimeout(() => {
      this.#next = null
      this.#update()
    }, wait)
  }

  async #update(): Promise<void> {
    this.#isRendering = true
    this.#isStale = false
    const began = performance.now()
    try {
      this.#event = asEvent(await this.#render())
      const took = performance.now() - began
      for (const viewer of this.#viewers) this.#tell(viewer)
      this.#notBefore = Date.now() + Math.max(APART, APART_FACTOR * Math.min(took, this.#took))
      this.#took = took
      this.#complaint.settle()
    } catch (error) {
      this.#fault(error)
      this.#notBefore = Date.now() + RETRY_AFTER
      this.#isStale = true
    }
    this.#isRendering = false
    if (this.#isStale && this.#viewers.size > 0) this.#refresh()
  }

  #tell(viewer: Viewer): void {
    if (this.#event !== null) viewer.show(this.#event).catch(error => this.#fault(error))
  }

  #fault(error: unknown): void {
    if (this.#viewers.size > 0) this.#complaint.make(error)
  }
}

/** One browser that looks. */
class Viewer {
  readonly res: Response
  readonly #db: Database
  readonly #sessionId: string
  readonly #keepsSession: boolean
  #keptAt = Date.now()
  /** What it should have, and what it got. */
  #wanted = ''
  #sent = ''
  #isSending = false

  constructor(db: Database, sessionId: string, res: Response, keepsSession: boolean) {
    this.#db = db
    this.#sessionId = sessionId
    this.res = res
    this.#keepsSession = keepsSession
  }

  /** Sends it, when the browser does not have it and its admin is still signed in. A slow browser gets the latest alone. */
  async show(event: string): Promise<void> {
    this.#wanted = event
    if (this.#isSending) return
    this.#isSending = true
    try {
      while ((await this.#isWelcome()) && this.#wanted !== this.#sent) {
        const sending = this.#wanted
        if (!this.res.write(sending)) await this.#drained()
        this.#sent = sending
      }
    } finally {
      this.#isSending = false
    }
  }

  /** Shows proxies and the browser that the stream lives, and ends it when the session has ended. */
  async beat(): Promise<void> {
    if (!(await this.#isWelcome())) return
    this.res.write(':\n\n')
    if (!this.#keepsSession || Date.now() - this.#keptAt < HOUR) return
    this.#keptAt = Date.now()
    await extendSession(this.#db, this.#sessionId, Date.now() + SESSION_LIFE)
  }

  async #isWelcome(): Promise<boolean> {
    if (this.res.writableEnded || this.res.destroyed) return false
    const session = await readSession(this.#db, this.#sessionId)
    const admin = session && (await findAdmin(this.#db, session.adminId))
    if (this.res.writableEnded || this.res.destroyed) return false
    if (!admin) endSignedOut(this.res)
    return admin !== null
  }

  #drained(): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        this.res.off('drain', done).off('close', done)
        resolve()
      }
      this.res.on('drain', done).on('close', done)
    })
  }
}

/** A line of an event ends at any line break, so that none may stand in the middle of one. */
function asEvent(html: string): string {
  return `data: ${html.replace(/\s*[\r\n]\s*/g, '\ndata: ')}\n\n`
}
