/** The cookie by which a browser is known in which an admin has signed in before (OWASP's device cookie). */
import { parse } from 'cookie'
import type { Request, Response } from 'express'
import type { Database } from '../../store/database.js'
import { BROWSER_KNOWN_FOR, isKnownBrowser, rememberBrowser } from '../../store/known-browsers.js'

const COOKIE = 'punchline-browser'

/** The token of a browser in which the admin with this e-mail address has signed in before; else null. */
export async function knownBrowser(db: Database, req: Request, email: string): Promise<string | null> {
  const token = parse(req.get('Cookie') ?? '')[COOKIE]
  return token !== undefined && (await isKnownBrowser(db, token, email)) ? token : null
}

/** After a sign-in. */
export async function knowBrowser(db: Database, req: Request, res: Response, admin: { id: number; email: string }) {
  if ((await knownBrowser(db, req, admin.email)) !== null) return
  res.cookie(COOKIE, await rememberBrowser(db, admin.id), {
    httpOnly: true,
    sameSite: 'lax',
    secure: req.secure,
    path: '/sign-in',
    maxAge: BROWSER_KNOWN_FOR,
  })
}
