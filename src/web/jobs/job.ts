/** One job: added, changed, deactivated, brought back. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import {
  addJob,
  changeJob,
  findJob,
  type JobDetails,
  JobRefused,
  type KnownJob,
  setJobActive,
} from '../../store/jobs.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'

export interface JobFormView {
  readonly title: string
  readonly section: 'jobs'
  /** Null: a new one. */
  readonly job: KnownJob | null
  readonly typed: Typed
  readonly fault: FieldFault<keyof JobDetails> | null
  /** Another admin has changed the job meanwhile. */
  readonly isStale: boolean
}

type Typed = Readonly<Record<keyof JobDetails, string>>

interface Refused {
  readonly typed: Typed
  readonly fault?: FieldFault<keyof JobDetails>
  readonly isStale?: boolean
}

const Form = z.object({ name: z.string().trim().max(2000), phoneCode: z.string().trim().max(2000) })
const Revision = z.object({ revision: z.coerce.number().int().min(1) })

export function job(site: Site): Router {
  const { db } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/jobs/new', needsReader, (_req, res) => showForm(res, null, null))

  router.post('/jobs/new', needsAdmin, form, async (req, res) => {
    const typed = readFields(Form, req)
    try {
      await addJob(db, detailsOf(typed), signedIn(res).email)
      await done(site, req, res, '/jobs', `${typed.name} is added.`)
    } catch (error) {
      showForm(res, null, { typed, fault: faultOf(error) })
    }
  })

  router.get('/jobs/:id', needsReader, async (req, res) => showForm(res, await jobOf(req), null))

  router.post('/jobs/:id', needsAdmin, form, async (req, res) => {
    const known = await jobOf(req)
    const typed = readFields(Form, req)
    const { revision } = readFields(Revision, req)
    try {
      const result = await changeJob(db, known.id, revision, detailsOf(typed), signedIn(res).email)
      if (result === 'stale') return showForm(res, await jobOf(req), { typed, isStale: true })
      const notice =
        result === 'changed' ? `${typed.name} is changed, from the next call on.` : 'Nothing was to be changed.'
      await done(site, req, res, '/jobs', notice)
    } catch (error) {
      showForm(res, known, { typed, fault: faultOf(error) })
    }
  })

  router.post('/jobs/:id/deactivate', needsAdmin, async (req, res) => {
    const { id, name } = await jobOf(req)
    const isDone = await setJobActive(db, id, false, signedIn(res).email)
    const notice = isDone
      ? `${name} can’t be chosen any more. What was clocked for it stays.`
      : `${name} was not active any more.`
    await done(site, req, res, '/jobs', notice)
  })

  router.post('/jobs/:id/activate', needsAdmin, async (req, res) => {
    const { id, name } = await jobOf(req)
    try {
      const isDone = await setJobActive(db, id, true, signedIn(res).email)
      await done(site, req, res, '/jobs', isDone ? `${name} is active again.` : `${name} is active already.`)
    } catch (error) {
      if (!(error instanceof JobRefused)) throw error
      throw new PageRefused(409, `${error.message} Change one of the two first.`)
    }
  })

  async function jobOf(req: Request): Promise<KnownJob> {
    const found = await findJob(db, rowId(req.params.id))
    if (!found) throw new PageRefused(404, 'There is no such job.')
    return found
  }

  return router
}

function showForm(res: Response, known: KnownJob | null, refused: Refused | null): void {
  res.status(refused?.isStale ? 409 : refused ? 422 : 200)
  show(res, 'job-form', {
    title: known?.name ?? 'Add a job',
    section: 'jobs',
    job: known,
    typed: refused?.typed ?? { name: known?.name ?? '', phoneCode: known?.phoneCode ?? '' },
    fault: refused?.fault ?? null,
    isStale: refused?.isStale ?? false,
  })
}

function detailsOf({ name, phoneCode }: Typed): JobDetails {
  return { name, phoneCode: phoneCode || null }
}

function faultOf(error: unknown): FieldFault<keyof JobDetails> {
  if (!(error instanceof JobRefused)) throw error
  return { field: error.field, sentence: error.message }
}
