/** Signing in and out, and who is signed in. */
import { promisify } from 'node:util'
import express, { type Request, type RequestHandler, Router } from 'express'
import pLimit from 'p-limit'
import { z } from 'zod'
import { anyAdmin, findAdmin, signIn as findByPassword } from '../store/admins.js'
import { PageRefused } from './errors.js'
import type { Site } from './site.js'
import { show } from './views.js'

declare global {
  namespace Express {
    interface Locals {
      /** The signed-in admin, also known to every template. */
      admin: { readonly id: number; readonly email: string } | null
      /** What the last action did, said once on the next page. */
      notice: string | null
    }
  }
}

export interface SignInView {
  readonly title: string
  /** Typed before, to be corrected. */
  readonly email: string
  readonly fault: string | null
  readonly anyAdmin: boolean
}

const Form = z.object({ email: z.string(), password: z.string() })

/** One password at a time: guessing is slowed, and the calls' PINs keep a core for themselves. */
const oneAtATime = pLimit(1)
const MOST_WAITING = 50

/** Puts the signed-in admin on the response. A session whose admin is gone is no session. */
export function knowAdmin({ db }: Site): RequestHandler {
  return async (req, res, next) => {
    const { adminId } = req.session
    res.locals.admin = adminId === undefined ? null : await findAdmin(db, adminId)
    next()
  }
}

/** For pages that need an admin: everyone else is led to the sign-in. */
export const needsAdmin: RequestHandler = (_req, res, next) => {
  if (res.locals.admin) next()
  else res.redirect(303, '/sign-in')
}

export function signIn({ db, log }: Site): Router {
  const router = Router()

  router.get('/sign-in', async (_req, res) => {
    if (res.locals.admin) return res.redirect(303, '/')
    show(res, 'sign-in', { title: 'Sign in', email: '', fault: null, anyAdmin: await anyAdmin(db) })
  })

  router.post('/sign-in', express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Send one e-mail address and one password.')
    const { email, password } = form.data
    if (oneAtATime.pendingCount >= MOST_WAITING) {
      throw new PageRefused(503, 'Too many people are signing in at once. Try again in a minute.')
    }
    const admin = await oneAtATime(() => findByPassword(db, email, password))
    if (!admin) {
      // Not the address: people type passwords there.
      log.warn({ ip: req.ip }, 'sign-in refused')
      res.status(401)
      const fault = 'E-mail address or password is wrong.'
      return show(res, 'sign-in', { title: 'Sign in', email, fault, anyAdmin: await anyAdmin(db) })
    }
    await startSession(req, admin.id)
    log.info({ adminId: admin.id, ip: req.ip }, 'admin signed in')
    res.redirect(303, '/')
  })

  router.post('/sign-out', async (req, res) => {
    await promisify(req.session.destroy.bind(req.session))()
    res.clearCookie('punchline').redirect(303, '/sign-in')
  })

  return router
}

/** Under a fresh id, so that an id planted before the sign-in is worth nothing. */
async function startSession(req: Request, adminId: number): Promise<void> {
  await promisify(req.session.regenerate.bind(req.session))()
  const { session } = req
  Object.assign(session, { adminId, browser: req.get('User-Agent')?.slice(0, 300) ?? null, address: req.ip ?? null })
  await promisify(req.session.save.bind(req.session))()
}
