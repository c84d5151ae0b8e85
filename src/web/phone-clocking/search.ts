/** Which employees of the roster a search, a status and a page number pick. */
import { z } from 'zod'
import { SETUP_STATUSES, type SetupStatus } from '../../clock/setup-status.js'
import type { RosterEntry } from '../../store/roster.js'
import { hasEveryWordOf } from '../../word-search.js'

/** What the page's address asks for; whatever makes no sense there counts as not asked. */
export const Search = z.object({
  q: z.string().trim().max(200).catch(''),
  status: z.enum(SETUP_STATUSES).nullable().catch(null),
  page: z.coerce.number().int().min(1).catch(1),
})
export type Search = z.infer<typeof Search>

const PAGE_SIZE = 50

export interface Found {
  readonly entries: readonly RosterEntry[]
  /** The place of the first of `entries` among all that were found, from 1; 0 when there are none. */
  readonly first: number
  readonly total: number
  readonly page: number
  readonly pages: number
  /** How many the words alone find, of each status and in all. */
  readonly counts: ReadonlyMap<SetupStatus | null, number>
}

export function find(roster: readonly RosterEntry[], search: Search): Found {
  const named = matching(roster, search.q)
  const found = search.status === null ? named : named.filter(entry => entry.status === search.status)
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE))
  const page = Math.min(search.page, pages)
  const start = (page - 1) * PAGE_SIZE
  const entries = found.slice(start, start + PAGE_SIZE)
  return { entries, first: found.length && start + 1, total: found.length, page, pages, counts: countsOf(named) }
}

/** Those whose name, phone clock ID or e-mail address has every word of `q`, whatever its case and accents. */
function matching(roster: readonly RosterEntry[], q: string): readonly RosterEntry[] {
  const matches = hasEveryWordOf(q)
  return roster.filter(({ name, email, phoneClockId }) => matches(`${name} ${email ?? ''} ${phoneClockId ?? ''}`))
}

function countsOf(entries: readonly RosterEntry[]): Map<SetupStatus | null, number> {
  const counts = new Map<SetupStatus | null, number>([[null, entries.length]])
  for (const status of SETUP_STATUSES) counts.set(status, 0)
  for (const { status } of entries) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}
