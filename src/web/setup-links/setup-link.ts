/**
 * The page of a setup link, where an employee picks a PIN. The token in the path is all the authority there is: no session,
 * no cookie, and no look at where a form comes from, since a page that sends no referrer can't say.
 */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { PinRefused, pickPin } from '../../store/pins.js'
import { findSetupLink, type SetupLink } from '../../store/setup-links.js'
import { failed } from '../errors.js'
import { type JobStep, jobStep } from '../job-step.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { linkEnding } from './link-ending.js'
import { LinkLimits } from './link-limits.js'
import { telephoneUrl } from './telephone-url.js'

interface WayToClock {
  readonly phoneClockId: string
  /** Dials the number; null until IT sets one. */
  readonly dialInUrl: string | null
}

export interface SetupLinkView extends WayToClock {
  readonly title: string
  readonly name: string
  /** There is a PIN, which works until another is picked. */
  readonly hasPin: boolean
  /** What is wrong with what was typed; it is never sent back. */
  readonly fault: string | null
}

export interface SetupLinkReadyView extends WayToClock, JobStep {
  readonly title: string
}

/** What a link that can't be used says, and what to do next. */
export interface SetupLinkEndedView {
  readonly title: string
  readonly sentences: readonly string[]
  /** The steps of a call, for whoever used the link a moment ago. */
  readonly steps: JobStep | null
}

type ActiveLink = Extract<SetupLink, { state: 'active' }>

const Form = z.object({ pin: z.string().trim(), pinAgain: z.string().trim() })

export function setupLinks({ db, pinKey, dialInNumber, log }: Site): Router {
  const dialInUrl = dialInNumber === null ? null : telephoneUrl(dialInNumber)
  const router = Router()
  const limits = new LinkLimits()
  router.use('/setup', tellNobody, limits.againstFloods)

  router.get('/setup/:token', async (req, res) => {
    const link = await findLink(req.params.token)
    if (link?.state === 'active') showForm(res, link, null)
    else await showEnding(req, res, link)
  })

  router.post('/setup/:token', express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    const { token } = req.params
    const link = await findLink(token)
    if (link?.state !== 'active') return showEnding(req, res, link)
    const form = Form.safeParse(req.body)
    if (!form.success) return showForm(res, link, 'Type your PIN into both fields.')
    const { pin, pinAgain } = form.data
    if (pin !== pinAgain) return showForm(res, link, 'The two PINs differ. Type the same one into both fields.')
    // Read before anything is changed, so that no failure follows the change.
    const steps = await jobStep(db)
    const picked = await pickPin(db, pinKey, { token, pin }).catch(refusal)
    if (picked instanceof PinRefused) return showForm(res, link, picked.message)
    if (picked?.state !== 'active') return showEnding(req, res, picked)
    show(res, 'setup-link-ready', {
      title: 'You are ready',
      phoneClockId: picked.phoneClockId,
      dialInUrl,
      ...steps,
    })
  })

  /** A percent sign in the address that means nothing. */
  const undecodable: ErrorRequestHandler = (error, req, res, next) =>
    error instanceof URIError ? showEnding(req, res, null) : next(error)

  router.use('/setup', (req, res) => showEnding(req, res, null))
  router.use(undecodable, failed(log, 'plain-message'))

  async function findLink(token: string): Promise<SetupLink | null> {
    return /^[\w-]{43}$/.test(token) ? findSetupLink(db, token) : null
  }

  function showForm(res: Response, { name, phoneClockId, hasPin }: ActiveLink, fault: string | null): void {
    const title = hasPin ? 'Pick a new PIN' : 'Pick your PIN'
    res.status(fault === null ? 200 : 422)
    show(res, 'setup-link', { title, name, phoneClockId, hasPin, dialInUrl, fault })
  }

  /** A link that can't be used; null: one that nobody knows. */
  async function showEnding(req: Request, res: Response, link: Exclude<SetupLink, ActiveLink> | null): Promise<void> {
    if (link === null) await limits.countUnknown(req.ip)
    const state = link?.state ?? 'unknown'
    res.status(state === 'unknown' ? 404 : 410)
    show(res, 'setup-link-ended', { ...linkEnding(state), steps: state === 'used' ? await jobStep(db) : null })
  }

  return router
}

/** The token is in the address: no other page, search engine or cache gets to know it. */
const tellNobody: RequestHandler = (_req, res, next) => {
  res.set({ 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' })
  next()
}

function refusal(error: unknown): PinRefused {
  if (error instanceof PinRefused) return error
  throw error
}
