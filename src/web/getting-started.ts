/** The steps to the first punch, each with what to do, for whoever sets the clock up. */
import { type RequestHandler, Router } from 'express'
import { type Checklist, isOpen, type Step, type StepName } from '../status/checklist.js'
import { queueTestMail } from '../store/mail-outbox.js'
import { needsAdmin, needsReader, signedIn } from './accounts/sign-in.js'
import { PageRefused } from './errors.js'
import { liveStream } from './live.js'
import { done } from './notice.js'
import type { Site } from './site.js'
import { besidesCommits } from './status.js'
import { show } from './views.js'

declare global {
  namespace Express {
    interface Locals {
      /** Whether the navigation leads to the page: to owners, until all was done once. */
      remindsOfStart: boolean
    }
  }
}

export interface GettingStartedView {
  readonly title: string
  readonly section: 'getting-started'
  readonly checklist: ChecklistView
}

export interface ChecklistView {
  readonly summary: string
  readonly isDone: boolean
  readonly steps: readonly StepView[]
}

interface StepView extends Step {
  readonly standing: 'Done' | 'To do' | 'Wrong' | 'Optional'
  /** Where more is seen or done. */
  readonly page: Page | null
  /** Here a test mail can be asked for. */
  readonly canTestMail: boolean
}

interface Page {
  readonly path: string
  readonly name: string
}

const CALLS: Page = { path: '/calls', name: 'Calls' }
const STATUS: Page = { path: '/status', name: 'Status' }
const PHONE_CLOCKING: Page = { path: '/phone-clocking', name: 'Phone clocking' }

const PAGES: { readonly [Name in StepName]?: Page } = {
  Database: STATUS,
  PBX: STATUS,
  Trunk: CALLS,
  Sound: CALLS,
  Keys: CALLS,
  'First employee': PHONE_CLOCKING,
  'First punch': CALLS,
}

export function gettingStarted(site: Site, checklist: Checklist): Router {
  const { db, mail } = site
  const router = Router()

  router.get('/getting-started', needsReader, async (_req, res) => {
    show(res, 'getting-started', {
      title: 'Getting started',
      section: 'getting-started',
      checklist: viewOf(await checklist.read(), mail !== null),
    })
  })

  router.post('/getting-started/test-mail', needsAdmin, async (req, res) => {
    if (!mail) throw new PageRefused(409, 'Mail is not set up: IT sets SMTP_URL, MAIL_FROM and PUBLIC_URL.')
    const { email } = signedIn(res)
    await queueTestMail(db, email, email)
    mail.tryNow()
    await done(
      site,
      req,
      res,
      '/getting-started',
      `A test mail for ${email} is on its way. “Test mail” says what became of it.`,
    )
  })

  return router
}

/** What keeps the page current. */
export function gettingStartedLive(site: Site, checklist: Checklist): Router {
  const stream = liveStream(site, 'checklist', () => ({
    key: 'checklist',
    read: async () => viewOf(await checklist.read(), site.mail !== null),
    besides: besidesCommits(site),
  }))
  return Router().get('/getting-started/live', stream)
}

/** For pages: puts on the response whether their navigation leads there. */
export function remindOfStart(checklist: Checklist): RequestHandler {
  return async (req, res, next) => {
    const isOwner = res.locals.admin?.role === 'owner'
    res.locals.remindsOfStart = req.method === 'GET' && isOwner && (await checklist.isUnfinished())
    next()
  }
}

function viewOf(steps: readonly Step[], hasMail: boolean): ChecklistView {
  const open = steps.filter(isOpen).length
  return {
    summary:
      open === 0
        ? 'All is in place: employees can clock in.'
        : `${open} of ${steps.length} steps ${open === 1 ? 'is' : 'are'} open.`,
    isDone: open === 0,
    steps: steps.map(step => ({
      ...step,
      standing: standingOf(step),
      page: step.verdict === 'ok' ? null : (PAGES[step.name] ?? null),
      canTestMail: step.name === 'Test mail' && hasMail,
    })),
  }
}

function standingOf({ verdict, isOptional }: Step): StepView['standing'] {
  if (verdict === 'ok') return 'Done'
  if (isOptional) return 'Optional'
  return verdict === 'wrong' ? 'Wrong' : 'To do'
}
