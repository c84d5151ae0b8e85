/** Time entries of a range: one by one, or added up by employee, job or day. */

import { Router } from 'express'
import { z } from 'zod'
import { dateOf } from '../../calendar.js'
import { HOUR } from '../../clock/time.js'
import { fullDate } from '../../shown-time.js'
import { listJobs } from '../../store/jobs.js'
import { readSettings } from '../../store/settings.js'
import type { TimeEntry } from '../../store/time-entries.js'
import {
  countMissingClockOuts,
  employeeNames,
  listEntriesTouching,
  listMissingClockOuts,
} from '../../store/time-entry-list.js'
import { workedIn } from '../../store/worked-totals.js'
import { needsReader } from '../accounts/sign-in.js'
import { type Candidate, findCandidates } from '../candidates.js'
import { PageRefused } from '../errors.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type EntryView, entryView } from './entry-view.js'
import { type TotalView, totalsOf, type Worked, worked } from './totals.js'
import {
  addressOf,
  neighbours,
  type Shortcut,
  shortcuts,
  spanOf,
  VIEWS,
  type View,
  wantedOf,
  whoseTime,
} from './wanted.js'

export interface TimeEntriesView {
  readonly title: string
  readonly section: 'time-entries'
  /** "Monday, November 23, 2026", or the first and the last day. */
  readonly days: string
  readonly from: string
  readonly to: string
  readonly before: string
  readonly after: string
  readonly shortcuts: readonly Shortcut[]
  readonly employee: { readonly id: number; readonly name: string } | null
  readonly everyone: string
  /** The name that was typed, where it means nobody or several. */
  readonly who: string
  readonly candidates: readonly (Candidate & { readonly url: string })[]
  readonly isCut: boolean
  readonly jobs: readonly { readonly id: number; readonly name: string; readonly isActive: boolean }[]
  readonly job: number | 'none' | null
  readonly view: View
  readonly tabs: readonly { readonly view: View; readonly url: string }[]
  readonly total: Worked
  readonly withVoided: boolean
  readonly voidedToggle: string
  readonly missing: number
  /** Of the view `entries`. */
  readonly entries: readonly EntryView[]
  /** Of the other views. */
  readonly totals: readonly TotalView[]
  readonly previous: string | null
  readonly next: string | null
}

export interface MissingClockOutsView {
  readonly title: string
  readonly section: 'time-entries'
  readonly forgottenAfterHours: number
  readonly missing: number
  readonly entries: readonly EntryView[]
  readonly previous: string | null
  readonly next: string | null
}

const PAGE_SIZE = 50

const Page = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) })

export function timeEntryList(site: Site): Router {
  const { db, recordings, timeStyle: style } = site
  const router = Router()

  router.get('/time-entries', needsReader, async (req, res) => {
    const now = Date.now()
    const today = dateOf(now, style.timeZone)
    const settings = await readSettings(db)
    const wanted = wantedOf(req.query, today)
    const { candidates, isCut } = await findCandidates(db, wanted.who)
    const [only, ...others] = candidates.map(candidate => ({
      ...candidate,
      url: addressOf({ ...wanted, employee: candidate.id, page: 1 }),
    }))
    if (only && others.length === 0) return res.redirect(303, only.url)

    const { range, view, page } = wanted
    const name = wanted.employee === null ? null : (await employeeNames(db, [wanted.employee])).get(wanted.employee)
    if (name === undefined) throw new PageRefused(404, 'There is no such employee.')
    const span = spanOf(range, style.timeZone)
    const whose = whoseTime(wanted)
    const part = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE + 1 }
    const entries =
      view === 'entries' ? await listEntriesTouching(db, span, { ...whose, withVoided: wanted.withVoided }, part) : []
    const totals = view === 'entries' ? [] : await totalsOf(site, view, wanted, whose)
    const minutes =
      view === 'entries' ? await workedIn(db, span, whose) : totals.reduce((sum, total) => sum + total.minutes, 0)
    const rows = view === 'entries' ? entries : totals.slice(part.offset, part.offset + part.limit)
    show(res, 'time-entries', {
      title: 'Time entries',
      section: 'time-entries',
      days:
        range.first === range.last
          ? fullDate(span.from, style)
          : `${fullDate(span.from, style)} – ${fullDate(span.to - 1, style)}`,
      from: range.first,
      to: range.last,
      ...neighbours(wanted),
      shortcuts: shortcuts(wanted, today, settings),
      employee: name === null || wanted.employee === null ? null : { id: wanted.employee, name },
      everyone: addressOf({ ...wanted, employee: null, page: 1 }),
      who: wanted.who,
      candidates: only ? [only, ...others] : [],
      isCut,
      jobs: await listJobs(db),
      job: wanted.job,
      view,
      tabs: VIEWS.map(tab => ({ view: tab, url: addressOf({ ...wanted, view: tab, page: 1 }) })),
      total: worked(minutes),
      withVoided: wanted.withVoided,
      voidedToggle: addressOf({ ...wanted, withVoided: !wanted.withVoided, page: 1 }),
      missing: await countMissingClockOuts(db, now - settings.forgottenAfterHours * HOUR),
      entries: await Promise.all(
        entries.slice(0, PAGE_SIZE).map(entry => entryView(entry, { ...settings, now, style }, recordings, span)),
      ),
      totals: totals.slice(part.offset, part.offset + PAGE_SIZE),
      previous: page > 1 ? addressOf({ ...wanted, page: page - 1 }) : null,
      next: rows.length > PAGE_SIZE ? addressOf({ ...wanted, page: page + 1 }) : null,
    })
  })

  router.get('/time-entries/missing', needsReader, async (req, res) => {
    const now = Date.now()
    const settings = await readSettings(db)
    const { page } = Page.parse(req.query)
    const since = now - settings.forgottenAfterHours * HOUR
    const part = { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE + 1 }
    const found: TimeEntry[] = await listMissingClockOuts(db, since, part)
    show(res, 'missing-clock-outs', {
      title: 'Missing clock-outs',
      section: 'time-entries',
      forgottenAfterHours: settings.forgottenAfterHours,
      missing: await countMissingClockOuts(db, since),
      entries: await Promise.all(
        found.slice(0, PAGE_SIZE).map(entry => entryView(entry, { ...settings, now, style }, recordings, null)),
      ),
      previous: page > 1 ? `/time-entries/missing?page=${page - 1}` : null,
      next: found.length > PAGE_SIZE ? `/time-entries/missing?page=${page + 1}` : null,
    })
  })

  return router
}
