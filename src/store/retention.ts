/** What is erased because it is older than is kept. Each step is a small transaction of its own, so that calls never wait. */
import { MONTH } from '../clock/throttle.js'
import { DAY, type Instant } from '../clock/time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import type { RecordingFolder } from './recordings.js'

/** The tables whose rows name recordings. */
const WITH_RECORDINGS = ['voice_checks', 'unclaimed_punches'] as const

/**
 * Says of at most `limit` recordings from before an instant that they are erased: from then on nobody plays them. Doubtful
 * ones, and those of calls that wait for an admin, are kept. Gives how many there were.
 */
export async function eraseRecordings(db: Database, before: Instant, limit: number): Promise<number> {
  const now = Date.now()
  const checks = await db
    .updateTable('voice_checks')
    .set({ erased_at: now })
    .where('id', 'in', erasableChecks(db, before).limit(limit))
    .executeTakeFirst()
  const unclaimed = await db
    .updateTable('unclaimed_punches')
    .set({ erased_at: now })
    .where('id', 'in', erasableUnclaimed(db, before).limit(limit))
    .executeTakeFirst()
  return Number(checks.numUpdatedRows + unclaimed.numUpdatedRows)
}

/** How many recordings `eraseRecordings` would erase in all, counted up to `most`. */
export async function countErasable(db: Database, before: Instant, most: number): Promise<number> {
  const checks = await erasableChecks(db, before).limit(most).execute()
  const unclaimed = await erasableUnclaimed(db, before).limit(most).execute()
  return Math.min(most, checks.length + unclaimed.length)
}

function erasableChecks(db: Database, before: Instant) {
  return db
    .selectFrom('voice_checks')
    .select('id')
    .where('recording', 'is not', null)
    .where('recorded_at', '<', before)
    .where('erased_at', 'is', null)
    .where(eb => eb.or([eb('verdict', 'is', null), eb('verdict', '!=', 'doubtful')]))
    .orderBy('recorded_at')
}

function erasableUnclaimed(db: Database, before: Instant) {
  return db
    .selectFrom('unclaimed_punches')
    .select('id')
    .where('recording', 'is not', null)
    .where('at', '<', before)
    .where('erased_at', 'is', null)
    .where('verdict', 'is not', null)
    .orderBy('at')
}

/**
 * Deletes the files of at most `limit` recordings that are erased already, also of those that an earlier run, killed in
 * between, left behind. Gives how many there were.
 */
export async function removeErasedFiles(db: Database, folder: RecordingFolder, limit: number): Promise<number> {
  let removed = 0
  for (const table of WITH_RECORDINGS) {
    const rows = await db
      .selectFrom(table)
      .select(['id', 'recording'])
      .where('erased_at', 'is not', null)
      .where('recording', 'is not', null)
      .orderBy('id')
      .limit(limit)
      .execute()
    if (rows.length === 0) continue
    await folder.remove(rows.flatMap(({ recording }) => recording ?? []))
    const ids = rows.map(({ id }) => id)
    await db.updateTable(table).set({ recording: null }).where('id', 'in', ids).execute()
    removed += rows.length
  }
  return removed
}

/** Erases one doubtful recording, because an admin says so. Its file goes with `removeErasedFiles`. False: it was not doubtful. */
export async function eraseDoubtful(db: Database, id: number, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const erased = await trx
      .updateTable('voice_checks')
      .set({ erased_at: Date.now() })
      .where('id', '=', id)
      .where('verdict', '=', 'doubtful')
      .where('recording', 'is not', null)
      .where('erased_at', 'is', null)
      .returning('punch_id')
      .executeTakeFirst()
    if (!erased) return false
    const punch = await trx
      .selectFrom('punches')
      .select(['employee_id', 'at'])
      .where('id', '=', erased.punch_id)
      .executeTakeFirstOrThrow()
    await audit(trx, {
      actor,
      action: 'recording erased',
      employeeId: punch.employee_id,
      detail: `of ${new Date(punch.at).toISOString()}`,
    })
    return true
  })
}

/** Removes at most `limit` attempts at PINs that no lock counts any more. Gives how many there were. */
export async function removeOldAttempts(db: Database, now: Instant, limit: number): Promise<number> {
  const old = db
    .selectFrom('pin_attempts')
    .select('id')
    .where('at', '<', now - MONTH)
    .orderBy('at')
    .limit(limit)
  const { numDeletedRows } = await db.deleteFrom('pin_attempts').where('id', 'in', old).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/**
 * Erases number and steps of at most `limit` calls from before an instant, the whole of those that left neither a punch
 * nor an unclaimed punch, and the numbers that nobody has clocked from since. Gives how many calls.
 */
export async function eraseCalls(db: Database, before: Instant, limit: number): Promise<number> {
  const now = Date.now()
  return db.transaction().execute(async trx => {
    const calls = await trx
      .selectFrom('calls')
      .select('id')
      .where('erased_at', 'is', null)
      .where('answered_at', '<', Math.min(before, now - DAY))
      .orderBy('answered_at')
      .limit(limit)
      .execute()
    if (calls.length === 0) return 0
    const ids = calls.map(({ id }) => id)
    await trx.deleteFrom('call_steps').where('call_id', 'in', ids).execute()
    await trx
      .deleteFrom('calls')
      .where('id', 'in', ids)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('punches').select('id').whereRef('punches.call_id', '=', 'calls.id'))),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(selectFrom('unclaimed_punches').select('id').whereRef('unclaimed_punches.call_id', '=', 'calls.id')),
        ),
      )
      .execute()
    await trx
      .deleteFrom('known_numbers')
      .where('latest_at', '<', Math.min(before, now - DAY))
      .execute()
    await trx.updateTable('calls').set({ caller_number: null, erased_at: now }).where('id', 'in', ids).execute()
    return ids.length
  })
}
