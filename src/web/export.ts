/** Downloads for payroll: the time entries of a range of days as CSV. */
import { pipeline } from 'node:stream/promises'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { isDate } from '../calendar.js'
import {
  EXPORT_KINDS,
  EXPORTS,
  type ExportKind,
  type ExportRequest,
  exportCsv,
  exportFileName,
} from '../export/export.js'
import { unknownOf } from '../store/entry-pages.js'
import { needsReader } from './accounts/sign-in.js'
import { PageRefused } from './errors.js'
import { rowId } from './row-id.js'
import type { Site } from './site.js'
import { show } from './views.js'

export interface ExportColumnsView {
  readonly title: string
  readonly section: 'time-entries'
  readonly exports: readonly {
    readonly kind: ExportKind
    readonly title: string
    readonly row: string
    readonly columns: readonly { readonly name: string; readonly holds: string }[]
  }[]
}

const Query = z.object({
  from: z.string().refine(isDate),
  to: z.string().refine(isDate),
  employee: z.string().default(''),
  job: z.string().default(''),
})

/** Serves `/time-entries/export/…`, so it comes before `/time-entries/:id`. */
export function exports(site: Site): Router {
  const router = Router()

  router.get('/time-entries/export', needsReader, (_req, res) => {
    const exports = EXPORT_KINDS.map(kind => ({ kind, ...EXPORTS[kind] }))
    show(res, 'export-columns', { title: 'What the exports hold', section: 'time-entries', exports })
  })

  for (const kind of EXPORT_KINDS) {
    router.get(`/time-entries/export/${kind}.csv`, needsReader, async (req, res) => {
      await send(site, req, res, kind, await requested(site, req))
    })
  }

  return router
}

async function requested({ db, timeStyle }: Site, req: Request): Promise<ExportRequest> {
  const query = Query.safeParse(req.query)
  if (!query.success) {
    throw new PageRefused(422, 'An export needs a first and a last day, written as year-month-day, such as 2026-11-23.')
  }
  const { from, to, employee, job } = query.data
  if (from > to) throw new PageRefused(422, `The first day, ${from}, is after the last, ${to}. Swap the two.`)
  const named = { employeeId: employee === '' ? null : rowId(employee), jobId: job === '' ? null : rowId(job) }
  const unknown = await unknownOf(db, named)
  if (unknown) throw new PageRefused(404, `There is no such ${unknown}, so there is nothing to export.`)
  return { from, to, ...named, timeZone: timeStyle.timeZone }
}

/** Sends the file as fast as the browser takes it; a browser that goes away ends the reading. */
async function send(
  { db, log }: Site,
  req: Request,
  res: Response,
  kind: ExportKind,
  request: ExportRequest,
): Promise<void> {
  res.type('csv').attachment(exportFileName(kind, request))
  if (req.method === 'HEAD') return void res.end()
  try {
    // Whoever downloads opens it in a spreadsheet, and Excel reads names right only with the mark.
    await pipeline(exportCsv(db, kind, request, { byteOrderMark: true }), res)
  } catch (error) {
    // Too late for a page: the connection is cut, so that a browser takes no half file for a whole one.
    if (!res.req.socket.destroyed) log.error({ err: error, kind }, 'an export failed')
    res.destroy()
  }
}
