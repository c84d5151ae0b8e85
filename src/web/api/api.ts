/** The API for other systems: read-only, by token alone. Knows no sessions and no cookies. */
import { type RequestHandler, Router } from 'express'
import type { z } from 'zod'
import { useApiToken } from '../../store/api-tokens.js'
import type { Site } from '../site.js'
import { BadParameter } from './bad-parameter.js'
import { employees, entries, type List, punches } from './lists.js'
import { openApi } from './openapi.js'
import { apiFailed, noSuchPath, onlyGet, problem } from './problem.js'

/** Serves `/api`. Comes before all that knows admins. */
export function api(site: Site): Router {
  const description = openApi(site.companyName)
  const v1 = Router()
  v1.route('/openapi.json')
    .get((_req, res) => void res.json(description))
    .all(onlyGet)
  v1.route(entries.path).get(needsToken(site), answer(site, entries)).all(onlyGet)
  v1.route(punches.path).get(needsToken(site), answer(site, punches)).all(onlyGet)
  v1.route(employees.path).get(needsToken(site), answer(site, employees)).all(onlyGet)
  return Router().use('/v1', v1).use(noSuchPath, apiFailed(site.log))
}

function needsToken({ db, log }: Site): RequestHandler {
  return async (req, res, next) => {
    const [, token] = req.get('Authorization')?.match(/^Bearer +(\S+)$/i) ?? []
    if (token === undefined) {
      res.set('WWW-Authenticate', 'Bearer')
      return problem(
        res,
        'no-token',
        'Send a token in the header Authorization: Bearer. Admins make one on the page API tokens.',
      )
    }
    if (!(await useApiToken(db, token))) {
      log.warn({ ip: req.ip }, 'API token refused')
      res.set('WWW-Authenticate', 'Bearer error="invalid_token"')
      return problem(res, 'token-refused', 'This token is unknown or revoked. Admins make one on the page API tokens.')
    }
    next()
  }
}

function answer<Query extends z.ZodObject, Item>(site: Site, list: List<Query, Item>): RequestHandler {
  return async (req, res) => {
    const query = list.query.safeParse(req.query)
    if (!query.success) return problem(res, 'bad-parameter', faultOf(query.error))
    try {
      const page = await list.read(site, query.data)
      const body: z.infer<typeof list.page> = { timeZone: site.timeStyle.timeZone, ...page }
      res.json(body)
    } catch (error) {
      if (!(error instanceof BadParameter)) throw error
      problem(res, 'bad-parameter', error.message)
    }
  }
}

function faultOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: there is no such parameter.`
  const name = issue?.path.join('.') ?? ''
  // A parameter that is given twice is none of the texts that are asked for.
  return issue?.code === 'invalid_type' ? `${name}: give it once.` : `${name}: allowed is ${issue?.message}.`
}
