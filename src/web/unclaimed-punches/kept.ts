/** Calls that the PBX kept while Punchline was away: confirmed or refused, as many at once as are ticked. */
import express, { Router } from 'express'
import { z } from 'zod'
import { dayAndTime } from '../../shown-time.js'
import { type Confirmed, confirmKeptCalls } from '../../store/confirming.js'
import { refuseUnclaimedPunch, SettlingRefused } from '../../store/unclaimed-punches.js'
import { needsAdmin, signedIn } from '../accounts/sign-in.js'
import { readFields } from '../form.js'
import { done } from '../notice.js'
import type { Site } from '../site.js'
import { reasonFault } from './settle.js'

const KEPT = '/unclaimed-punches?list=kept'
/** A page of the list has 50. */
const MOST = 50

const Id = z.coerce.number().int().min(1)
const Ticked = z.object({
  id: z
    .union([Id.transform(id => [id]), z.array(Id).max(MOST)])
    .optional()
    .transform((ids = []) => [...new Set(ids)]),
  reason: z.string().trim().default(''),
})

export function keptCallSettling(site: Site): Router {
  const { db, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.post('/unclaimed-punches/kept/confirm', needsAdmin, form, async (req, res) => {
    const { id: ids } = readFields(Ticked, req)
    const confirmed = await confirmKeptCalls(db, { ids, actor: signedIn(res).email })
    const now = Date.now()
    const left = confirmed.left.map(
      ({ at, why }) => `The call of ${dayAndTime(at, now, timeStyle)} still waits: ${why}`,
    )
    await done(site, req, res, KEPT, [whatBecame(confirmed), ...left].join(' '))
  })

  router.post('/unclaimed-punches/kept/refuse', needsAdmin, form, async (req, res) => {
    const { id: ids, reason } = readFields(Ticked, req)
    const fault = reasonFault(reason)
    if (fault !== null) return done(site, req, res, KEPT, `Nothing is refused yet. ${fault}`)
    let refused = 0
    for (const id of ids) {
      try {
        await refuseUnclaimedPunch(db, { id, reason, actor: signedIn(res).email })
        refused++
      } catch (error) {
        if (!(error instanceof SettlingRefused)) throw error
      }
    }
    await done(site, req, res, KEPT, refused === 1 ? '1 call is refused.' : `${refused} calls are refused.`)
  })

  return router
}

function whatBecame({ clockIns, clockOuts }: Confirmed): string {
  if (clockIns + clockOuts === 0) return 'No call is confirmed.'
  const parts = [counted(clockIns, 'clock-in'), counted(clockOuts, 'clock-out')].filter(part => part !== null)
  return `Confirmed: ${parts.join(' and ')}.`
}

function counted(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}${count === 1 ? '' : 's'}`
}
