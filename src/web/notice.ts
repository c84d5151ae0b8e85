/** What an action did, said once on the page that follows. */
import type { Request, RequestHandler, Response } from 'express'
import { leaveNotice, takeNotice } from '../store/sessions.js'
import type { Site } from './site.js'

/** Leads to `path`, whose page says `notice`. A reload of it repeats nothing. */
export async function done({ db }: Site, req: Request, res: Response, path: string, notice: string): Promise<void> {
  await leaveNotice(db, req.sessionID, notice)
  res.redirect(303, path)
}

/** For pages: puts what was left for them on the response. */
export function showNotice({ db }: Site): RequestHandler {
  return async (req, res, next) => {
    if (req.method === 'GET' && res.locals.admin) res.locals.notice = await takeNotice(db, req.sessionID)
    next()
  }
}
