/** Which role somebody has, by the groups that the provider says they are in. */
import { z } from 'zod'
import type { Role } from '../store/schema.js'

/** Whoever is in one of a role's groups has that role; in several, the role that may do most. */
export type RoleGroups = Readonly<Record<Role, readonly string[]>>

/** From the most to the least. */
const ROLES = ['owner', 'admin', 'read-only'] as const satisfies readonly Role[]

/** Some providers give one group alone as it is, without a list around it. */
const Claim = z.union([z.string().transform(group => [group]), z.array(z.string())])

/** The groups of a claim; null: it is no list of names. */
export function groupsOf(claim: unknown): readonly string[] | null {
  return Claim.safeParse(claim).data ?? null
}

/** Null: none of the groups has a role. */
export function roleOf(groups: readonly string[], mapped: RoleGroups): Role | null {
  return ROLES.find(role => mapped[role].some(group => groups.includes(group))) ?? null
}
