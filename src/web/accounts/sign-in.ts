/** Signing in and out, and who is signed in. */
import { promisify } from 'node:util'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { type Admin, findAdmin, signIn as findByPassword } from '../../store/admins.js'
import type { Role } from '../../store/schema.js'
import { checkCode, hasSecondFactor } from '../../store/second-factors.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { knowBrowser, knownBrowser } from './known-browser.js'
import { passwordWork } from './password-work.js'
import { startSession } from './session.js'
import type { SignInLimits } from './sign-in-limits.js'
import { showSignIn } from './sign-in-page.js'

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

export interface SignInCodeView {
  readonly title: string
  readonly fault: string | null
}

const Form = z.object({ email: z.string(), password: z.string() })
const CodeForm = z.object({ code: z.string().max(100) })

/** Puts the signed-in admin on the response. A session whose admin is gone, or that still waits for a code, is no session. */
export function knowAdmin({ db }: Site): RequestHandler {
  return async (req, res, next) => {
    const { adminId, awaitsCode } = req.session
    res.locals.admin = adminId === undefined || awaitsCode ? null : await findAdmin(db, adminId)
    next()
  }
}

/** For pages that everybody who is signed in may look at. Everyone else is led to the sign-in. */
export const needsReader = needs('read-only')
/** For what changes employees, their time and their PINs. */
export const needsAdmin = needs('admin')
/** For accounts, settings, and what lets other systems in. */
export const needsOwner = needs('owner')

/** From the least to the most. */
const ROLES: readonly Role[] = ['read-only', 'admin', 'owner']

function needs(least: Role): RequestHandler {
  return (_req, res, next) => {
    const { admin } = res.locals
    if (!admin) return res.redirect(303, '/sign-in')
    if (ROLES.indexOf(admin.role) < ROLES.indexOf(least)) throw new PageRefused(403, REFUSALS[least])
    next()
  }
}

const REFUSALS: { readonly [Least in Role]: string } = {
  'read-only': '',
  admin:
    'Your account may look at everything here and change nothing. An owner can give it another role on the page “Admins”.',
  owner: 'This is for owners. Your account has another role, which an owner can change on the page “Admins”.',
}

/** The signed-in admin, on pages behind `needsReader` and the others. */
export function signedIn(res: Response): Admin {
  if (!res.locals.admin) throw new PageRefused(401, 'Sign in first.')
  return res.locals.admin
}

export function signIn(site: Site, limits: SignInLimits): Router {
  const { db, log, secondFactorKey } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/sign-in', async (_req, res) => {
    if (res.locals.admin) return res.redirect(303, '/')
    await showSignIn(site, res, {})
  })

  router.get('/sign-in/password', async (_req, res) => {
    if (res.locals.admin) return res.redirect(303, '/')
    await showSignIn(site, res, { forPassword: true })
  })

  router.post('/sign-in', form, async (req, res) => {
    const parsed = Form.safeParse(req.body)
    if (!parsed.success) throw new PageRefused(400, 'Send one e-mail address and one password.')
    const { email, password } = parsed.data
    const one = { address: req.ip ?? '', account: email, browser: await knownBrowser(db, req, email) }
    await limits.count(one)
    // The session too, within the turn: a change of the password ends it, or comes before and refuses it.
    const admin = await passwordWork(async () => {
      const found = await findByPassword(db, email, password)
      if (!found) return null
      const awaitsCode = await hasSecondFactor(db, found.id)
      await startSession(req, found.id, { awaitsCode })
      return { id: found.id, email, awaitsCode }
    })
    if (!admin) {
      // Not the address: people type passwords there.
      log.warn({ ip: req.ip }, 'sign-in refused')
      res.status(401)
      return showSignIn(site, res, { email, fault: 'E-mail address or password is wrong.', forPassword: true })
    }
    await limits.forgive(one)
    if (admin.awaitsCode) return res.redirect(303, '/sign-in/code')
    await arrive(req, res, admin)
  })

  router.get('/sign-in/code', async (req, res) => {
    if (!(await halfSignedIn(req))) return res.redirect(303, '/sign-in')
    show(res, 'sign-in-code', { title: 'Second factor', fault: null })
  })

  router.post('/sign-in/code', form, async (req, res) => {
    const admin = await halfSignedIn(req)
    if (!admin) return res.redirect(303, '/sign-in')
    const browser = await knownBrowser(db, req, admin.email)
    const one = { address: req.ip ?? '', account: `code of ${admin.id}`, browser: browser && `code ${browser}` }
    await limits.count(one)
    if (!(await checkCode(db, secondFactorKey, admin, readFields(CodeForm, req).code))) {
      log.warn({ adminId: admin.id, ip: req.ip }, 'second factor refused')
      res.status(401)
      return show(res, 'sign-in-code', { title: 'Second factor', fault: 'This code is not right, or was used before.' })
    }
    await limits.forgive(one)
    await startSession(req, admin.id)
    await arrive(req, res, admin)
  })

  router.post('/sign-out', async (req, res) => {
    await promisify(req.session.destroy.bind(req.session))()
    res.clearCookie('punchline').redirect(303, '/sign-in')
  })

  /** Whose password was right, and whose code is still asked for. */
  async function halfSignedIn(req: Request): Promise<Admin | null> {
    const { adminId, awaitsCode } = req.session
    return adminId !== undefined && awaitsCode ? findAdmin(db, adminId) : null
  }

  async function arrive(req: Request, res: Response, admin: { id: number; email: string }): Promise<void> {
    await knowBrowser(db, req, res, admin)
    log.info({ adminId: admin.id, ip: req.ip }, 'admin signed in')
    res.redirect(303, '/')
  }

  return router
}
