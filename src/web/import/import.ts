/** Importing employees or jobs from a CSV file: the choice of the file, the preview, the press that applies it. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { CsvRefused } from '../../csv/reading.js'
import type { FateKind } from '../../import/fate.js'
import { applyImport, IMPORTS, type Preview, previewImport, type RowFate } from '../../import/import.js'
import { findUpload, type ImportKind, keepUpload, type Upload } from '../../store/imports.js'
import { needsAdmin, needsReader, signedIn } from '../accounts/sign-in.js'
import { PageRefused } from '../errors.js'
import { done } from '../notice.js'
import { rowId } from '../row-id.js'
import type { Site } from '../site.js'
import { show } from '../views.js'
import { oneFile } from './upload.js'

export interface ImportView {
  readonly title: string
  readonly section: ImportKind
  readonly columns: readonly string[]
  readonly fault: string | null
}

export interface ImportPreviewView {
  readonly title: string
  readonly section: ImportKind
  readonly id: number
  readonly fileName: string
  readonly counts: Preview['counts']
  /** Rows that one press applies. */
  readonly good: number
  readonly ignored: readonly string[]
  readonly digest: string
  /** Something had changed since the preview before. */
  readonly isDifferent: boolean
  readonly filters: readonly {
    readonly kind: FateKind
    readonly count: number
    readonly url: string
    readonly isCurrent: boolean
  }[]
  readonly rows: readonly RowFate[]
  readonly previous: string | null
  readonly next: string | null
}

const PAGE_SIZE = 100
const KINDS = ['refused', 'new', 'changed', 'unchanged'] as const

const Wanted = z.object({
  show: z.enum(KINDS).nullable().catch(null),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
const Digest = z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/) })

export function importing(site: Site, kind: ImportKind): Router {
  const { db } = site
  const router = Router()
  const title = `Import ${kind}`

  router.get(`/${kind}/import`, needsReader, (_req, res) => showChoice(res, null))

  router.post(`/${kind}/import`, needsAdmin, oneFile, async (req, res) => {
    if (!req.file || req.file.size === 0) return showChoice(res, 'Choose a file that is not empty.')
    // Multipart file names come as bytes; they are shown, nothing else.
    const fileName = Buffer.from(req.file.originalname, 'latin1').toString('utf8').slice(0, 200)
    const upload = { kind, adminId: signedIn(res).id, fileName, file: req.file.buffer }
    try {
      await previewImport(db, kind, { id: 0, ...upload })
    } catch (error) {
      if (!(error instanceof CsvRefused)) throw error
      return showChoice(res, error.message)
    }
    res.redirect(303, addressOf(await keepUpload(db, upload)))
  })

  router.get(`/${kind}/import/:id`, needsReader, async (req, res) => {
    const upload = await uploadOf(req, res)
    if (!upload) throw new PageRefused(410, `This file was imported already, or is no longer kept. Choose it again.`)
    await showPreview(req, res, upload, false)
  })

  router.post(`/${kind}/import/:id`, needsAdmin, express.urlencoded({ extended: false }), async (req, res) => {
    const form = Digest.safeParse(req.body)
    if (!form.success) throw new PageRefused(400, 'Use the button of the preview.')
    const result = await applyImport(db, kind, { id: rowId(req.params.id), digest: form.data.digest }, signedIn(res))
    switch (result.kind) {
      case 'done': {
        const { new: added, changed, refused } = result.counts
        const left = refused === 0 ? '' : ` ${refused} refused ${refused === 1 ? 'row was' : 'rows were'} left out.`
        return done(site, req, res, `/${kind}`, `The import is done: ${added} added, ${changed} changed.${left}`)
      }
      case 'gone':
        return done(
          site,
          req,
          res,
          `/${kind}`,
          'That file was imported already, or is no longer kept. Nothing was done now.',
        )
      case 'different': {
        const upload = await uploadOf(req, res)
        if (!upload) throw new PageRefused(410, 'This file is no longer kept. Choose it again.')
        return showPreview(req, res, upload, true)
      }
    }
  })

  function uploadOf(req: Request, res: Response): Promise<Upload | null> {
    return findUpload(db, kind, rowId(req.params.id), signedIn(res).id)
  }

  function showChoice(res: Response, fault: string | null): void {
    res.status(fault ? 422 : 200)
    const columns = IMPORTS[kind].columns.map(({ heading }) => heading)
    show(res, 'import', { title, section: kind, columns, fault })
  }

  async function showPreview(req: Request, res: Response, upload: Upload, isDifferent: boolean): Promise<void> {
    const preview = await previewImport(db, kind, upload)
    const { fates, counts } = preview
    const wanted = Wanted.parse(req.query)
    const shown = wanted.show ?? KINDS.find(fate => counts[fate] > 0) ?? 'unchanged'
    const rows = fates.filter(fate => fate.kind === shown)
    const start = (wanted.page - 1) * PAGE_SIZE
    res.status(isDifferent ? 409 : 200)
    show(res, 'import-preview', {
      title,
      section: kind,
      id: upload.id,
      fileName: upload.fileName,
      counts,
      good: counts.new + counts.changed,
      ignored: preview.ignored,
      digest: preview.digest,
      isDifferent,
      filters: KINDS.map(fate => ({
        kind: fate,
        count: counts[fate],
        url: addressOf(upload.id, fate),
        isCurrent: fate === shown,
      })),
      rows: rows.slice(start, start + PAGE_SIZE),
      previous: wanted.page > 1 ? addressOf(upload.id, shown, wanted.page - 1) : null,
      next: rows.length > start + PAGE_SIZE ? addressOf(upload.id, shown, wanted.page + 1) : null,
    })
  }

  function addressOf(id: number, fate?: FateKind, page = 1): string {
    const query = new URLSearchParams({ ...(fate && { show: fate }), ...(page > 1 && { page: `${page}` }) })
    return `/${kind}/import/${id}${query.size > 0 ? `?${query}` : ''}`
  }

  return router
}
