/** Unclaimed punches: those that wait for an admin, and those that were settled. */
import { Router } from 'express'
import { z } from 'zod'
import { countUnclaimedPunches, listUnclaimedPunches, type UnclaimedPunchList } from '../../store/unclaimed-punches.js'
import { needsReader } from '../accounts/sign-in.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type UnclaimedPunchView, unclaimedPunchView } from './view.js'

export interface UnclaimedPunchesView {
  readonly title: string
  readonly section: 'unclaimed-punches'
  readonly list: UnclaimedPunchList
  /** How many wait, and how many of those the PBX kept. */
  readonly waiting: string
  readonly kept: string
  readonly rows: readonly UnclaimedPunchView[]
  readonly previous: string | null
  readonly next: string | null
}

const PAGE_SIZE = 50
const COUNTED = 1000
const LAST_PAGE = COUNTED / PAGE_SIZE

/** What the page's address asks for; whatever makes no sense there counts as not asked. */
const Wanted = z.object({
  list: z.enum(['waiting', 'kept', 'settled']).catch('waiting'),
  page: z.coerce.number().int().min(1).max(LAST_PAGE).catch(1),
})

export function unclaimedPunchList({ db, recordings, timeStyle: style }: Site): Router {
  return Router().get('/unclaimed-punches', needsReader, async (req, res) => {
    const now = Date.now()
    const { list, page } = Wanted.parse(req.query)
    const found = await listUnclaimedPunches(db, list, { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE + 1 })
    show(res, 'unclaimed-punches', {
      title: 'Unclaimed punches',
      section: 'unclaimed-punches',
      list,
      waiting: counted(await countUnclaimedPunches(db, COUNTED + 1)),
      kept: counted(await countUnclaimedPunches(db, COUNTED + 1, 'kept')),
      rows: await Promise.all(
        found.slice(0, PAGE_SIZE).map(unclaimed => unclaimedPunchView(unclaimed, { recordings, now, style })),
      ),
      previous: page > 1 ? addressOf(list, page - 1) : null,
      next: found.length > PAGE_SIZE && page < LAST_PAGE ? addressOf(list, page + 1) : null,
    })
  })
}

function counted(count: number): string {
  return count > COUNTED ? `more than ${COUNTED.toLocaleString('en-US')}` : String(count)
}

function addressOf(list: UnclaimedPunchList, page: number): string {
  const query = new URLSearchParams({ ...(list !== 'waiting' && { list }), ...(page > 1 && { page: `${page}` }) })
  return `/unclaimed-punches${query.size > 0 ? `?${query}` : ''}`
}
