/** Jobs, and whether each entry needs one. */
import express, { Router } from 'express'
import { z } from 'zod'
import { type KnownJob, listJobs } from '../../store/jobs.js'
import { changeSettings, readSettings } from '../../store/settings.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import type { Site } from '../site.js'
import { show } from '../views.js'

export interface JobsView {
  readonly title: string
  readonly section: 'jobs'
  readonly rows: readonly KnownJob[]
  readonly jobRequired: boolean
  /** Nobody is asked for a job on the phone. */
  readonly isNoneAsked: boolean
}

const Form = z.object({ jobRequired: z.enum(['yes', 'no']) })

export function jobList(site: Site): Router {
  const { db } = site
  const router = Router()

  router.get('/jobs', needsReader, async (_req, res) => {
    const rows = await listJobs(db)
    show(res, 'jobs', {
      title: 'Jobs',
      section: 'jobs',
      rows,
      jobRequired: (await readSettings(db)).jobRequired,
      isNoneAsked: !rows.some(({ isActive, phoneCode }) => isActive && phoneCode !== null),
    })
  })

  router.post('/jobs/required', needsAdmin, express.urlencoded({ extended: false }), async (req, res) => {
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the button on the page Jobs.')
    const jobRequired = form.data.jobRequired === 'yes'
    await changeSettings(db, { jobRequired }, signedIn(res).email)
    await done(
      site,
      req,
      res,
      '/jobs',
      jobRequired ? 'From the next call on, each entry needs a job.' : 'From the next call on, a job can be skipped.',
    )
  })

  return router
}
