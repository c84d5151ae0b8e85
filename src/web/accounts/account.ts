/** An admin's own account: the password, and where they are signed in. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { dayAndTime } from '../../shown-time.js'
import { AdminRefused, changePassword, waysIn } from '../../store/admins.js'
import { hasSecondFactor } from '../../store/second-factors.js'
import { endSession, endSessions, listSessions } from '../../store/sessions.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { browserName } from './browser-name.js'
import { passwordWork } from './password-work.js'
import { providerName } from './provider-name.js'
import { startSession } from './session.js'
import { needsReader, signedIn } from './sign-in.js'
import type { SignInLimits } from './sign-in-limits.js'

export interface AccountView {
  readonly title: string
  readonly section: 'account'
  readonly email: string
  /** What the identity provider is called by which they sign in; null: there is none. */
  readonly provider: string | null
  readonly hasPassword: boolean
  readonly hasSecondFactor: boolean
  readonly fault: FieldFault<'current' | 'password' | 'passwordAgain'> | null
  readonly sessions: readonly {
    readonly id: number
    readonly browser: string
    readonly address: string
    readonly signedInAt: string
    readonly seenAt: string
    readonly isThis: boolean
  }[]
}

const Form = z.object({ current: z.string(), password: z.string(), passwordAgain: z.string() })

export function account(site: Site, limits: SignInLimits): Router {
  const { db, timeStyle, log } = site
  const router = Router()

  router.get('/account', needsReader, async (req, res) => {
    await showAccount(req, res, null)
  })

  const form = express.urlencoded({ extended: false, limit: '10kb' })
  router.post('/account/password', needsReader, form, async (req, res) => {
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the form on the page.')
    const { current, password, passwordAgain } = form.data
    if (password !== passwordAgain) {
      return showAccount(req, res, { field: 'passwordAgain', sentence: 'The two new passwords differ.' })
    }
    const one = { address: req.ip ?? '', account: `password of ${signedIn(res).id}`, browser: null }
    await limits.count(one)
    const fault = await passwordWork(() => change(req, res, current, password))
    if (fault?.field !== 'current') await limits.forgive(one)
    if (fault) return showAccount(req, res, fault)
    await done(site, req, res, '/account', 'Your password is changed. You are signed out everywhere else.')
  })

  router.post('/account/sessions/:id/end', needsReader, async (req, res) => {
    const isEnded = await endSession(db, signedIn(res).id, rowId(req.params.id), req.sessionID)
    const notice = isEnded ? 'That session is ended.' : 'That session had ended already.'
    await done(site, req, res, '/account', notice)
  })

  router.post('/account/sessions/end-others', needsReader, async (req, res) => {
    const ended = await endSessions(db, signedIn(res).id, req.sessionID)
    const notice = ended === 1 ? '1 other session is ended.' : `${ended} other sessions are ended.`
    await done(site, req, res, '/account', notice)
  })

  /** What keeps the password from being changed; null: it is changed, and this session has a new id. */
  async function change(req: Request, res: Response, current: string, next: string): Promise<AccountView['fault']> {
    const admin = signedIn(res)
    try {
      if (await changePassword(db, admin, { current, next })) {
        await startSession(req, admin.id)
        log.info({ adminId: admin.id, ip: req.ip }, 'password changed')
        return null
      }
      log.warn({ adminId: admin.id, ip: req.ip }, 'password change refused')
      return { field: 'current', sentence: 'This is not your current password.' }
    } catch (error) {
      if (!(error instanceof AdminRefused)) throw error
      return { field: 'password', sentence: error.message }
    }
  }

  async function showAccount(req: Request, res: Response, fault: AccountView['fault']): Promise<void> {
    const { id, email } = signedIn(res)
    const now = Date.now()
    const sessions = await listSessions(db, id, req.sessionID)
    const { issuer, hasPassword } = await waysIn(db, id)
    res.status(fault ? 422 : 200)
    show(res, 'account', {
      title: 'Your account',
      section: 'account',
      email,
      provider: issuer === null ? null : providerName(site, issuer),
      hasPassword,
      hasSecondFactor: await hasSecondFactor(db, id),
      fault,
      sessions: sessions.map(({ id, browser, address, signedInAt, seenAt, isThis }) => ({
        id,
        browser: browserName(browser),
        address: address ?? 'unknown',
        signedInAt: dayAndTime(signedInAt, now, timeStyle),
        seenAt: isThis ? 'now' : dayAndTime(seenAt, now, timeStyle),
        isThis,
      })),
    })
  }

  return router
}
