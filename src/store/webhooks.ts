/** Webhooks, and what waits to be delivered to them. */
import type { Database } from './database.js'

/** Queues a punch for every webhook; part of the punch's transaction. */
export async function queueDeliveries(trx: Database, punchId: number): Promise<void> {
  const now = Date.now()
  await trx
    .insertInto('webhook_deliveries')
    .columns(['webhook_id', 'punch_id', 'queued_at', 'next_attempt_at'])
    .expression(eb =>
      eb
        .selectFrom('webhooks')
        .where('ended_at', 'is', null)
        .select(['id', eb.lit(punchId).as('punch_id'), eb.lit(now).as('queued_at'), eb.lit(now).as('next_attempt_at')]),
    )
    .execute()
}
