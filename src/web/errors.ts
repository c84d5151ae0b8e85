/** What a browser gets when a page can't be given: always a sentence, never a stack. */
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { inSentences, type StoreFault, storeFault } from '../store/store-fault.js'
import { show } from './views.js'

/** The page can't be given; the message is the sentence that the user reads. */
export class PageRefused extends Error {
  readonly status: number
  /** After how many seconds it is worth to try again. */
  readonly retryAfter: number | null

  constructor(status: number, sentence: string, retryAfter: number | null = null) {
    super(sentence)
    this.status = status
    this.retryAfter = retryAfter
  }
}

export const notFound: RequestHandler = () => {
  throw new PageRefused(404, 'There is no such page.')
}

/**
 * Turns an error into a page. What is our fault goes into the log, without what the user sent, and so does who was refused
 * what their role does not allow, or what was tried too often.
 */
export function failed(log: Logger, page: 'message' | 'plain-message' = 'message'): ErrorRequestHandler {
  return (error, req, res, next) => {
    const fault = storeFault(error)
    const status = fault ? 503 : statusOf(error)
    const isMeant = error instanceof PageRefused
    if (fault) logFault(fault, error, req)
    else if (status >= 500 && !isMeant)
      log.error({ err: error, method: req.method, route: routeOf(req) }, 'a page failed')
    // Not on the setup links' pages, which may face the world: a flood would fill the log.
    if ((status === 403 || status === 429) && page === 'message') {
      log.warn(
        { status, method: req.method, route: routeOf(req), adminId: res.locals.admin?.id, ip: req.ip },
        'refused',
      )
    }
    if (res.headersSent) return next(error)
    res.status(status).type('html')
    const retryAfter = fault ? FAULT_RETRY_AFTER : isMeant ? error.retryAfter : null
    if (retryAfter !== null) res.set('Retry-After', String(retryAfter))
    show(res, page, {
      title: titleFor(status),
      sentence: fault ? faultSentence(fault) : isMeant ? error.message : sentenceFor(status),
    })
  }

  /** Whoever looks at setup links can't change it, and may be the world. */
  function faultSentence(fault: StoreFault): string {
    return page === 'message'
      ? `${inSentences(fault)} Nothing was changed.`
      : 'Nothing can be saved at this moment, and nothing was changed. Try again in a few minutes.'
  }

  function logFault(fault: StoreFault, error: unknown, req: Request): void {
    if (page === 'message') log.error({ fault, err: error, method: req.method, route: routeOf(req) }, 'a page failed')
  }
}

/** In seconds. */
const FAULT_RETRY_AFTER = 30

/** The route as it is written, such as `/setup/:token`: the path itself may hold a token. */
function routeOf(req: Request): string | null {
  return req.route ? String(req.route.path) : null
}

/** Express and its parsers put the status on their errors. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}

function titleFor(status: number): string {
  if (status === 404) return 'Not found'
  if (status === 503) return 'Not possible now'
  return status < 500 ? 'Not possible' : 'That did not work'
}

function sentenceFor(status: number): string {
  if (status === 404) return 'There is no such page.'
  if (status === 413) return 'What was sent is too long.'
  if (status < 500) return 'What was sent can’t be understood.'
  return 'Something went wrong here, and nothing was changed. Try again; if it stays so, ask IT to look into the log.'
}
