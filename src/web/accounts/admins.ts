/** The admins: who they are, adding one, removing one. */
import express, { type Response, Router } from 'express'
import { z } from 'zod'
import { dayAndTime } from '../../shown-time.js'
import { AdminRefused, addAdmin, listAdmins, removeAdmin } from '../../store/admins.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { passwordWork } from './password-work.js'
import { needsAdmin, signedIn } from './sign-in.js'

export interface AdminsView {
  readonly title: string
  readonly section: 'admins'
  readonly admins: readonly {
    readonly id: number
    readonly email: string
    readonly since: string
    readonly isSelf: boolean
  }[]
  /** Typed before, to be corrected. */
  readonly email: string
  readonly fault: FieldFault<'email' | 'password' | 'passwordAgain'> | null
}

const Form = z.object({ email: z.string(), password: z.string(), passwordAgain: z.string() })

export function admins(site: Site): Router {
  const { db, timeStyle, log } = site
  const router = Router()

  router.get('/admins', needsAdmin, async (_req, res) => {
    await showAdmins(res, '', null)
  })

  router.post('/admins', needsAdmin, express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the form on the page.')
    const { email, password, passwordAgain } = form.data
    if (password !== passwordAgain) {
      return showAdmins(res, email, { field: 'passwordAgain', sentence: 'The two passwords differ.' })
    }
    try {
      await passwordWork(() => addAdmin(db, email, password, signedIn(res).email))
    } catch (error) {
      if (!(error instanceof AdminRefused)) throw error
      return showAdmins(res, email, { field: error.field, sentence: error.message })
    }
    log.info({ by: signedIn(res).id, ip: req.ip }, 'admin added')
    await done(
      site,
      req,
      res,
      '/admins',
      `${email.trim().toLowerCase()} can sign in now, with the password that you set.`,
    )
  })

  router.post('/admins/:adminId/remove', needsAdmin, async (req, res) => {
    const by = signedIn(res)
    const adminId = rowId(req.params.adminId)
    if (adminId === by.id) throw new PageRefused(409, 'Nobody can remove themselves. Another admin can do it.')
    const removed = await removeAdmin(db, adminId, by)
    if (removed === null) return done(site, req, res, '/admins', 'That admin had been removed already.')
    log.info({ by: by.id, adminId, ip: req.ip }, 'admin removed')
    await done(site, req, res, '/admins', `${removed} is no longer an admin and is signed out everywhere.`)
  })

  async function showAdmins(res: Response, email: string, fault: AdminsView['fault']): Promise<void> {
    const now = Date.now()
    const all = await listAdmins(db)
    res.status(fault ? 422 : 200)
    show(res, 'admins', {
      title: 'Admins',
      section: 'admins',
      admins: all.map(({ id, email, since }) => ({
        id,
        email,
        since: dayAndTime(since, now, timeStyle),
        isSelf: id === signedIn(res).id,
      })),
      email,
      fault,
    })
  }

  return router
}
