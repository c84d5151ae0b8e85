/**
 * The page of the first admin's link. The token in the path lets in whoever may read the data directory, as long as there is
 * no admin.
 */
import express, { type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import type { Checklist } from '../../status/checklist.js'
import { AdminRefused, addFirstAdmin, anyAdmin } from '../../store/admins.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { passwordWork } from './password-work.js'
import { startSession } from './session.js'

export interface FirstAdminView {
  readonly title: string
  /** Typed before, to be corrected. */
  readonly email: string
  readonly fault: FieldFault<'email' | 'password' | 'passwordAgain'> | null
}

const Form = z.object({ email: z.string(), password: z.string(), passwordAgain: z.string() })

const THERE_IS_ONE =
  'There is an admin already, so this link does nothing any more. Sign in, or ask an admin to add you on the page “Admins”.'
const NOT_THE_LINK =
  'This link is not the current one. Punchline makes a new one at each start while there is no admin: it is in the file “first-admin-link” in the data directory. Or add an admin on that machine: npx punchline admin add you@example.com'

export function firstAdmin(site: Site, checklist: Checklist): Router {
  const { db, firstAdminLink, log } = site
  const router = Router()
  router.use('/first-admin', tellNobody)

  router.get('/first-admin/:token', async (req, res) => {
    await check(req.params.token)
    showForm(res, '', null)
  })

  router.post('/first-admin/:token', express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    await check(req.params.token)
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the form on the page.')
    const { email, password, passwordAgain } = form.data
    if (password !== passwordAgain) {
      return showForm(res, email, { field: 'passwordAgain', sentence: 'The two passwords differ.' })
    }
    const added = await passwordWork(() => addFirstAdmin(db, email, password)).catch(refusal)
    if (added instanceof AdminRefused) return showForm(res, email, { field: added.field, sentence: added.message })
    if (!added) throw new PageRefused(410, THERE_IS_ONE)
    await startSession(req, added.id)
    log.info({ adminId: added.id, ip: req.ip }, 'the first admin was added')
    await firstAdminLink.withdraw().catch(error => log.warn(error, 'the file of the first admin’s link stays'))
    const first = (await checklist.isUnfinished()) ? '/getting-started' : '/'
    await done(site, req, res, first, `You are signed in. Next time, sign in as ${added.email} with your password.`)
  })

  /** @throws PageRefused unless the link can be used now */
  async function check(token: string): Promise<void> {
    if (await anyAdmin(db)) throw new PageRefused(410, THERE_IS_ONE)
    if (!firstAdminLink.opensWith(token)) throw new PageRefused(404, NOT_THE_LINK)
  }

  function showForm(res: Response, email: string, fault: FirstAdminView['fault']): void {
    res.status(fault ? 422 : 200)
    show(res, 'first-admin', { title: 'The first admin', email, fault })
  }

  return router
}

/**
 * Browsers give other pages the address without the path, which has the token. They still say that the form comes from our
 * own page, which with `no-referrer` they would not.
 */
const tellNobody: RequestHandler = (_req, res, next) => {
  res.set({ 'Referrer-Policy': 'strict-origin', 'X-Robots-Tag': 'noindex' })
  next()
}

function refusal(error: unknown): AdminRefused {
  if (error instanceof AdminRefused) return error
  throw error
}
