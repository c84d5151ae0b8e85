/** Webhooks: where punches are sent, and how that goes. */
import express, { type Response, Router } from 'express'
import { z } from 'zod'
import type { Instant, TimeStyle } from '../clock/time.js'
import { timeSeenFrom } from '../shown-time.js'
import type { Database } from '../store/database.js'
import { countDeliveries, nextDelivery } from '../store/webhook-deliveries.js'
import { addWebhook, listWebhooks, type Webhook, WebhookRefused } from '../store/webhooks.js'
import { needsOwner, signedIn } from './accounts/sign-in.js'
import { done } from './notice.js'
import type { Site } from './site.js'
import { type FieldFault, show } from './views.js'

export interface WebhooksView {
  readonly title: string
  readonly section: 'settings'
  readonly webhooks: readonly { readonly id: number; readonly url: string; readonly standing: Standing }[]
  /** What was typed. */
  readonly url: string
  readonly fault: FieldFault<'url'> | null
}

/** How it goes with a webhook. */
export interface Standing {
  readonly waiting: number
  readonly failed: number
  /** Why the first that waits was not taken, and when it is tried next; null when all goes well. */
  readonly trouble: string | null
}

const WebhookForm = z.object({ url: z.string() })

export function webhooks(site: Site): Router {
  const { db, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/webhooks', needsOwner, async (_req, res) => {
    await showWebhooks(res, '', null)
  })

  router.post('/webhooks', needsOwner, form, async (req, res) => {
    const { url } = WebhookForm.catch({ url: '' }).parse(req.body)
    try {
      const id = await addWebhook(db, url, signedIn(res).email)
      site.webhooks.wake()
      await done(site, req, res, `/webhooks/${id}`, 'Each punch from now on is sent to this address.')
    } catch (error) {
      if (!(error instanceof WebhookRefused)) throw error
      await showWebhooks(res, url, error.message)
    }
  })

  async function showWebhooks(res: Response, url: string, fault: string | null): Promise<void> {
    const rows = []
    for (const webhook of await listWebhooks(db)) {
      rows.push({ id: webhook.id, url: webhook.url, standing: await standingOf(db, webhook, timeStyle) })
    }
    res.status(fault === null ? 200 : 422)
    show(res, 'webhooks', {
      title: 'Webhooks',
      section: 'settings',
      webhooks: rows,
      url,
      fault: fault === null ? null : { field: 'url', sentence: fault },
    })
  }

  return router
}

export async function standingOf(db: Database, { id }: Webhook, style: TimeStyle): Promise<Standing> {
  const first = await nextDelivery(db, id)
  return {
    waiting: await countDeliveries(db, id, 'waiting'),
    failed: await countDeliveries(db, id, 'failed'),
    trouble: first?.fault ? `${first.fault} ${nextTry(first.dueAt, style)}` : null,
  }
}

function nextTry(at: Instant, style: TimeStyle): string {
  const now = Date.now()
  if (at <= now) return 'It is tried again now.'
  return `Next try at ${timeSeenFrom(now, at, now, style)}.`
}
