/** One employee: added, changed, deactivated, taken back. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { EmployeeDetails, EmployeeField } from '../../clock/employee.js'
import { dayAndTime } from '../../shown-time.js'
import { listHistory } from '../../store/audit-events.js'
import {
  addEmployeeOnce,
  changeEmployee,
  deactivateEmployee,
  EmployeeRefused,
  findEmployee,
  type KnownEmployee,
  reactivateEmployee,
} from '../../store/employees.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'

export interface EmployeeFormView {
  readonly title: string
  readonly section: 'employees'
  /** Null: a new one. */
  readonly employee: KnownEmployee | null
  readonly typed: Typed
  readonly fault: FieldFault<EmployeeField> | null
  /** Another admin has changed the employee meanwhile. */
  readonly isStale: boolean
  readonly history: readonly { readonly at: string; readonly what: string; readonly by: string }[]
}

/** As it is in the form. */
type Typed = Readonly<Record<EmployeeField, string>>

interface Refused {
  readonly typed: Typed
  readonly fault?: FieldFault<EmployeeField>
  readonly isStale?: boolean
}

const HISTORY = 100

const Form = z.object({
  name: z.string().trim().max(2000),
  email: z.string().trim().max(2000),
  payrollNumber: z.string().trim().max(2000),
  note: z.string().trim().max(5000),
})
const Revision = z.object({ revision: z.coerce.number().int().min(1) })

export function employee(site: Site): Router {
  const { db, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '50kb' })

  router.get('/employees/new', needsReader, (_req, res) => showForm(res, null, null))

  router.post('/employees/new', needsAdmin, form, async (req, res) => {
    const typed = readFields(Form, req)
    try {
      const { id, isNew } = await addEmployeeOnce(db, detailsOf(typed), signedIn(res).email)
      const notice = isNew
        ? `${typed.name} is added. To let them clock in, set them up for phone clocking.`
        : `${typed.name} was added a moment ago, and is here once.`
      await done(site, req, res, `/employees/${id}`, notice)
    } catch (error) {
      await showForm(res, null, { typed, fault: faultOf(error) })
    }
  })

  router.get('/employees/:id', needsReader, async (req, res) => showForm(res, await employeeOf(req), null))

  router.post('/employees/:id', needsAdmin, form, async (req, res) => {
    const { id, name } = await employeeOf(req)
    const typed = readFields(Form, req)
    const { revision } = readFields(Revision, req)
    try {
      const result = await changeEmployee(db, id, revision, detailsOf(typed), signedIn(res).email)
      if (result === 'stale') return await showForm(res, await employeeOf(req), { typed, isStale: true })
      const notice =
        result === 'changed' ? `${typed.name} is changed.` : `Nothing was to be changed: ${name} is so already.`
      await done(site, req, res, `/employees/${id}`, notice)
    } catch (error) {
      await showForm(res, await employeeOf(req), { typed, fault: faultOf(error) })
    }
  })

  router.post('/employees/:id/deactivate', needsAdmin, async (req, res) => {
    const { id, name } = await employeeOf(req)
    const isDone = await deactivateEmployee(db, id, signedIn(res).email)
    const notice = isDone
      ? `${name} is no longer active and can’t clock in any more. What they clocked stays.`
      : `${name} was not active any more.`
    await done(site, req, res, `/employees/${id}`, notice)
  })

  router.post('/employees/:id/reactivate', needsAdmin, async (req, res) => {
    const { id, name } = await employeeOf(req)
    try {
      const isDone = await reactivateEmployee(db, id, signedIn(res).email)
      const notice = isDone
        ? `${name} is active again. They need a new PIN: set them up for phone clocking.`
        : `${name} is active already.`
      await done(site, req, res, `/employees/${id}`, notice)
    } catch (error) {
      if (!(error instanceof EmployeeRefused)) throw error
      throw new PageRefused(409, `${error.message} Change one of the two first.`)
    }
  })

  async function employeeOf(req: Request): Promise<KnownEmployee> {
    const found = await findEmployee(db, rowId(req.params.id))
    if (!found) throw new PageRefused(404, 'There is no such employee.')
    return found
  }

  async function showForm(res: Response, known: KnownEmployee | null, refused: Refused | null): Promise<void> {
    const now = Date.now()
    const history = known ? await listHistory(db, known.id, HISTORY) : []
    res.status(refused?.isStale ? 409 : refused ? 422 : 200)
    show(res, 'employee-form', {
      title: known?.name ?? 'Add an employee',
      section: 'employees',
      employee: known,
      typed: refused?.typed ?? asTyped(known),
      fault: refused?.fault ?? null,
      isStale: refused?.isStale ?? false,
      history: history.map(({ at, actor, action, detail }) => ({
        at: dayAndTime(at, now, timeStyle),
        what: detail === null ? action : `${action}: ${detail}`,
        by: actor === 'setup link' ? 'the employee, with the link' : actor,
      })),
    })
  }

  return router
}

function asTyped(known: KnownEmployee | null): Typed {
  return {
    name: known?.name ?? '',
    email: known?.email ?? '',
    payrollNumber: known?.payrollNumber ?? '',
    note: known?.note ?? '',
  }
}

function detailsOf({ name, email, payrollNumber, note }: Typed): EmployeeDetails {
  return { name, email: email || null, payrollNumber: payrollNumber || null, note: note || null }
}

function faultOf(error: unknown): FieldFault<EmployeeField> {
  if (!(error instanceof EmployeeRefused)) throw error
  return { field: error.field, sentence: error.message }
}
