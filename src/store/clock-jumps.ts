/** What the database is told when the wall clock jumped. */
import type { Instant } from '../clock/time.js'
import { type ClockJump, jumpInWords } from '../clock/wall-clock.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'

/** Keeps a jump as an event, so that an admin sees why a time looks odd. After one back, what waits for its time waits no longer. */
export async function keepJump(db: Database, jump: ClockJump): Promise<void> {
  const { from, to } = jump
  await db.transaction().execute(async trx => {
    const detail = `${jumpInWords(jump)}, from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`
    await audit(trx, { actor: 'clock', action: 'clock jumped', detail })
    if (to > from) return
    for (const queue of ['mail_outbox', 'webhook_deliveries'] as const) {
      await trx
        .updateTable(queue)
        .set(eb => ({ next_attempt_at: eb('next_attempt_at', '-', from - to) }))
        .where('state', '=', 'waiting')
        .where('next_attempt_at', '>', to)
        .execute()
    }
  })
}

/** When the latest punch was written down; null: there is none. */
export async function latestCommit(db: Database): Promise<Instant | null> {
  const latest = await db.selectFrom('punches').select('committed_at').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return latest?.committed_at ?? null
}
