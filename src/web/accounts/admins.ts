/** The admins: who they are, adding one, removing one. */
import express, { type Response, Router } from 'express'
import { z } from 'zod'
import { dayAndTime } from '../../shown-time.js'
import {
  AdminRefused,
  addAdmin,
  changeRole,
  findAdmin,
  type ListedAdmin,
  listAdmins,
  removeAdmin,
  signOutEverywhere,
  waysIn,
} from '../../store/admins.js'
import { letConnect } from '../../store/provider-admins.js'
import type { Role } from '../../store/schema.js'
import { endSecondFactor } from '../../store/second-factors.js'
import { PageRefused } from '../errors.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { type FieldFault, show } from '../views.js'
import { passwordWork } from './password-work.js'
import { providerName } from './provider-name.js'
import { needsOwner, signedIn } from './sign-in.js'

export interface AdminsView {
  readonly title: string
  readonly section: 'admins'
  readonly admins: readonly {
    readonly id: number
    readonly email: string
    readonly since: string
    readonly role: Role
    readonly hasPassword: boolean
    readonly hasSecondFactor: boolean
    /** Such as "password". */
    readonly signsInWith: string
    /** With the identity provider, whose groups give them their role. */
    readonly isConnected: boolean
    readonly mayConnect: boolean
    readonly isSelf: boolean
  }[]
  /** What the identity provider is called; null: there is none. */
  readonly provider: string | null
  /** Typed before, to be corrected. */
  readonly email: string
  readonly role: Role
  readonly roles: readonly Role[]
  readonly fault: FieldFault<'email' | 'password' | 'passwordAgain'> | null
}

const ROLES = ['owner', 'admin', 'read-only'] as const satisfies readonly Role[]
const Form = z.object({
  email: z.string(),
  password: z.string(),
  passwordAgain: z.string(),
  role: z.enum(ROLES),
})
const RoleForm = z.object({ role: z.enum(ROLES) })
const ConnectForm = z.object({ allow: z.enum(['yes', 'no']) })

export function admins(site: Site): Router {
  const { db, timeStyle, log, identityProvider } = site
  const router = Router()

  router.get('/admins', needsOwner, async (_req, res) => {
    await showAdmins(res, { email: '', role: 'admin' }, null)
  })

  router.post('/admins', needsOwner, express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    const form = Form.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the form on the page.')
    const { email, password, passwordAgain, role } = form.data
    if (password !== passwordAgain) {
      return showAdmins(res, { email, role }, { field: 'passwordAgain', sentence: 'The two passwords differ.' })
    }
    try {
      await passwordWork(() => addAdmin(db, { email, password, role }, signedIn(res).email))
    } catch (error) {
      if (!(error instanceof AdminRefused)) throw error
      return showAdmins(res, { email, role }, { field: error.field, sentence: error.message })
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

  router.post('/admins/:adminId/remove', needsOwner, async (req, res) => {
    const by = signedIn(res)
    const adminId = rowId(req.params.adminId)
    if (adminId === by.id) throw new PageRefused(409, 'Nobody can remove themselves. Another admin can do it.')
    const wasConnected = await isConnected(adminId)
    const removed = await removeAdmin(db, adminId, by)
    if (removed === null) return done(site, req, res, '/admins', 'That admin had been removed already.')
    log.info({ by: by.id, adminId, ip: req.ip }, 'admin removed')
    const gone = `${removed} is no longer an admin and is signed out everywhere.`
    const mayReturn = wasConnected
      ? ` While a group at ${identityProvider?.name} gives them a role, they become an admin again by signing in there.`
      : ''
    await done(site, req, res, '/admins', gone + mayReturn)
  })

  const form = express.urlencoded({ extended: false, limit: '10kb' })
  router.post('/admins/:adminId/role', needsOwner, form, async (req, res) => {
    const by = signedIn(res)
    const adminId = rowId(req.params.adminId)
    if (adminId === by.id) throw new PageRefused(409, 'Nobody can change their own role. Another owner can do it.')
    const { role } = readFields(RoleForm, req)
    await refuseWhereGroupsDecide(adminId)
    const changed = await changeRole(db, adminId, role, by)
    if (changed === null) return done(site, req, res, '/admins', 'Nothing was different, so nothing changed.')
    log.info({ by: by.id, adminId, role, ip: req.ip }, 'role changed')
    await done(site, req, res, '/admins', `${changed} has the role ${role} from now on.`)
  })

  router.post('/admins/:adminId/connect', needsOwner, form, async (req, res) => {
    const by = signedIn(res)
    const { allow } = readFields(ConnectForm, req)
    const admin = await findAdmin(db, rowId(req.params.adminId))
    if (!admin) throw new PageRefused(404, 'There is no such admin.')
    if (!identityProvider)
      throw new PageRefused(409, 'No identity provider is set, so there is nothing to connect with.')
    await letConnect(db, admin, allow === 'yes', by.email)
    log.info({ by: by.id, adminId: admin.id, allow, ip: req.ip }, 'connecting with the provider')
    const notice =
      allow === 'yes'
        ? `The next sign-in with ${identityProvider.name} as ${admin.email} connects the account.`
        : `No sign-in with ${identityProvider.name} connects the account of ${admin.email}.`
    await done(site, req, res, '/admins', notice)
  })

  router.post('/admins/:adminId/sign-out', needsOwner, async (req, res) => {
    const by = signedIn(res)
    const admin = await findAdmin(db, rowId(req.params.adminId))
    if (!admin) throw new PageRefused(404, 'There is no such admin.')
    const ended = await signOutEverywhere(db, admin, by.email)
    log.info({ by: by.id, adminId: admin.id, ip: req.ip }, 'admin signed out everywhere')
    const notice = ended === 0 ? `${admin.email} was signed in nowhere.` : `${admin.email} is signed out everywhere.`
    await done(site, req, res, '/admins', notice)
  })

  router.post('/admins/:adminId/second-factor/end', needsOwner, async (req, res) => {
    const by = signedIn(res)
    const admin = await findAdmin(db, rowId(req.params.adminId))
    if (!admin) throw new PageRefused(404, 'There is no such admin.')
    if (admin.id === by.id) throw new PageRefused(409, 'Turn your own second factor off on the page of your account.')
    const wasOn = await endSecondFactor(db, admin, by.email)
    log.info({ by: by.id, adminId: admin.id, ip: req.ip }, 'second factor turned off')
    const notice = wasOn
      ? `${admin.email} can sign in with the password alone, until they turn a second factor on again.`
      : `${admin.email} had no second factor.`
    await done(site, req, res, '/admins', notice)
  })

  async function isConnected(adminId: number): Promise<boolean> {
    const admin = await findAdmin(db, adminId)
    return admin !== null && isOfProvider((await waysIn(db, admin.id)).issuer)
  }

  async function refuseWhereGroupsDecide(adminId: number): Promise<void> {
    if (!(await isConnected(adminId))) return
    throw new PageRefused(409, `Their groups at ${identityProvider?.name} decide on the role, at each sign-in.`)
  }

  function isOfProvider(issuer: string | null): boolean {
    return issuer !== null && identityProvider?.isIssuer(issuer) === true
  }

  function signsInWith({ hasPassword, issuer }: ListedAdmin): string {
    const ways = [hasPassword && 'password', issuer !== null && providerName(site, issuer)]
    return ways.filter(way => way !== false).join(' or ')
  }

  async function showAdmins(
    res: Response,
    { email, role }: Pick<AdminsView, 'email' | 'role'>,
    fault: AdminsView['fault'],
  ): Promise<void> {
    const now = Date.now()
    const all = await listAdmins(db)
    res.status(fault ? 422 : 200)
    show(res, 'admins', {
      title: 'Admins',
      section: 'admins',
      admins: all.map(admin => ({
        ...admin,
        signsInWith: signsInWith(admin),
        isConnected: isOfProvider(admin.issuer),
        since: dayAndTime(admin.since, now, timeStyle),
        isSelf: admin.id === signedIn(res).id,
      })),
      provider: identityProvider?.name ?? null,
      email,
      role,
      roles: ROLES,
      fault,
    })
  }

  return router
}
