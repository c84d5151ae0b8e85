/** Phone clocking: the dial-in number, and how far every employee is set up. */
import express, { Router } from 'express'
import { z } from 'zod'
import { SETUP_STATUSES, type SetupStatus } from '../../clock/setup-status.js'
import type { Instant } from '../../clock/time.js'
import { day, timeSeenFrom } from '../../shown-time.js'
import { type IdLock, readIdLocks } from '../../store/guessing.js'
import { isDue, type RosterEntry, readRoster } from '../../store/roster.js'
import { emailSetupLinks } from '../../store/setup-links.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type LocksView, locksView } from './locks.js'
import { type Found, find, Search } from './search.js'
import { type SendingView, sendingView } from './sending.js'

export interface PhoneClockingView {
  readonly title: string
  readonly section: 'phone-clocking'
  readonly canMail: boolean
  /** How many mails *Email setup links* sends now. */
  readonly due: number
  /** Active employees who can't be emailed. */
  readonly withoutEmail: readonly { readonly employeeId: number; readonly name: string }[]
  readonly sending: SendingView
  readonly locks: LocksView
  readonly search: Search
  readonly filters: readonly Filter[]
  readonly found: Pick<Found, 'first' | 'total' | 'page' | 'pages'>
  readonly rows: readonly RowView[]
  readonly previous: string | null
  readonly next: string | null
  /** No employee at all. */
  readonly isEmpty: boolean
}

interface Filter {
  readonly name: string
  readonly count: number
  readonly url: string
  readonly isCurrent: boolean
}

interface RowView {
  readonly employeeId: number
  readonly name: string
  readonly email: string | null
  readonly phoneClockId: string | null
  readonly status: SetupStatus
  /** "until Mon, Nov 30" of a link that can be used. */
  readonly linkUntil: string | null
  readonly lockedUntil: string | null
}

const Form = z.object({ count: z.coerce.number().int().min(0) })

export function phoneClocking(site: Site): Router {
  const { db, linkKey, mail, timeStyle } = site
  const router = Router()

  router.get('/phone-clocking', needsReader, async (req, res) => {
    const now = Date.now()
    const search = Search.parse(req.query)
    const roster = await readRoster(db, now)
    const { entries, counts, ...found } = find(roster, search)
    const idLocks = await readIdLocks(db, now)
    show(res, 'phone-clocking', {
      title: 'Phone clocking',
      section: 'phone-clocking',
      canMail: mail !== null,
      due: roster.filter(isDue).length,
      withoutEmail: roster.filter(({ email, status }) => email === null && status !== 'Ready'),
      sending: await sendingView(site, now),
      locks: await locksView(site, now),
      search,
      filters: [null, ...SETUP_STATUSES].map(status => ({
        name: status ?? 'All',
        count: counts.get(status) ?? 0,
        url: address({ ...search, status, page: 1 }),
        isCurrent: search.status === status,
      })),
      found,
      rows: entries.map(entry => rowView(entry, idLocks.get(entry.employeeId), now)),
      previous: found.page > 1 ? address({ ...search, page: found.page - 1 }) : null,
      next: found.page < found.pages ? address({ ...search, page: found.page + 1 }) : null,
      isEmpty: roster.length === 0,
    })
  })

  router.post('/phone-clocking/setup-links', needsAdmin, express.urlencoded({ extended: false }), async (req, res) => {
    if (!mail) throw new PageRefused(409, 'Mail is not set up: IT sets SMTP_URL, MAIL_FROM and PUBLIC_URL.')
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the button on the page Phone clocking.')
    const { count } = form.data
    const result = await emailSetupLinks(db, linkKey, { actor: signedIn(res).email, atMost: count })
    mail.wake()
    await done(site, req, res, '/phone-clocking', whatHappened(result, count))
  })

  function rowView(entry: RosterEntry, locks: readonly IdLock[] | undefined, now: Instant): RowView {
    const { employeeId, name, email, phoneClockId, status, link } = entry
    const linkUntil = link?.isActive ? `until ${day(link.expiresAt, now, timeStyle)}` : null
    const [longest] = locks ?? []
    const lockedUntil = longest ? timeSeenFrom(now, longest.until, now, timeStyle) : null
    return { employeeId, name, email, phoneClockId, status, linkUntil, lockedUntil }
  }

  return router
}

/** The progress alone, for the script that keeps it current. */
export function sendingProgress(site: Site): Router {
  return Router().get('/phone-clocking/sending', async (_req, res) => {
    if (!res.locals.admin) throw new PageRefused(401, 'Sign in to see how the sending stands.')
    res.render('partials/sending', { sending: await sendingView(site, Date.now()) })
  })
}

function whatHappened(result: { queued: number } | { due: number }, expected: number): string {
  if ('due' in result) {
    const links = result.due === 1 ? '1 setup link' : `${result.due} setup links`
    return `The list has changed, so nothing was sent: ${links} would go out now, not ${expected}. Press the button again to send them.`
  }
  if (result.queued === 0) return 'Nobody needed a setup link any more, so nothing was sent.'
  return result.queued === 1 ? '1 setup link is on its way.' : `${result.queued} setup links are on their way.`
}

function address({ q, status, page }: Search): string {
  const query = new URLSearchParams({
    ...(q && { q }),
    ...(status && { status }),
    ...(page > 1 && { page: `${page}` }),
  })
  return `/phone-clocking${query.size > 0 ? `?${query}` : ''}`
}
