/** Keeps other sites from acting in a signed-in admin's name (CSRF). */
import type { Request, RequestHandler } from 'express'
import { PageRefused } from './errors.js'

/**
 * Lets through what changes something only from our own pages. Browsers say where a POST comes from, on plain http too,
 * and no page can make them lie; so there is no token to lose or to grow stale. SameSite alone would trust every port
 * of the machine, the PBX's pages among them. Whoever says nothing is no browser and carries no admin's cookie.
 */
export const fromOwnPages: RequestHandler = (req, _res, next) => {
  const changesNothing = req.method === 'GET' || req.method === 'HEAD'
  if (changesNothing || isFromOwnPage(req)) return next()
  throw new PageRefused(403, 'This was sent by a page of another site, so nothing was done. Use the page here.')
}

function isFromOwnPage(req: Request): boolean {
  const site = req.get('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = req.get('Origin')
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === req.host)
}
