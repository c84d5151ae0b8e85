/** An admin's second factor: turning it on with an authenticator app, and off. */
import express, { type Request, type Response, Router } from 'express'
import QRCode from 'qrcode'
import { z } from 'zod'
import { isPasswordOf, waysIn } from '../../store/admins.js'
import {
  beginSecondFactor,
  confirmSecondFactor,
  endSecondFactor,
  enrolment,
  hasSecondFactor,
  recoveryCodesLeft,
} from '../../store/second-factors.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { passwordWork } from './password-work.js'
import { needsReader, signedIn } from './sign-in.js'
import type { SignInLimits } from './sign-in-limits.js'

export interface SecondFactorView {
  readonly title: string
  readonly section: 'account'
  readonly state: 'off' | 'setting up' | 'on'
  /** The secret to type into the app, while it is being set up. */
  readonly typed: string | null
  readonly codesLeft: number
  readonly fault: FieldFault<'current' | 'code'> | null
}

export interface RecoveryCodesView {
  readonly title: string
  readonly section: 'account'
  readonly codes: readonly string[]
}

const PAGE = '/account/second-factor'
const PasswordForm = z.object({ current: z.string() })
const CodeForm = z.object({ code: z.string().max(100) })

export function secondFactor(site: Site, limits: SignInLimits): Router {
  const { db, secondFactorKey: key, companyName } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get(PAGE, needsReader, async (_req, res) => {
    await showPage(res, null)
  })

  router.get(`${PAGE}.svg`, needsReader, async (_req, res) => {
    const setup = await enrolment(db, key, signedIn(res), companyName)
    if (!setup) throw new PageRefused(404, 'No second factor is being set up.')
    res.type('svg').send(await QRCode.toString(setup.url, { type: 'svg', margin: 4 }))
  })

  router.post(`${PAGE}/begin`, needsReader, form, async (req, res) => {
    if (!(await knowsPassword(req, res))) return showPage(res, WRONG_PASSWORD)
    await beginSecondFactor(db, key, signedIn(res).id)
    res.redirect(303, PAGE)
  })

  router.post(`${PAGE}/confirm`, needsReader, form, async (req, res) => {
    const admin = signedIn(res)
    const one = { address: req.ip ?? '', account: `second factor of ${admin.id}`, browser: null }
    await limits.count(one)
    const codes = await confirmSecondFactor(db, key, admin, readFields(CodeForm, req).code)
    if (!codes) {
      const sentence = 'This code is not right. Type the one that the app shows now; the clocks of both must agree.'
      return showPage(res, { field: 'code', sentence })
    }
    await limits.forgive(one)
    show(res, 'recovery-codes', { title: 'Recovery codes', section: 'account', codes })
  })

  router.post(`${PAGE}/end`, needsReader, form, async (req, res) => {
    if (!(await knowsPassword(req, res))) return showPage(res, WRONG_PASSWORD)
    const admin = signedIn(res)
    const wasOn = await endSecondFactor(db, admin, admin.email)
    const notice = wasOn ? 'Your second factor is off. The password alone lets you in.' : 'There was no second factor.'
    await done(site, req, res, '/account', notice)
  })

  /** The password again: whoever finds a browser signed in must not take the account over. */
  async function knowsPassword(req: Request, res: Response): Promise<boolean> {
    const { id } = signedIn(res)
    const one = { address: req.ip ?? '', account: `password of ${id}`, browser: null }
    await limits.count(one)
    const { current } = readFields(PasswordForm, req)
    const isRight = await passwordWork(() => isPasswordOf(db, id, current))
    if (isRight) await limits.forgive(one)
    return isRight
  }

  async function showPage(res: Response, fault: SecondFactorView['fault']): Promise<void> {
    const admin = signedIn(res)
    if (!(await waysIn(db, admin.id)).hasPassword) {
      throw new PageRefused(409, 'Your account has no password, and a second factor here belongs to one.')
    }
    const setup = await enrolment(db, key, admin, companyName)
    const isOn = await hasSecondFactor(db, admin.id)
    res.status(fault ? 422 : 200)
    show(res, 'second-factor', {
      title: 'Second factor',
      section: 'account',
      state: isOn ? 'on' : setup ? 'setting up' : 'off',
      typed: setup?.typed ?? null,
      codesLeft: await recoveryCodesLeft(db, admin.id),
      fault,
    })
  }

  return router
}

const WRONG_PASSWORD = { field: 'current', sentence: 'This is not your password.' } as const
