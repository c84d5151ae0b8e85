/** One time entry: its punches, its history, and what an admin does to it. */

import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { Instant } from '../../clock/time.js'
import { offsetAt, offsetsOf, writeLocalTime } from '../../local-time.js'
import { dayAndTime } from '../../shown-time.js'
import {
  type Asking,
  type Correction,
  type CorrectionResult,
  correctEntry,
  listCorrections,
  voidEntry,
} from '../../store/corrections.js'
import { listJobs } from '../../store/jobs.js'
import { readSettings } from '../../store/settings.js'
import type { TimeEntry } from '../../store/time-entries.js'
import { findTimeEntry, originalPunches } from '../../store/time-entry-list.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { attestationInWords, callerInWords } from '../caller-in-words.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { type EntryView, entryView } from './entry-view.js'
import { type Choices, choicesOf, type EntryField, faultOf, readForm, type Typed, typedFrom } from './form.js'

export interface TimeEntryView {
  readonly title: string
  readonly section: 'time-entries'
  readonly entry: EntryView
  readonly revision: number
  readonly jobs: readonly { readonly id: number; readonly name: string; readonly isActive: boolean }[]
  readonly typed: Typed
  readonly fault: FieldFault<EntryField | 'voidReason'> | null
  readonly choices: Choices
  /** Another admin, or a call, has changed it meanwhile. */
  readonly isStale: boolean
  readonly timeZone: string
  readonly punches: readonly {
    readonly direction: string
    readonly at: string
    readonly callId: number
    readonly caller: string
    readonly attestation: string | null
    readonly isNewNumber: boolean
    readonly assignedBy: string | null
  }[]
  readonly history: readonly {
    readonly at: string
    readonly by: string
    readonly what: string
    readonly reason: string
    /** "clock-out: Mon, Nov 23, 4:32 PM → Mon, Nov 23, 5:00 PM" */
    readonly changes: readonly string[]
  }[]
}

const Revision = z.object({ revision: z.coerce.number().int().min(1) })
const VoidForm = Revision.extend({ voidReason: z.string().trim().max(500) })

/** What is shown beside the entry as it is: a form that was refused. */
interface Refused {
  readonly typed?: Typed
  readonly fault?: TimeEntryView['fault']
  readonly isStale?: boolean
}

export function timeEntry(site: Site): Router {
  const { db, recordings, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/time-entries/:id', needsReader, async (req, res) => showEntry(res, await entryOf(req), {}))

  router.post('/time-entries/:id', needsAdmin, form, async (req, res) => {
    const entry = await entryOf(req)
    const { revision } = readFields(Revision, req)
    const read = readForm(req, entry, timeStyle.timeZone)
    const { typed } = read
    const isStale = revision !== entry.revision
    if ('fault' in read) return showEntry(res, entry, { ...read, isStale })
    if (!(await jobExists(read.filled.jobId))) {
      return showEntry(res, entry, { typed, fault: { field: 'job', sentence: 'There is no such job.' }, isStale })
    }
    const asking = askingOf(res, read.filled.reason)
    const result = await correctEntry(db, entry.id, revision, read.filled, asking)
    await answer(req, res, result, entry, typed, asking.now, 'The entry is corrected.')
  })

  router.post('/time-entries/:id/void', needsAdmin, form, async (req, res) => {
    const entry = await entryOf(req)
    const { revision, voidReason } = readFields(VoidForm, req)
    if (voidReason === '') {
      const fault = { field: 'voidReason', sentence: 'Say why: it stays with the entry.' } as const
      return showEntry(res, entry, { fault, isStale: revision !== entry.revision })
    }
    const asking = askingOf(res, voidReason)
    const result = await voidEntry(db, entry.id, revision, asking)
    await answer(req, res, result, entry, null, asking.now, 'The entry is void. It counts for nothing.')
  })

  async function answer(
    req: Request,
    res: Response,
    result: CorrectionResult | null,
    entry: TimeEntry,
    typed: Typed | null,
    now: Instant,
    notice: string,
  ): Promise<void> {
    switch (result?.kind) {
      case undefined:
        throw new PageRefused(404, 'There is no such time entry.')
      case 'done':
        return done(site, req, res, `/time-entries/${entry.id}`, notice)
      case 'unchanged':
        return done(site, req, res, `/time-entries/${entry.id}`, 'The entry is so already. Nothing was changed.')
      case 'stale':
        return showEntry(res, await entryOf(req), { ...(typed && { typed }), isStale: true })
      case 'refused':
        return showEntry(res, entry, {
          ...(typed && { typed }),
          fault: faultOf(result.fault, entry.employee, now, timeStyle),
        })
    }
  }

  async function entryOf(req: Request): Promise<TimeEntry> {
    const entry = await findTimeEntry(db, rowId(req.params.id))
    if (!entry) throw new PageRefused(404, 'There is no such time entry.')
    return entry
  }

  async function jobExists(jobId: number | null): Promise<boolean> {
    return jobId === null || (await listJobs(db)).some(({ id }) => id === jobId)
  }

  async function showEntry(res: Response, entry: TimeEntry, refused: Refused): Promise<void> {
    const now = Date.now()
    const settings = await readSettings(db)
    const punches = await originalPunches(db, entry)
    const corrections = await listCorrections(db, entry.id)
    const typed = refused.typed ?? typedFrom(entry, timeStyle.timeZone)
    res.status(refused.isStale ? 409 : refused.fault ? 422 : 200)
    show(res, 'time-entry', {
      title: `Time entry of ${entry.employee}`,
      section: 'time-entries',
      entry: await entryView(entry, { ...settings, now, style: timeStyle }, recordings, null),
      revision: entry.revision,
      jobs: (await listJobs(db)).filter(({ id, isActive }) => isActive || id === entry.jobId),
      typed,
      fault: refused.fault ?? null,
      choices: choicesOf(typed, timeStyle.timeZone),
      isStale: refused.isStale ?? false,
      timeZone: timeStyle.timeZone,
      punches: punches.map(punch => ({
        direction: punch.direction === 'in' ? 'Clock-in' : 'Clock-out',
        at: dayAndTime(punch.at, now, timeStyle),
        callId: punch.callId,
        caller: callerInWords(punch),
        attestation: attestationInWords(punch.attestation),
        isNewNumber: punch.numberIsNew,
        assignedBy: punch.assignedBy,
      })),
      history: corrections.map(correction => ({
        at: dayAndTime(correction.at, now, timeStyle),
        by: correction.actor,
        what: correction.action,
        reason: correction.reason,
        changes: changesOf(correction, now),
      })),
    })
  }

  /** With the offset where the clocks showed the time twice. */
  function historyTime(instant: Instant, now: Instant): string {
    const { timeZone } = timeStyle
    const offset = offsetsOf(writeLocalTime(instant, timeZone), timeZone) ? ` (UTC${offsetAt(instant, timeZone)})` : ''
    return dayAndTime(instant, now, timeStyle) + offset
  }

  function changesOf({ from, to, action }: Correction, now: Instant): string[] {
    const time = (instant: Instant | null) => (instant === null ? 'none' : historyTime(instant, now))
    const change = (name: string, before: string | null, after: string) => {
      if (before === after) return []
      return [before === null ? `${name}: ${after}` : `${name}: ${before} → ${after}`]
    }
    if (action === 'voided') return []
    return [
      ...change('clock-in', from && time(from.clockInAt), time(to.clockInAt)),
      ...change('clock-out', from && time(from.clockOutAt), time(to.clockOutAt)),
      ...change('job', from && (from.job ?? 'none'), to.job ?? 'none'),
    ]
  }

  return router
}

function askingOf(res: Response, reason: string): Asking {
  return { actor: signedIn(res).email, reason, now: Date.now() }
}
