/** What receivers are told of a punch: what `/api/v1/punches` says of it, and a little more. */
import { randomUUID } from 'node:crypto'
import type { Instant } from '../clock/time.js'
import type { SentPunch } from '../store/webhook-deliveries.js'
import type { Message } from './request.js'

/**
 * The same id for each attempt. The instant belongs to it: after a restored backup, the number of a punch that was lost
 * names another one.
 */
export function punchMessage(punch: SentPunch): Message {
  const { isAssigned, at, committedAt, ...rest } = punch
  return {
    id: `punch-${punch.id}-${committedAt}`,
    type: 'punch',
    at: committedAt,
    data: { ...rest, at: iso(at), committedAt: iso(committedAt), assigned: isAssigned },
  }
}

export function testMessage(): Message {
  return { id: `test-${randomUUID()}`, type: 'test', at: Date.now(), data: {} }
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}
