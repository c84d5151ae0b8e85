/** What a system gets when the API can't answer: RFC 9457, always with a sentence, never a stack. */
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { z } from 'zod'
import { inSentences, storeFault } from '../../store/store-fault.js'

export const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The status in words'),
    status: z.int().describe('The HTTP status'),
    code: z
      .enum([
        'bad-parameter',
        'no-token',
        'token-refused',
        'not-found',
        'method-not-allowed',
        'not-available',
        'failed',
      ])
      .describe('For programs'),
    detail: z.string().describe('For people: what is wrong and what to do'),
  })
  .describe('What went wrong (RFC 9457)')

type Code = z.infer<typeof Problem>['code']

const STATUS: Record<Code, readonly [number, string]> = {
  'bad-parameter': [400, 'Bad Request'],
  'no-token': [401, 'Unauthorized'],
  'token-refused': [401, 'Unauthorized'],
  'not-found': [404, 'Not Found'],
  'method-not-allowed': [405, 'Method Not Allowed'],
  'not-available': [503, 'Service Unavailable'],
  failed: [500, 'Internal Server Error'],
}

export function problem(res: Response, code: Code, detail: string): void {
  const [status, title] = STATUS[code]
  const body: z.infer<typeof Problem> = { type: 'about:blank', title, status, code, detail }
  res.status(status).type('application/problem+json').send(JSON.stringify(body))
}

export const noSuchPath: RequestHandler = (_req, res) => {
  problem(res, 'not-found', 'There is nothing at this path. GET /api/v1/openapi.json describes what there is.')
}

export const onlyGet: RequestHandler = (_req, res) => {
  res.set('Allow', 'GET, HEAD')
  problem(res, 'method-not-allowed', 'The API only reads: use GET.')
}

/** Our fault, or a request that express itself refused. The log has no parameters and no token. */
export function apiFailed(log: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) return next(error)
    const fault = storeFault(error)
    if (isClientFault(error)) return problem(res, 'bad-parameter', 'The request can’t be understood.')
    log.error({ fault, err: error, path: pathOf(req) }, 'the API failed')
    if (fault) return problem(res, 'not-available', inSentences(fault))
    problem(res, 'failed', 'Something went wrong here. Try again; if it stays so, ask IT to look into the log.')
  }
}

function pathOf(req: Request): string | null {
  return req.route ? String(req.route.path) : null
}

function isClientFault(error: unknown): boolean {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500
}
