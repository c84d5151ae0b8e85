/** Signing in through the company's identity provider. */
import { parse } from 'cookie'
import { type Request, type Response, Router } from 'express'
import { MINUTE } from '../../clock/time.js'
import { begunWith, newSignInToken } from '../../identity-provider/begun-sign-in.js'
import { BEGIN_AGAIN, ProviderFault } from '../../identity-provider/fault.js'
import type { IdentityProvider } from '../../identity-provider/identity-provider.js'
import type { Admin } from '../../store/admins.js'
import { type Arrival, signInByProvider } from '../../store/provider-admins.js'
import type { Site } from '../site.js'
import { startSession } from './session.js'
import type { SignInLimits, Try } from './sign-in-limits.js'
import { showSignIn } from './sign-in-page.js'

/** What the browser keeps of a sign-in that it has begun. */
const COOKIE = 'punchline-sign-in'
const COOKIE_PATH = '/sign-in'
const RETURN_WITHIN = 10 * MINUTE

export function providerSignIn(site: Site, limits: SignInLimits): Router {
  const { identityProvider } = site
  const router = Router()
  return identityProvider ? addRoutes(router, site, identityProvider, limits) : router
}

function addRoutes(router: Router, site: Site, provider: IdentityProvider, limits: SignInLimits): Router {
  const { db, log } = site

  // A link leads here, not a form: the content security policy keeps forms, and where they lead, on our own pages.
  router.get('/sign-in/provider', async (req, res) => {
    await orRefuse(req, res, async () => {
      const token = newSignInToken()
      const url = await provider.signInUrl(begunWith(token), returnAddress(req).href)
      // Lax: it comes along when the provider leads back, and with no form or picture of another site.
      const cookie = { httpOnly: true, sameSite: 'lax', secure: req.secure, path: COOKIE_PATH } as const
      res.cookie(COOKIE, token, { ...cookie, maxAge: RETURN_WITHIN }).redirect(303, url.href)
    })
  })

  router.get('/sign-in/provider/return', async (req, res) => {
    await orRefuse(req, res, async () => {
      const token = parse(req.get('Cookie') ?? '')[COOKIE]
      // It counts once.
      res.clearCookie(COOKIE, { path: COOKIE_PATH })
      if (token === undefined || req.query.state !== begunWith(token).state) {
        throw new ProviderFault(401, BEGIN_AGAIN, { why: 'no sign-in with this state was begun in this browser' })
      }
      const admin = await whoReturned(req, token)
      await startSession(req, admin.id, { throughProvider: true })
      log.info({ adminId: admin.id, ip: req.ip, through: provider.name }, 'admin signed in')
      res.redirect(303, '/')
    })
  })

  /** @throws ProviderFault, or PageRefused when an address tries codes that the provider never gave */
  async function whoReturned(req: Request, token: string): Promise<Admin> {
    const one: Try = { address: req.ip ?? '', account: null, browser: null }
    await limits.count(one)
    try {
      const returnedTo = returnAddress(req)
      returnedTo.search = new URL(req.originalUrl, returnedTo).search
      const admin = known(
        await signInByProvider(db, await provider.whoReturned(returnedTo, begunWith(token))),
        provider,
      )
      await limits.forgive(one)
      return admin
    } catch (error) {
      // What the provider gets wrong, or who has no role, is no guess.
      if (!(error instanceof ProviderFault && error.status === 401)) await limits.forgive(one)
      throw error
    }
  }

  async function orRefuse(req: Request, res: Response, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error
      log.warn({ ...error.detail, ip: req.ip, through: provider.name }, 'sign-in through the provider refused')
      res.status(error.status)
      await showSignIn(site, res, { fault: error.message })
    }
  }

  return router
}

/** Where the provider leads back to, as this browser reaches the pages. The provider takes it only if IT has named it there. */
function returnAddress(req: Request): URL {
  return new URL(`${req.protocol}://${req.host}${req.baseUrl}/sign-in/provider/return`)
}

/** @throws ProviderFault when the account is another's, as far as Punchline can know */
function known(arrival: Arrival, { name }: IdentityProvider): Admin {
  switch (arrival) {
    case 'taken':
      throw new ProviderFault(
        403,
        `An account here has your e-mail address, and is not connected with ${name}. An owner can let it be connected on the page “Admins”, or remove it.`,
        { why: 'an account that is not connected has the e-mail address' },
      )
    case 'not verified':
      throw new ProviderFault(
        403,
        `Your account here can’t be connected, since ${name} does not say that it has verified your e-mail address. An owner can remove the account on the page “Admins”; then sign in again for a new one.`,
        { why: 'to connect the account, the e-mail address would have to be verified' },
      )
    default:
      return arrival
  }
}
