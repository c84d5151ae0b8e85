/** Imports: what a file would do, and doing it, all of it or nothing. */
import { createHash } from 'node:crypto'
import { CsvRefused, readCsv } from '../csv/reading.js'
import type { Database } from '../store/database.js'
import { listKnownEmployees } from '../store/employees.js'
import { applyEmployees, applyJobs, findUpload, type ImportKind, removeUpload, type Upload } from '../store/imports.js'
import { listJobs } from '../store/jobs.js'
import { type Column, columnsOf } from './columns.js'
import { EMPLOYEE_COLUMNS, planEmployees } from './employee-plan.js'
import type { Change, Fate, FateKind } from './fate.js'
import { countFates } from './fate.js'
import { JOB_COLUMNS, planJobs } from './job-plan.js'

/** A row's fate, whatever the table is of. */
export interface RowFate {
  readonly row: number
  readonly name: string
  readonly kind: FateKind
  /** Of a changed one. */
  readonly changes: readonly Change[]
  /** Of a refused one. */
  readonly why: string | null
}

export interface Preview {
  readonly fates: readonly RowFate[]
  readonly counts: Readonly<Record<FateKind, number>>
  /** Columns of the file that mean nothing here. */
  readonly ignored: readonly string[]
  /** Tells this preview from one that is different in any row. */
  readonly digest: string
}

export type ImportResult =
  | { readonly kind: 'done'; readonly counts: Preview['counts'] }
  /** Something has changed since the preview: nothing was done. */
  | { readonly kind: 'different' }
  /** The file was applied, replaced or is too old. */
  | { readonly kind: 'gone' }

/** What a table is of: its columns, and what becomes of them. */
interface Kind {
  readonly columns: readonly Column<string>[]
  /** Plans against what there is, and gives how to apply that plan. */
  plan(db: Database, upload: Upload): Promise<Plan>
}

interface Plan {
  readonly preview: Preview
  apply(trx: Database, actor: string): Promise<void>
}

export const IMPORTS: Readonly<Record<ImportKind, Kind>> = {
  employees: {
    columns: EMPLOYEE_COLUMNS,
    async plan(db, { file }) {
      const table = columnsOf(await readCsv(file), EMPLOYEE_COLUMNS, 'name')
      const fates = planEmployees(table.rows, await listKnownEmployees(db))
      return {
        preview: previewOf(fates, table.ignored),
        apply: (trx, actor) => applyEmployees(trx, fates.filter(isNew), fates.filter(isChanged), actor),
      }
    },
  },
  jobs: {
    columns: JOB_COLUMNS,
    async plan(db, { file }) {
      const table = columnsOf(await readCsv(file), JOB_COLUMNS, 'name')
      const fates = planJobs(table.rows, await listJobs(db))
      return {
        preview: previewOf(fates, table.ignored),
        apply: (trx, actor) => applyJobs(trx, fates.filter(isNew), fates.filter(isChanged), actor),
      }
    },
  },
}

/** What the upload would do now. @throws CsvRefused */
export async function previewImport(db: Database, kind: ImportKind, upload: Upload): Promise<Preview> {
  return (await IMPORTS[kind].plan(db, upload)).preview
}

/** Applies every row that is not refused, in one transaction, if that is what the admin saw. */
export async function applyImport(
  db: Database,
  kind: ImportKind,
  wanted: { id: number; digest: string },
  admin: { id: number; email: string },
): Promise<ImportResult> {
  const upload = await findUpload(db, kind, wanted.id, admin.id)
  if (!upload) return { kind: 'gone' }
  return db.transaction().execute(async trx => {
    if (!(await findUpload(trx, kind, wanted.id, admin.id))) return { kind: 'gone' }
    const plan = await IMPORTS[kind].plan(trx, upload)
    if (plan.preview.digest !== wanted.digest) return { kind: 'different' }
    await plan.apply(trx, admin.email)
    await removeUpload(trx, upload.id)
    return { kind: 'done', counts: plan.preview.counts }
  })
}

export { CsvRefused }

function previewOf(fates: readonly Fate<unknown, unknown>[], ignored: readonly string[]): Preview {
  const rows = fates.map(fate => ({
    row: fate.row,
    name: fate.name,
    kind: fate.kind,
    changes: fate.kind === 'changed' ? fate.changes : [],
    why: fate.kind === 'refused' ? fate.why : null,
  }))
  const digest = createHash('sha256')
  for (const fate of fates) digest.update(JSON.stringify(fate))
  return { fates: rows, counts: countFates(fates), ignored, digest: digest.digest('hex') }
}

function isNew<E, D>(fate: Fate<E, D>): fate is Extract<Fate<E, D>, { kind: 'new' }> {
  return fate.kind === 'new'
}

function isChanged<E, D>(fate: Fate<E, D>): fate is Extract<Fate<E, D>, { kind: 'changed' }> {
  return fate.kind === 'changed'
}
