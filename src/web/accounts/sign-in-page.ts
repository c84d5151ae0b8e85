/** The page where admins sign in: through the identity provider, where there is one, and with a password. */
import type { Response } from 'express'
import { anyAdmin } from '../../store/admins.js'
import type { Site } from '../site.js'
import { show } from '../views.js'

export interface SignInView {
  readonly title: string
  /** Typed before, to be corrected. */
  readonly email: string
  readonly fault: string | null
  readonly anyAdmin: boolean
  /** What the identity provider is called; null: there is none. */
  readonly provider: string | null
  /** False: it has a page of its own, which this one leads to. */
  readonly hasPasswordForm: boolean
}

export async function showSignIn(
  { db, identityProvider }: Site,
  res: Response,
  { email = '', fault = null, forPassword = false }: { email?: string; fault?: string | null; forPassword?: boolean },
): Promise<void> {
  show(res, 'sign-in', {
    title: 'Sign in',
    email,
    fault,
    anyAdmin: await anyAdmin(db),
    provider: identityProvider?.name ?? null,
    hasPasswordForm: forPassword || identityProvider?.passwordForm !== 'apart',
  })
}
