/** The chain of audit events: each carries a hash over itself and the one before, so that none can be changed or taken out unseen. */
import { createHash } from 'node:crypto'
import type { Instant } from '../clock/time.js'
import type { Database } from './database.js'
import { latestRowIdEver } from './sqlite.js'

export interface ChainedEvent {
  readonly at: Instant
  readonly actor: string
  readonly address: string | null
  readonly action: string
  readonly employeeId: number | null
  readonly detail: string | null
}

/** The hash of an event that follows the one with the hash `before`; that of the first follows ''. */
export function eventHash(before: string, event: ChainedEvent): string {
  const { at, actor, address, action, employeeId, detail } = event
  const content = JSON.stringify([at, actor, address, action, employeeId, detail])
  return createHash('sha256').update(`${before}\n${content}`).digest('hex')
}

/** The hash of the latest event; '' when there is none. */
export async function latestHash(trx: Database): Promise<string> {
  const row = await trx.selectFrom('audit_events').select('hash').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row?.hash ?? ''
}

/** What became of the chain. */
export type ChainVerdict =
  /** Whole. Noted elsewhere, `latestHash` proves later that nothing up to here was changed. */
  | { readonly kind: 'whole'; readonly events: number; readonly latestHash: string }
  /** The first event that does not follow from the one before it: it was changed, or something before it was taken out. */
  | { readonly kind: 'broken'; readonly id: number; readonly at: Instant }
  /** The latest events are gone. */
  | { readonly kind: 'cut off'; readonly events: number }
  /** The hash that was noted is not in the chain. */
  | { readonly kind: 'not included'; readonly events: number }

const AT_ONCE = 1000

/** Goes through the whole chain. `noted`: a hash that was the latest once, and must still be in it. */
export async function verifyChain(db: Database, noted: string | null): Promise<ChainVerdict> {
  let before = ''
  let events = 0
  let latestId = 0
  let isIncluded = noted === null
  for (;;) {
    const rows = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('id', '>', latestId)
      .orderBy('id')
      .limit(AT_ONCE)
      .execute()
    for (const { id, hash, employee_id: employeeId, ...event } of rows) {
      if (hash !== eventHash(before, { ...event, employeeId })) return { kind: 'broken', id, at: event.at }
      before = hash
      latestId = id
      events += 1
      isIncluded ||= hash === noted
    }
    if (rows.length < AT_ONCE) break
  }
  if ((await latestRowIdEver(db, 'audit_events')) > latestId) return { kind: 'cut off', events }
  return isIncluded ? { kind: 'whole', events, latestHash: before } : { kind: 'not included', events }
}
