/** Who somebody is, of what the provider says about them. */
import { z } from 'zod'
import type { ProviderIdentity } from '../store/provider-admins.js'
import { ProviderFault } from './fault.js'
import { groupsOf, type RoleGroups, roleOf } from './groups.js'

/** What the provider's token, and where needed its userinfo, say. */
export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

/** How the configuration reads what a provider says. */
export interface Reading {
  readonly name: string
  readonly groupsClaim: string
  readonly groups: RoleGroups
}

/** The same shape that admins' addresses have here. */
const Email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/)
/** Some providers send it as text. */
const Verified = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')]).optional()

/** @throws ProviderFault when they may not sign in here, or the provider says too little */
export function identityOf(claims: Claims, { name, groupsClaim, groups: mapped }: Reading): ProviderIdentity {
  const { iss: issuer, sub: subject } = claims
  const refusal = (sentence: string, why: string) => new ProviderFault(403, sentence, { why, subject })
  if (claims[groupsClaim] === undefined) {
    throw refusal(
      `${name} did not say which groups you are in, so you have no role here. Ask IT to have it send the claim “${groupsClaim}”.`,
      'no groups claim',
    )
  }
  const groups = groupsOf(claims[groupsClaim])
  if (groups === null) {
    throw refusal(
      `${name} named your groups in a way that can’t be read, so you have no role here. Ask IT to have the claim “${groupsClaim}” be a list of names.`,
      'groups claim is no list of names',
    )
  }
  const role = roleOf(groups, mapped)
  if (role === null) {
    throw refusal(
      `${name} knows you, but you are in no group that has a role here. Ask IT to add you to one.`,
      'in no mapped group',
    )
  }
  const email = Email.safeParse(claims.email)
  if (!email.success) {
    throw refusal(
      `${name} did not send your e-mail address, which names your account here. Ask IT to have it send the claim “email”.`,
      'no e-mail address',
    )
  }
  const isVouchedFor = Verified.catch(false).parse(claims.email_verified)
  if (isVouchedFor === false) {
    throw refusal(
      `${name} has not verified your e-mail address. Verify it there, then sign in again.`,
      'e-mail address not verified',
    )
  }
  return { issuer, subject, email: email.data, isEmailVerified: isVouchedFor === true, role }
}
