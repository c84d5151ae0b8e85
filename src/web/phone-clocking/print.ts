/** What is printed: a sheet for the wall, and a card for each employee. Never a PIN. */
import { Router } from 'express'
import { z } from 'zod'
import { readRoster } from '../../store/roster.js'
import { needsReader } from '../accounts/sign-in.js'
import { type JobStep, jobStep } from '../job-step.js'
import type { Site } from '../site.js'
import { show } from '../views.js'

export interface WallSheetView extends JobStep {
  readonly title: string
  readonly section: 'phone-clocking'
}

export interface CardsView extends WallSheetView {
  readonly cards: readonly { readonly name: string; readonly phoneClockId: string }[]
  /** Those who have no phone clock ID yet. */
  readonly withoutId: number
}

const Wanted = z.object({ employee: z.coerce.number().int().optional().catch(undefined) })

export function phoneClockingPrint({ db }: Site): Router {
  const router = Router()

  router.get('/phone-clocking/sheet', needsReader, async (_req, res) => {
    show(res, 'wall-sheet', { title: 'Sheet for the wall', section: 'phone-clocking', ...(await jobStep(db)) })
  })

  router.get('/phone-clocking/cards', needsReader, async (req, res) => {
    const { employee } = Wanted.parse(req.query)
    const roster = await readRoster(db, Date.now(), employee === undefined ? undefined : [employee])
    const cards = roster.flatMap(({ name, phoneClockId }) => (phoneClockId === null ? [] : [{ name, phoneClockId }]))
    show(res, 'cards', {
      title: 'Cards',
      section: 'phone-clocking',
      cards,
      withoutId: roster.length - cards.length,
      ...(await jobStep(db)),
    })
  })

  return router
}
