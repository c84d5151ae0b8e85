/** One employee's phone clocking: Set up, or Manage. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import type { SetupStatus } from '../../clock/setup-status.js'
import { dayAndTime } from '../../shown-time.js'
import { listHistory } from '../../store/audit-events.js'
import { readIdLocks } from '../../store/guessing.js'
import { PinRefused, removePin, setPin } from '../../store/pins.js'
import { findOnRoster, type LatestLink, type RosterEntry } from '../../store/roster.js'
import { emailSetupLink, LinkRefused } from '../../store/setup-links.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { type IdLockView, idLockView } from './locks.js'

export interface EmployeeView {
  readonly title: string
  readonly section: 'phone-clocking'
  readonly employeeId: number
  readonly name: string
  readonly email: string | null
  readonly phoneClockId: string | null
  readonly status: SetupStatus
  readonly pinSetAt: string | null
  readonly link: {
    readonly id: number
    readonly sentAt: string
    /** Until when it can be used; null when it can't be. */
    readonly activeUntil: string | null
    /** What became of its mail, as a sentence. */
    readonly mail: string
  } | null
  readonly locks: readonly IdLockView[]
  readonly canMail: boolean
  /** What is wrong with the PIN that was typed. */
  readonly fault: FieldFault<'pin' | 'pinAgain'> | null
  readonly history: readonly {
    readonly at: string
    readonly what: string
    readonly by: string
  }[]
}

const HISTORY = 100

const PinForm = z.object({ pin: z.string().trim(), pinAgain: z.string().trim() })
const LinkForm = z.object({ after: z.coerce.number().int().min(0) })

export function phoneClockingEmployee(site: Site): Router {
  const { db, pinKey, linkKey, mail, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/phone-clocking/:employeeId', needsReader, async (req, res) => {
    await showEmployee(res, await employeeOf(req), null)
  })

  router.post('/phone-clocking/:employeeId/setup-link', needsAdmin, form, async (req, res) => {
    const employee = await employeeOf(req)
    const { employeeId, name, status } = employee
    if (!mail) throw new PageRefused(409, 'Mail is not set up: IT sets SMTP_URL, MAIL_FROM and PUBLIC_URL.')
    const { after } = readFields(LinkForm, req)
    const wasSent = await emailSetupLink(db, linkKey, {
      employeeId,
      actor: signedIn(res).email,
      after: after || null,
    }).catch(refusedAsPage)
    mail.wake()
    const kind = status === 'Ready' ? 'reset link' : 'setup link'
    await done(
      site,
      req,
      res,
      pageOf(employee),
      wasSent
        ? `A ${kind} for ${name} is on its way to ${employee.email}.`
        : `${name} has just been sent a ${kind}; no second one was sent.`,
    )
  })

  router.post('/phone-clocking/:employeeId/pin', needsAdmin, form, async (req, res) => {
    const employee = await employeeOf(req)
    const { pin, pinAgain } = readFields(PinForm, req)
    if (pin !== pinAgain) {
      return showEmployee(res, employee, { field: 'pinAgain', sentence: 'The two PINs differ. Nothing was changed.' })
    }
    try {
      const id = await setPin(db, pinKey, { employeeId: employee.employeeId, pin, actor: signedIn(res).email })
      await done(
        site,
        req,
        res,
        pageOf(employee),
        `${employee.name} can clock in now, with phone clock ID ${id} and the PIN that you set.`,
      )
    } catch (error) {
      if (!(error instanceof PinRefused)) throw error
      await showEmployee(res, employee, { field: 'pin', sentence: error.message })
    }
  })

  router.post('/phone-clocking/:employeeId/remove-pin', needsAdmin, async (req, res) => {
    const employee = await employeeOf(req)
    const { employeeId, name, phoneClockId } = employee
    const removed = await removePin(db, employeeId, signedIn(res).email)
    const notice = removed
      ? `${name} can no longer clock in. Phone clock ID ${phoneClockId} is gone for good.`
      : `${name} had no PIN, so nothing was removed.`
    await done(site, req, res, pageOf(employee), notice)
  })

  async function employeeOf(req: Request): Promise<RosterEntry> {
    const employee = await findOnRoster(db, Date.now(), rowId(req.params.employeeId))
    if (!employee) throw new PageRefused(404, 'There is no such active employee.')
    return employee
  }

  async function showEmployee(res: Response, employee: RosterEntry, fault: EmployeeView['fault']): Promise<void> {
    const { employeeId, name, email, phoneClockId, status, pinSetAt, link } = employee
    const now = Date.now()
    const history = await listHistory(db, employeeId, HISTORY)
    const locks = (await readIdLocks(db, now)).get(employeeId) ?? []
    res.status(fault ? 422 : 200)
    show(res, 'employee', {
      title: name,
      section: 'phone-clocking',
      employeeId,
      name,
      email,
      phoneClockId,
      status,
      pinSetAt: pinSetAt === null ? null : dayAndTime(pinSetAt, now, timeStyle),
      link: link && {
        id: link.id,
        sentAt: dayAndTime(link.sentAt, now, timeStyle),
        activeUntil: link.isActive ? dayAndTime(link.expiresAt, now, timeStyle) : null,
        mail: mailSentence(link),
      },
      locks: locks.map(lock => idLockView(lock, name, now, timeStyle)),
      canMail: mail !== null,
      fault,
      history: history.map(({ at, actor, action, detail }) => ({
        at: dayAndTime(at, now, timeStyle),
        what: detail === null ? action : `${action}: ${detail}`,
        by: actor === 'setup link' ? 'the employee, with the link' : actor,
      })),
    })
  }

  return router
}

function mailSentence({ mail: { state, fault } }: LatestLink): string {
  switch (state) {
    case 'sent':
      return 'The mail was sent.'
    case 'cancelled':
      return 'The mail was not sent any more.'
    case 'failed':
      return `The mail could not be sent. ${fault ?? ''}`
    case 'unconfirmed':
      return fault ?? ''
    default:
      return fault === null ? 'The mail is being sent.' : `The mail waits. ${fault}`
  }
}

function refusedAsPage(error: unknown): never {
  throw error instanceof LinkRefused ? new PageRefused(409, error.message) : error
}

function pageOf({ employeeId }: RosterEntry): string {
  return `/phone-clocking/${employeeId}`
}
