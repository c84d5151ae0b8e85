/** Jobs, and the phone codes that name them on the phone. */
import { type JobDetails, jobFault } from '../clock/job.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { isUniqueViolation } from './sqlite.js'

export interface Job {
  readonly id: number
  readonly name: string
  readonly phoneCode: string | null
}

/** A job with all that is known. */
export interface KnownJob extends Job {
  readonly isActive: boolean
  readonly revision: number
}

export type { JobDetails } from '../clock/job.js'

/** A job can't be so. The message says why. */
export class JobRefused extends Error {
  readonly field: keyof JobDetails
  constructor({ field, sentence }: { field: keyof JobDetails; sentence: string }) {
    super(sentence)
    this.field = field
  }
}

/** Adds an active job; gives its number. @throws JobRefused */
export async function addJob(db: Database, job: JobDetails, actor: string): Promise<number> {
  return db.transaction().execute(async trx => {
    await refuseFaults(trx, job, null)
    const { id } = await trx
      .insertInto('jobs')
      .values({ name: job.name, phone_code: job.phoneCode, created_at: Date.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(codeTaken(job))
    await audit(trx, { actor, action: 'job added', detail: job.name })
    return id
  })
}

/**
 * Gives a job another name or code, if it is still as the admin saw it. Null: there is no such job.
 * @throws JobRefused
 */
export async function changeJob(
  db: Database,
  id: number,
  seenRevision: number,
  details: JobDetails,
  actor: string,
): Promise<'changed' | 'unchanged' | 'stale' | null> {
  return db.transaction().execute(async trx => {
    const before = await findJob(trx, id)
    if (!before) return null
    if (before.name === details.name && before.phoneCode === details.phoneCode) return 'unchanged'
    if (before.revision !== seenRevision) return 'stale'
    await refuseFaults(trx, details, before)
    await updateJob(trx, before, details, actor)
    return 'changed'
  })
}

/** Writes details that were judged before; part of a transaction. @throws JobRefused */
export async function updateJob(trx: Database, before: KnownJob, details: JobDetails, actor: string): Promise<void> {
  await trx
    .updateTable('jobs')
    .set(eb => ({ name: details.name, phone_code: details.phoneCode, revision: eb('revision', '+', 1) }))
    .where('id', '=', before.id)
    .execute()
    .catch(codeTaken(details))
  await audit(trx, { actor, action: 'job changed', detail: `${shown(before)} → ${shown(details)}` })
}

/**
 * Ends a job's code at once, or brings job and code back; what was clocked for it stays. False: it is so already.
 * @throws JobRefused when another active job has its name or code by now
 */
export async function setJobActive(db: Database, id: number, active: boolean, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const job = await findJob(trx, id)
    if (!job || job.isActive === active) return false
    if (active) await refuseTakenName(trx, job.name, id)
    await switchJob(trx, job, active, actor)
    return true
  })
}

/** Part of a transaction. @throws JobRefused */
export async function switchJob(trx: Database, job: KnownJob, active: boolean, actor: string): Promise<void> {
  await trx
    .updateTable('jobs')
    .set(eb => ({ active: active ? (1 as const) : (0 as const), revision: eb('revision', '+', 1) }))
    .where('id', '=', job.id)
    .execute()
    .catch(codeTaken(job))
  await audit(trx, { actor, action: active ? 'job activated' : 'job deactivated', detail: job.name })
}

/** Every job, the active ones first, by name. */
export async function listJobs(db: Database): Promise<KnownJob[]> {
  const rows = await known(db).execute()
  return rows
    .map(toKnown)
    .sort((one, other) => Number(other.isActive) - Number(one.isActive) || byName.compare(one.name, other.name))
}

export async function findJob(db: Database, id: number): Promise<KnownJob | null> {
  const row = await known(db).where('id', '=', id).executeTakeFirst()
  return row ? toKnown(row) : null
}

async function refuseFaults(trx: Database, details: JobDetails, before: KnownJob | null): Promise<void> {
  const fault = jobFault(details)
  if (fault) throw new JobRefused(fault)
  if (before?.isActive ?? true) await refuseTakenName(trx, details.name, before?.id ?? 0)
}

async function refuseTakenName(trx: Database, name: string, except: number): Promise<void> {
  const other = await trx
    .selectFrom('jobs')
    .select('id')
    .where(eb => eb.fn<string>('lower', ['name']), '=', name.toLowerCase())
    .where('active', '=', 1)
    .where('id', '<>', except)
    .executeTakeFirst()
  if (other) throw new JobRefused({ field: 'name', sentence: `There is an active job called ${name}.` })
}

/** The index on the codes of active jobs says no. */
function codeTaken({ phoneCode }: JobDetails) {
  return (error: unknown): never => {
    if (!isUniqueViolation(error)) throw error
    throw new JobRefused({ field: 'phoneCode', sentence: `Another active job has the phone code ${phoneCode}.` })
  }
}

function shown({ name, phoneCode }: JobDetails): string {
  return phoneCode === null ? name : `${name} (${phoneCode})`
}

function known(db: Database) {
  return db.selectFrom('jobs').select(['id', 'name', 'phone_code', 'active', 'revision'])
}

function toKnown(row: Awaited<ReturnType<ReturnType<typeof known>['execute']>>[number]): KnownJob {
  return { id: row.id, name: row.name, phoneCode: row.phone_code, isActive: row.active === 1, revision: row.revision }
}

const byName = new Intl.Collator('en')

/** Whether there is a job to ask for on the phone. */
export async function anyJobHasPhoneCode(db: Database): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .select('id')
    .where('active', '=', 1)
    .where('phone_code', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function findJobByPhoneCode(db: Database, phoneCode: string): Promise<Job | null> {
  const row = await db
    .selectFrom('jobs')
    .select(['id', 'name', 'phone_code'])
    .where('active', '=', 1)
    .where('phone_code', '=', phoneCode)
    .executeTakeFirst()
  return row ? { id: row.id, name: row.name, phoneCode: row.phone_code } : null
}
