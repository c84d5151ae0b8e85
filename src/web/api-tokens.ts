/** The tokens that other systems read the API with: making one, revoking one. */
import express, { type Response, Router } from 'express'
import { z } from 'zod'
import { dayAndTime } from '../shown-time.js'
import { type ApiToken, addApiToken, listApiTokens, revokeApiToken } from '../store/api-tokens.js'
import { needsOwner, signedIn } from './accounts/sign-in.js'
import { PageRefused } from './errors.js'
import { done } from './notice.js'
import { rowId } from './row-id.js'
import type { Site } from './site.js'
import { type FieldFault, show } from './views.js'

export interface ApiTokensView {
  readonly title: string
  readonly section: 'settings'
  readonly tokens: readonly {
    readonly id: number
    readonly name: string
    readonly made: string
    readonly used: string
    /** When and by whom; null while it works. */
    readonly revoked: string | null
  }[]
  /** Just made: the only time that it is seen. */
  readonly made: { readonly name: string; readonly token: string } | null
  /** Typed before, to be corrected. */
  readonly name: string
  readonly fault: FieldFault<'name'> | null
}

const LONGEST_NAME = 100

const Form = z.object({ name: z.string().trim() })

export function apiTokens(site: Site): Router {
  const { db, timeStyle, log } = site
  const router = Router()

  router.get('/api-tokens', needsOwner, async (_req, res) => {
    await showTokens(res, {})
  })

  // Answers with the page itself: the token would else have to be kept until the next one, or be in its address.
  router.post('/api-tokens', needsOwner, express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the form on the page.')
    const { name } = form.data
    const fault = nameFault(name)
    if (fault) return showTokens(res, { name, fault: { field: 'name', sentence: fault } })
    const token = await addApiToken(db, name, signedIn(res).email)
    if (token === null) {
      const sentence = `There is a token named ${name} already. If you have not got it, revoke it and make a new one.`
      return showTokens(res, { name, fault: { field: 'name', sentence } })
    }
    log.info({ by: signedIn(res).id, ip: req.ip }, 'API token made')
    await showTokens(res, { made: { name, token } })
  })

  router.post('/api-tokens/:id/revoke', needsOwner, async (req, res) => {
    const id = rowId(req.params.id)
    const name = await revokeApiToken(db, id, signedIn(res).email)
    if (name === null) return done(site, req, res, '/api-tokens', 'That token had been revoked already.')
    log.info({ by: signedIn(res).id, tokenId: id, ip: req.ip }, 'API token revoked')
    await done(site, req, res, '/api-tokens', `The token ${name} opens nothing any more.`)
  })

  async function showTokens(
    res: Response,
    { made = null, name = '', fault = null }: Partial<Pick<ApiTokensView, 'made' | 'name' | 'fault'>>,
  ): Promise<void> {
    const now = Date.now()
    const when = (instant: number) => dayAndTime(instant, now, timeStyle)
    const tokenView = ({ id, name, madeAt, madeBy, usedAt, revoked }: ApiToken) => ({
      id,
      name,
      made: `${when(madeAt)}, by ${madeBy}`,
      used: usedAt === null ? 'never' : when(usedAt),
      revoked: revoked && `${when(revoked.at)}, by ${revoked.by}`,
    })
    const tokens = (await listApiTokens(db)).map(tokenView)
    res.status(fault ? 422 : 200)
    show(res, 'api-tokens', { title: 'API tokens', section: 'settings', tokens, made, name, fault })
  }

  return router
}

function nameFault(name: string): string | null {
  if (name === '') return 'A token needs a name: that of the system that will use it.'
  return name.length > LONGEST_NAME ? `A name has at most ${LONGEST_NAME} characters.` : null
}
