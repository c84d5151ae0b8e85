/** Clock locations: naming the numbers that people clock from. */
import express, { type Response, Router } from 'express'
import { z } from 'zod'
import {
  addClockLocation,
  type ClockLocation,
  listClockLocations,
  removeClockLocation,
} from '../store/clock-locations.js'
import { needsAdmin, needsReader, signedIn } from './accounts/sign-in.js'
import { readFields } from './form.js'
import { done } from './notice.js'
import { rowId } from './row-id.js'
import type { Site } from './site.js'
import { type FieldFault, show } from './views.js'

interface Typed {
  readonly name: string
  readonly number: string
}

export interface ClockLocationsView {
  readonly title: string
  readonly section: 'settings'
  readonly locations: readonly ClockLocation[]
  readonly typed: Typed
  readonly fault: FieldFault<'name' | 'number'> | null
}

const LONGEST_NAME = 100
const PAGE = '/clock-locations'

const Form = z.object({ name: z.string().trim(), number: z.string().trim() })
const Wanted = z.object({ number: z.string().max(50).catch('') })

export function clockLocations(site: Site): Router {
  const { db } = site
  const router = Router()

  router.get(PAGE, needsReader, async (req, res) => {
    await showPage(res, { name: '', number: Wanted.parse(req.query).number }, null)
  })

  router.post(PAGE, needsAdmin, express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    const typed = readFields(Form, req)
    const fault = faultOf(typed)
    if (fault) return showPage(res, typed, fault)
    const location = { name: typed.name, number: dialled(typed.number) }
    if (!(await addClockLocation(db, location, signedIn(res).email))) {
      return showPage(res, typed, {
        field: 'number',
        sentence: 'This number has a name already. Remove that one first.',
      })
    }
    await done(site, req, res, PAGE, `Calls from ${location.number} show as ${location.name} from now on.`)
  })

  router.post(`${PAGE}/:id/remove`, needsAdmin, async (req, res) => {
    const name = await removeClockLocation(db, rowId(req.params.id), signedIn(res).email)
    const notice = name === null ? 'That clock location had been removed already.' : `${name} is removed.`
    await done(site, req, res, PAGE, notice)
  })

  async function showPage(res: Response, typed: Typed, fault: ClockLocationsView['fault']): Promise<void> {
    const locations = await listClockLocations(db)
    res.status(fault ? 422 : 200)
    show(res, 'clock-locations', { title: 'Clock locations', section: 'settings', locations, typed, fault })
  }

  return router
}

function faultOf({ name, number }: Typed): ClockLocationsView['fault'] {
  if (name === '') return { field: 'name', sentence: 'A clock location needs a name, such as Depot.' }
  if (name.length > LONGEST_NAME) return { field: 'name', sentence: `A name has at most ${LONGEST_NAME} characters.` }
  if (!/^\+?\d{2,20}$/.test(dialled(number))) {
    return { field: 'number', sentence: 'Give the number as Calls shows it, such as +15550102.' }
  }
  return null
}

/** Without what people put between digits. */
function dialled(number: string): string {
  return number.replace(/[\s()./-]/g, '')
}
