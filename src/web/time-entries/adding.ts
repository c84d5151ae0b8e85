/** Adding a time entry that no call made. */

import express, { type Request, type Response, Router } from 'express'
import { addEntry } from '../../store/corrections.js'
import { listJobs } from '../../store/jobs.js'
import { employeeNames } from '../../store/time-entry-list.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { type Candidate, findCandidates } from '../candidates.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type Choices, choicesOf, type EntryFault, faultOf, NOTHING_TYPED, readForm, type Typed } from './form.js'

export interface NewTimeEntryView {
  readonly title: string
  readonly section: 'time-entries'
  /** Whose entry it will be; null: to be found by name first. */
  readonly employee: { readonly id: number; readonly name: string } | null
  readonly who: string
  readonly candidates: readonly Candidate[]
  readonly isCut: boolean
  readonly jobs: readonly { readonly id: number; readonly name: string; readonly isActive: boolean }[]
  readonly typed: Typed
  readonly fault: EntryFault | null
  readonly choices: Choices
  readonly timeZone: string
}

interface Refused {
  readonly typed: Typed
  readonly fault: EntryFault
}

export function timeEntryAdding(site: Site): Router {
  const { db, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/time-entries/new', needsReader, (req, res) => showForm(req, res, null))

  router.post('/time-entries/new', needsAdmin, form, async (req, res) => {
    const employee = await employeeOf(req)
    if (!employee) return showForm(req, res, null)
    const read = readForm(req, null, timeStyle.timeZone)
    const { typed } = read
    if ('fault' in read) return showForm(req, res, read)
    const { reason, ...wanted } = read.filled
    if (wanted.jobId !== null && !(await listJobs(db)).some(({ id, isActive }) => isActive && id === wanted.jobId)) {
      return showForm(req, res, { typed, fault: { field: 'job', sentence: 'There is no such active job.' } })
    }
    const asking = { actor: signedIn(res).email, reason, now: Date.now() }
    const result = await addEntry(db, employee.id, wanted, asking)
    if (result.kind === 'refused') {
      return showForm(req, res, { typed, fault: faultOf(result.fault, employee.name, asking.now, timeStyle) })
    }
    const notice =
      result.kind === 'done'
        ? `An entry for ${employee.name} is added.`
        : `${employee.name} has this entry already. Nothing was added.`
    await done(site, req, res, `/time-entries/${result.entryId}`, notice)
  })

  async function employeeOf(req: Request): Promise<NewTimeEntryView['employee']> {
    const id = rowId(req.query.employee)
    const name = (await employeeNames(db, [id])).get(id)
    return name === undefined ? null : { id, name }
  }

  async function showForm(req: Request, res: Response, refused: Refused | null): Promise<void> {
    const who = typeof req.query.who === 'string' ? req.query.who.slice(0, 200) : ''
    const employee = await employeeOf(req)
    const { candidates, isCut } = await findCandidates(db, who)
    const typed = refused?.typed ?? NOTHING_TYPED
    res.status(refused ? 422 : 200)
    show(res, 'time-entry-new', {
      title: 'Add a time entry',
      section: 'time-entries',
      employee,
      who,
      candidates,
      isCut,
      jobs: (await listJobs(db)).filter(({ isActive }) => isActive),
      typed,
      fault: refused?.fault ?? null,
      choices: choicesOf(typed, timeStyle.timeZone),
      timeZone: timeStyle.timeZone,
    })
  }

  return router
}
