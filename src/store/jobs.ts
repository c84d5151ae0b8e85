/** Jobs, and the phone codes that name them on the phone. */
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import { isUniqueViolation } from './sqlite.js'

export interface Job {
  readonly id: number
  readonly name: string
  readonly phoneCode: string | null
}

/** Another active job has that phone code. */
export class PhoneCodeTaken extends Error {}

/** @throws PhoneCodeTaken */
export async function addJob(
  db: Database,
  job: { name: string; phoneCode: string | null },
  actor: string,
): Promise<number> {
  return db.transaction().execute(async trx => {
    const { id } = await trx
      .insertInto('jobs')
      .values({ name: job.name, phone_code: job.phoneCode, created_at: Date.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(error => {
        throw isUniqueViolation(error)
          ? new PhoneCodeTaken(`Another active job has the phone code ${job.phoneCode}.`)
          : error
      })
    await audit(trx, { actor, action: 'job added', detail: job.name })
    return id
  })
}

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
