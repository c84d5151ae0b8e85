/** Webhooks: where each punch is sent, and the secret that signs what is sent there. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Instant } from '../clock/time.js'
import { audit } from './audit-events.js'
import type { Database } from './database.js'
import type { LinkKey } from './setup-links.js'
import { cancelDeliveries } from './webhook-deliveries.js'

/** The webhook was not added. The message says why. */
export class WebhookRefused extends Error {}

export interface Webhook {
  readonly id: number
  readonly url: string
  readonly nonce: string
  readonly createdAt: Instant
  readonly createdBy: string
}

export const LONGEST_URL = 2000

/**
 * The secret that the receiver checks signatures with, as Standard Webhooks writes it. It is made of the nonce and a key
 * outside the database; no setup link's nonce begins like this.
 */
export function webhookSecret(key: LinkKey, nonce: string): string {
  return `whsec_${createHmac('sha256', key.linkSecret).update(`webhook:${nonce}`).digest('base64')}`
}

/** Sends each punch from now on to `address`; gives the webhook's number. @throws WebhookRefused */
export async function addWebhook(db: Database, address: string, actor: string): Promise<number> {
  const url = checkedUrl(address)
  return db.transaction().execute(async trx => {
    if (await findByUrl(trx, url.href)) throw new WebhookRefused('Punches are sent to this address already.')
    const { id } = await trx
      .insertInto('webhooks')
      .values({
        url: url.href,
        nonce: randomBytes(32).toString('base64url'),
        created_at: Date.now(),
        created_by: actor,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await audit(trx, { actor, action: 'webhook added', detail: withoutQuery(url) })
    return id
  })
}

/** Ends a webhook and cancels what waits for it. False: there was none, or it had ended. */
export async function endWebhook(db: Database, id: number, actor: string): Promise<boolean> {
  return db.transaction().execute(async trx => {
    const webhook = await findWebhook(trx, id)
    if (!webhook) return false
    await trx.updateTable('webhooks').set({ ended_at: Date.now(), ended_by: actor }).where('id', '=', id).execute()
    await cancelDeliveries(trx, id)
    await audit(trx, { actor, action: 'webhook removed', detail: withoutQuery(new URL(webhook.url)) })
    return true
  })
}

/** The webhooks that have not ended, the oldest first. */
export async function listWebhooks(db: Database): Promise<Webhook[]> {
  return (await activeWebhooks(db).orderBy('id').execute()).map(toWebhook)
}

/** The webhook; null when there is none, or it has ended. */
export async function findWebhook(db: Database, id: number): Promise<Webhook | null> {
  const row = await activeWebhooks(db).where('id', '=', id).executeTakeFirst()
  return row ? toWebhook(row) : null
}

async function findByUrl(db: Database, url: string): Promise<boolean> {
  return (await activeWebhooks(db).where('url', '=', url).executeTakeFirst()) !== undefined
}

function activeWebhooks(db: Database) {
  return db
    .selectFrom('webhooks')
    .where('ended_at', 'is', null)
    .select(['id', 'url', 'nonce', 'created_at', 'created_by'])
}

function toWebhook(row: { id: number; url: string; nonce: string; created_at: Instant; created_by: string }): Webhook {
  return { id: row.id, url: row.url, nonce: row.nonce, createdAt: row.created_at, createdBy: row.created_by }
}

function checkedUrl(address: string): URL {
  const text = address.trim()
  if (text.length > LONGEST_URL) throw new WebhookRefused('The address is too long: 2,000 characters at most.')
  if (!URL.canParse(text))
    throw new WebhookRefused('This is no address. One looks like https://timekeeping.example.com/punches.')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new WebhookRefused('The address has to begin with https:// or http://.')
  if (url.username !== '' || url.password !== '')
    throw new WebhookRefused(
      'The address must not hold a user name or a password: everyone with a backup could read them. What is sent is signed instead.',
    )
  if (url.href.length > LONGEST_URL) throw new WebhookRefused('The address is too long: 2,000 characters at most.')
  // What follows # is never sent.
  url.hash = ''
  return url
}

/** For the audit, which is never deleted. */
function withoutQuery(url: URL): string {
  return url.origin + url.pathname
}
