/** Imports: what a file would do, and doing it, all of it or nothing. */
import { createHash } from 'node:crypto'
import { readCsv } from '../csv/reading.js'
import { latestChange } from '../store/audit-events.js'
import type { Database } from '../store/database.js'
import { knownEmployees } from '../store/employees.js'
import { applyEmployees, applyJobs, findUpload, type ImportKind, removeUpload, type Upload } from '../store/imports.js'
import { listJobs } from '../store/jobs.js'
import { paced } from '../turns.js'
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
      const table = await columnsOf(await readCsv(file), EMPLOYEE_COLUMNS, 'name')
      const fates = await planEmployees(table.rows, await knownEmployees(db))
      return {
        preview: await previewOf(fates, table.ignored),
        apply: (trx, actor) => applyEmployees(trx, fates.filter(isNew), fates.filter(isChanged), actor),
      }
    },
  },
  jobs: {
    columns: JOB_COLUMNS,
    async plan(db, { file }) {
      const table = await columnsOf(await readCsv(file), JOB_COLUMNS, 'name')
      const fates = await planJobs(table.rows, await listJobs(db))
      return {
        preview: await previewOf(fates, table.ignored),
        apply: (trx, actor) => applyJobs(trx, fates.filter(isNew), fates.filter(isChanged), actor),
      }
    },
  },
}

/** What the upload would do now. @throws CsvRefused */
export async function previewImport(db: Database, kind: ImportKind, upload: Upload): Promise<Preview> {
  return (await IMPORTS[kind].plan(db, upload)).preview
}

/** How often it is planned anew when something changes while it is planned. */
const TRIES = 5

/** Applies every row that is not refused, in one transaction, if that is what the admin saw. */
export async function applyImport(
  db: Database,
  kind: ImportKind,
  wanted: { id: number; digest: string },
  admin: { id: number; email: string },
): Promise<ImportResult> {
  for (let tries = 0; tries < TRIES; tries++) {
    const upload = await findUpload(db, kind, wanted.id, admin.id)
    if (!upload) return { kind: 'gone' }
    // Planned before the transaction, which punches wait for.
    const before = await latestChange(db)
    const plan = await IMPORTS[kind].plan(db, upload)
    if (plan.preview.digest !== wanted.digest) return { kind: 'different' }
    const isDone = await db.transaction().execute(async trx => {
      if ((await latestChange(trx)) !== before || !(await removeUpload(trx, upload.id))) return false
      await plan.apply(trx, admin.email)
      return true
    })
    if (isDone) return { kind: 'done', counts: plan.preview.counts }
  }
  return { kind: 'different' }
}

async function previewOf(fates: readonly Fate<unknown, unknown>[], ignored: readonly string[]): Promise<Preview> {
  const rows: RowFate[] = []
  const digest = createHash('sha256')
  for await (const fate of paced(fates)) {
    rows.push({
      row: fate.row,
      name: fate.name,
      kind: fate.kind,
      changes: fate.kind === 'changed' ? fate.changes : [],
      why: fate.kind === 'refused' ? fate.why : null,
    })
    digest.update(JSON.stringify(fate))
  }
  return { fates: rows, counts: countFates(fates), ignored, digest: digest.digest('hex') }
}

function isNew<E, D>(fate: Fate<E, D>): fate is Extract<Fate<E, D>, { kind: 'new' }> {
  return fate.kind === 'new'
}

function isChanged<E, D>(fate: Fate<E, D>): fate is Extract<Fate<E, D>, { kind: 'changed' }> {
  return fate.kind === 'changed'
}
