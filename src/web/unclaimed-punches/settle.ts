/** One unclaimed punch: assigned to an employee, or refused. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { Direction } from '../../clock/punch.js'
import { dayAndTime } from '../../shown-time.js'
import { findAssignable, listJobChoices, suggestAssignment } from '../../store/assigning.js'
import {
  assignUnclaimedPunch,
  findUnclaimedPunch,
  nextUnclaimedPunch,
  refuseUnclaimedPunch,
  SettlingRefused,
  type UnclaimedPunch,
} from '../../store/unclaimed-punches.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { type Candidate, candidate, findCandidates } from '../candidates.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { type UnclaimedPunchView, unclaimedPunchView } from './view.js'

export interface OneUnclaimedPunchView {
  readonly title: string
  readonly section: 'unclaimed-punches'
  readonly unclaimed: UnclaimedPunchView
  /** What was searched for. */
  readonly q: string
  readonly candidates: readonly Candidate[]
  /** There are more than are shown. */
  readonly isCut: boolean
  /** Whose punch it is to become. */
  readonly chosen: Candidate | null
  readonly direction: Direction
  /** Their time entries just before and after the call. */
  readonly around: readonly {
    readonly id: number
    readonly from: string
    /** Null while there is no clock-out. */
    readonly to: string | null
    readonly isOpen: boolean
  }[]
  readonly jobs: readonly { readonly id: number; readonly name: string }[]
  readonly jobId: number | null
  /** Typed before, to be corrected. */
  readonly reason: string
  readonly fault: FieldFault<'direction' | 'reason'> | null
}

const LONGEST_REASON = 500

/** What the page's address asks for; whatever makes no sense there counts as not asked. */
const Wanted = z.object({
  q: z.string().trim().max(200).catch(''),
  employee: z.coerce.number().int().min(1).nullable().catch(null),
})
const AssignForm = z.object({
  employee: z.coerce.number().int().min(1),
  direction: z.enum(['in', 'out']),
  job: z.coerce.number().int().min(0),
})
const RefuseForm = z.object({ reason: z.string().trim() })

export function unclaimedPunchSettling(site: Site): Router {
  const { db, recordings, timeStyle: style } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/unclaimed-punches/:id', needsReader, async (req, res) => {
    const unclaimed = await unclaimedOf(req)
    const { q, employee } = Wanted.parse(req.query)
    const employeeId = employee ?? (q === '' ? (unclaimed.employeeId ?? unclaimed.kept?.employee?.id ?? null) : null)
    await showUnclaimed(res, unclaimed, { q, employeeId, direction: null, jobId: null, reason: '', fault: null })
  })

  router.post('/unclaimed-punches/:id/assign', needsAdmin, form, async (req, res) => {
    const unclaimed = await unclaimedOf(req)
    const { employee: employeeId, direction, job } = readFields(AssignForm, req)
    const jobId = job || null
    try {
      const assigned = await assignUnclaimedPunch(db, {
        id: unclaimed.id,
        employeeId,
        direction,
        jobId,
        actor: signedIn(res).email,
      })
      await settled(req, res, `The call is ${assigned.employee}’s clock-${direction} now.`)
    } catch (error) {
      if (!(error instanceof SettlingRefused)) throw error
      if (error.isDone) return settled(req, res, error.message)
      const fault = { field: 'direction' as const, sentence: error.message }
      await showUnclaimed(res, unclaimed, { q: '', employeeId, direction, jobId, reason: '', fault })
    }
  })

  router.post('/unclaimed-punches/:id/refuse', needsAdmin, form, async (req, res) => {
    const unclaimed = await unclaimedOf(req)
    const { reason } = readFields(RefuseForm, req)
    const sentence = reasonFault(reason)
    if (sentence !== null) {
      const { employeeId } = unclaimed
      const fault = { field: 'reason' as const, sentence }
      return showUnclaimed(res, unclaimed, { q: '', employeeId, direction: null, jobId: null, reason, fault })
    }
    try {
      await refuseUnclaimedPunch(db, { id: unclaimed.id, reason, actor: signedIn(res).email })
      await settled(req, res, 'The call is refused: it counts for nobody.')
    } catch (error) {
      if (!(error instanceof SettlingRefused)) throw error
      await settled(req, res, error.message)
    }
  })

  /** Goes on to the next one. */
  async function settled(req: Request, res: Response, sentence: string): Promise<void> {
    const next = await nextUnclaimedPunch(db)
    await done(site, req, res, next === null ? '/unclaimed-punches' : `/unclaimed-punches/${next}`, sentence)
  }

  async function unclaimedOf(req: Request): Promise<UnclaimedPunch> {
    const unclaimed = await findUnclaimedPunch(db, rowId(req.params.id))
    if (!unclaimed) throw new PageRefused(404, 'There is no such unclaimed punch.')
    return unclaimed
  }

  async function showUnclaimed(
    res: Response,
    unclaimed: UnclaimedPunch,
    typed: Pick<OneUnclaimedPunchView, 'q' | 'jobId' | 'reason' | 'fault'> & {
      employeeId: number | null
      /** Null: not chosen yet, so what is likely. */
      direction: Direction | null
    },
  ): Promise<void> {
    const { employeeId, direction, ...rest } = typed
    const chosen = employeeId === null ? null : await findAssignable(db, employeeId)
    const suggested = chosen && (await suggestAssignment(db, chosen.id, unclaimed.at))
    const now = Date.now()
    const found = await findCandidates(db, typed.q)
    res.status(typed.fault ? 422 : 200)
    const view = await unclaimedPunchView(unclaimed, { recordings, now, style })
    show(res, 'unclaimed-punch', {
      title: `Unclaimed punch, ${view.at.text}`,
      section: 'unclaimed-punches',
      unclaimed: view,
      ...found,
      chosen: chosen && candidate(chosen),
      direction: direction ?? suggested?.direction ?? 'in',
      around: (suggested?.around ?? []).map(entry => ({
        id: entry.id,
        from: dayAndTime(entry.clockInAt, now, style),
        to: entry.clockOutAt === null ? null : dayAndTime(entry.clockOutAt, now, style),
        isOpen: entry.state === 'open',
      })),
      jobs: await listJobChoices(db),
      ...rest,
    })
  }

  return router
}

export function reasonFault(reason: string): string | null {
  if (reason === '') return 'Say why: whoever asks about the call later reads it.'
  return reason.length > LONGEST_REASON ? `Say it in at most ${LONGEST_REASON} letters.` : null
}
