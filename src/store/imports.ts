/** CSV files between their upload and the press that applies them, and what they do to the tables. */
import type { EmployeeDetails } from '../clock/employee.js'
import type { JobDetails } from '../clock/job.js'
import { HOUR } from '../clock/time.js'
import { lots, paced } from '../turns.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { changedFields, columnsOf, deactivate, type KnownEmployee, setActive, update } from './employees.js'
import { type KnownJob, switchJob, updateJob } from './jobs.js'

export type ImportKind = 'employees' | 'jobs'

export interface Upload {
  readonly id: number
  readonly fileName: string
  readonly file: Buffer
}

/** Files hold names and addresses: they are not kept for longer than an admin looks at a preview. */
const KEPT_FOR = HOUR

/** Keeps a file that an admin uploaded, in place of the one before; gives its number. */
export async function keepUpload(
  db: Database,
  upload: { kind: ImportKind; adminId: number; fileName: string; file: Buffer },
): Promise<number> {
  return db.transaction().execute(async trx => {
    const now = Date.now()
    await trx
      .deleteFrom('imports')
      .where(eb =>
        eb.or([
          eb('uploaded_at', '<', now - KEPT_FOR),
          eb.and([eb('admin_id', '=', upload.adminId), eb('kind', '=', upload.kind)]),
        ]),
      )
      .execute()
    const { id } = await trx
      .insertInto('imports')
      .values({
        kind: upload.kind,
        admin_id: upload.adminId,
        uploaded_at: now,
        file_name: upload.fileName,
        file: upload.file,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  })
}

/** An admin's own upload; null: it was applied, replaced or is too old. */
export async function findUpload(db: Database, kind: ImportKind, id: number, adminId: number): Promise<Upload | null> {
  const row = await db
    .selectFrom('imports')
    .select(['id', 'file_name', 'file'])
    .where('id', '=', id)
    .where('kind', '=', kind)
    .where('admin_id', '=', adminId)
    .where('uploaded_at', '>=', Date.now() - KEPT_FOR)
    .executeTakeFirst()
  return row ? { id: row.id, fileName: row.file_name, file: row.file } : null
}

/** Part of the transaction that applies it. False: somebody else has removed it. */
export async function removeUpload(trx: Database, id: number): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('imports').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** Rows of one statement. */
const LOT = 100

/**
 * Adds and changes employees; part of a transaction, which punches wait for: added ones go in by the hundreds. Calls that are
 * at a prompt go on.
 */
export async function applyEmployees(
  trx: Database,
  added: readonly { details: EmployeeDetails; isActive: boolean }[],
  changed: readonly { existing: KnownEmployee; details: EmployeeDetails; isActive: boolean }[],
  actor: string,
): Promise<void> {
  for await (const lot of paced(lots(changed, LOT))) {
    for (const { existing, details, isActive } of lot) {
      if (changedFields(existing, details).length > 0) await update(trx, existing, details, actor)
      if (existing.isActive && !isActive) await deactivate(trx, existing.id, actor)
      if (!existing.isActive && isActive) await setActive(trx, existing.id, actor)
    }
  }
  const now = Date.now()
  for await (const lot of paced(lots(added, LOT))) {
    const rows = await trx
      .insertInto('employees')
      .values(
        lot.map(({ details, isActive }) => ({
          ...columnsOf(details),
          active: isActive ? (1 as const) : (0 as const),
          created_at: now,
        })),
      )
      .returning('id')
      .execute()
    await audit(trx, ...rows.map(({ id }) => ({ actor, action: 'employee added' as const, employeeId: id })))
  }
}

/** Adds and changes jobs; part of a transaction. Codes may change places. */
export async function applyJobs(
  trx: Database,
  added: readonly { details: JobDetails; isActive: boolean }[],
  changed: readonly { existing: KnownJob; details: JobDetails; isActive: boolean }[],
  actor: string,
): Promise<void> {
  for (const lot of lots(changed, LOT)) {
    const ids = lot.map(({ existing }) => existing.id)
    await trx.updateTable('jobs').set({ phone_code: null }).where('id', 'in', ids).execute()
  }
  for (const { existing, details, isActive } of changed) {
    if (existing.isActive && !isActive) await switchJob(trx, existing, false, actor)
    await updateJob(trx, existing, details, actor)
    if (!existing.isActive && isActive) await switchJob(trx, { ...existing, ...details }, true, actor)
  }
  const now = Date.now()
  for (const lot of lots(added, LOT)) {
    await trx
      .insertInto('jobs')
      .values(
        lot.map(({ details, isActive }) => ({
          name: details.name,
          phone_code: details.phoneCode,
          active: isActive ? (1 as const) : (0 as const),
          created_at: now,
        })),
      )
      .execute()
    await audit(trx, ...lot.map(({ details }) => ({ actor, action: 'job added' as const, detail: details.name })))
  }
}
