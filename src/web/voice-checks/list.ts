/** Voice checks: the queue of those that nobody listened to yet, the doubtful ones, and those heard lately. */
import { Router } from 'express'
import { z } from 'zod'
import { countVoiceChecks, listVoiceChecks, type VoiceCheckList } from '../../store/voice-checks.js'
import { needsReader } from '../accounts/sign-in.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { type VoiceCheckView, voiceCheckView } from './view.js'

export interface VoiceChecksView {
  readonly title: string
  readonly section: 'voice-checks'
  readonly list: VoiceCheckList
  readonly lists: readonly {
    readonly name: string
    /** How many; null where nobody counts. */
    readonly count: string | null
    readonly url: string
    readonly isCurrent: boolean
  }[]
  readonly page: number
  readonly rows: readonly VoiceCheckView[]
  readonly previous: string | null
  readonly next: string | null
}

export const PAGE_SIZE = 50
/** So far a list is counted and can be paged: nobody listens to more in one sitting. */
const COUNTED = 1000
const LAST_PAGE = COUNTED / PAGE_SIZE

const LISTS = [
  ['waiting', 'Not yet listened to'],
  ['doubtful', 'Doubtful'],
  ['heard', 'Heard'],
] as const

/** What the page's address asks for; whatever makes no sense there counts as not asked. */
const Wanted = z.object({
  list: z.enum(['waiting', 'doubtful', 'heard']).catch('waiting'),
  page: z.coerce.number().int().min(1).max(LAST_PAGE).catch(1),
})

export function voiceCheckList({ db, recordings, timeStyle: style }: Site): Router {
  return Router().get('/voice-checks', needsReader, async (req, res) => {
    const now = Date.now()
    const { list, page } = Wanted.parse(req.query)
    const found = await listVoiceChecks(db, list, { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE + 1 })
    const counts = {
      waiting: await countVoiceChecks(db, 'waiting', COUNTED + 1),
      doubtful: await countVoiceChecks(db, 'doubtful', COUNTED + 1),
      heard: null,
    }
    show(res, 'voice-checks', {
      title: 'Voice checks',
      section: 'voice-checks',
      list,
      lists: LISTS.map(([each, name]) => ({
        name,
        count: countText(counts[each]),
        url: addressOf(each, 1),
        isCurrent: each === list,
      })),
      page,
      rows: await Promise.all(
        found.slice(0, PAGE_SIZE).map(check => voiceCheckView(check, { recordings, now, style })),
      ),
      previous: page > 1 ? addressOf(list, page - 1) : null,
      next: found.length > PAGE_SIZE && page < LAST_PAGE ? addressOf(list, page + 1) : null,
    })
  })
}

function addressOf(list: VoiceCheckList, page: number): string {
  const query = new URLSearchParams({ ...(list !== 'waiting' && { list }), ...(page > 1 && { page: `${page}` }) })
  return `/voice-checks${query.size > 0 ? `?${query}` : ''}`
}

function countText(count: number | null): string | null {
  if (count === null) return null
  return count > COUNTED ? `more than ${COUNTED.toLocaleString('en-US')}` : String(count)
}
