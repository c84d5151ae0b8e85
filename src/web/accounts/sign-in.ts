/** Signing in and out, and who is signed in. */
import { promisify } from 'node:util'
import express, { type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { type Admin, anyAdmin, findAdmin, signIn as findByPassword } from '../../store/admins.js'
import { PageRefused } from '../errors.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { passwordWork } from './password-work.js'
import { startSession } from './session.js'

declare global {
  namespace Express {
    interface Locals {
      /** The signed-in admin, also known to every template. */
      admin: Admin | null
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

/** The signed-in admin, on pages behind `needsAdmin`. */
export function signedIn(res: Response): Admin {
  if (!res.locals.admin) throw new PageRefused(401, 'Sign in first.')
  return res.locals.admin
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
    // The session too, within the turn: a change of the password ends it, or comes before and refuses it.
    const admin = await passwordWork(async () => {
      const found = await findByPassword(db, email, password)
      if (found) await startSession(req, found.id)
      return found
    })
    if (!admin) {
      // Not the address: people type passwords there.
      log.warn({ ip: req.ip }, 'sign-in refused')
      res.status(401)
      const fault = 'E-mail address or password is wrong.'
      return show(res, 'sign-in', { title: 'Sign in', email, fault, anyAdmin: await anyAdmin(db) })
    }
    log.info({ adminId: admin.id, ip: req.ip }, 'admin signed in')
    res.redirect(303, '/')
  })

  router.post('/sign-out', async (req, res) => {
    await promisify(req.session.destroy.bind(req.session))()
    res.clearCookie('punchline').redirect(303, '/sign-in')
  })

  return router
}
