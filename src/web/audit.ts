/** The audit: who did what to whom, when and from where. To read and to filter; nothing changes it. */
import { Router } from 'express'
import { z } from 'zod'
import { endOfDay, isDate, startOfDay } from '../calendar.js'
import { dayAndTime } from '../shown-time.js'
import { auditActions, listAuditEvents } from '../store/audit-events.js'
import { needsOwner } from './accounts/sign-in.js'
import type { Site } from './site.js'
import { show } from './views.js'

/** Whatever makes no sense in the address counts as not asked. */
const Wanted = z.object({
  who: z.string().trim().max(254).catch(''),
  action: z.string().max(100).catch(''),
  from: z.string().refine(isDate).catch(''),
  to: z.string().refine(isDate).catch(''),
  before: z.coerce.number().int().positive().nullable().catch(null),
})
type Wanted = z.infer<typeof Wanted>

export interface AuditView {
  readonly title: string
  readonly section: 'settings'
  readonly wanted: Wanted
  readonly actions: readonly string[]
  readonly events: readonly {
    readonly at: string
    readonly iso: string
    readonly who: string
    readonly address: string
    readonly action: string
    readonly employeeId: number | null
    readonly employee: string | null
    readonly detail: string | null
  }[]
  /** The next page, of earlier ones. */
  readonly earlier: string | null
}

const PAGE_SIZE = 100

export function auditPage({ db, timeStyle }: Site): Router {
  return Router().get('/audit', needsOwner, async (req, res) => {
    const wanted = Wanted.parse(req.query)
    const { who, action, from, to, before } = wanted
    const found = await listAuditEvents(
      db,
      {
        ...(who !== '' && { actor: who }),
        ...(action !== '' && { action }),
        ...(from !== '' && { from: startOfDay(from, timeStyle.timeZone) }),
        ...(to !== '' && { to: endOfDay(to, timeStyle.timeZone) }),
        ...(before !== null && { before }),
      },
      PAGE_SIZE + 1,
    )
    const now = Date.now()
    const events = found.slice(0, PAGE_SIZE)
    const last = found.length > PAGE_SIZE ? events.at(-1) : undefined
    show(res, 'audit', {
      title: 'Audit',
      section: 'settings',
      wanted,
      actions: await auditActions(db),
      events: events.map(({ at, actor, address, ...event }) => ({
        ...event,
        at: dayAndTime(at, now, timeStyle),
        iso: new Date(at).toISOString(),
        who: actor,
        address: address ?? '–',
      })),
      earlier: last ? `/audit?${new URLSearchParams({ who, action, from, to, before: `${last.id}` })}` : null,
    })
  })
}
