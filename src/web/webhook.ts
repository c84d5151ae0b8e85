/** One webhook: its secret, what was sent, and what an admin can do when a receiver fails. */
import express, { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { dayAndTime } from '../shown-time.js'
import { type Delivery, listDeliveries, sendAgain, tryNow } from '../store/webhook-deliveries.js'
import { endWebhook, findWebhook, type Webhook, webhookSecret } from '../store/webhooks.js'
import { needsOwner, signedIn } from './accounts/sign-in.js'
import { PageRefused } from './errors.js'
import { done } from './notice.js'
import { rowId } from './row-id.js'
import type { Site } from './site.js'
import { show } from './views.js'
import { type Standing, standingOf } from './webhooks.js'

export interface WebhookView {
  readonly title: string
  readonly section: 'settings'
  readonly id: number
  readonly url: string
  readonly secret: string
  readonly added: string
  readonly standing: Standing
  readonly deliveries: readonly {
    readonly id: number
    /** "Ann Baker clocked in". */
    readonly what: string
    readonly at: string
    readonly state: string
    readonly fault: string | null
    readonly canSendAgain: boolean
  }[]
}

const SHOWN = 50

const AgainForm = z.object({ delivery: z.union([z.literal('all'), z.coerce.number().int().positive()]) })

export function webhook(site: Site): Router {
  const { db, linkKey, timeStyle } = site
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '10kb' })

  router.get('/webhooks/:webhookId', needsOwner, async (req, res) => {
    await showWebhook(res, await webhookOf(req))
  })

  router.post('/webhooks/:webhookId/test', needsOwner, async (req, res) => {
    const webhook = await webhookOf(req)
    const outcome = await site.webhooks.test(webhook)
    const notice =
      'fault' in outcome
        ? `The test was not taken. ${outcome.fault}`
        : `The test was taken: the receiver answered HTTP ${outcome.status}.`
    await done(site, req, res, pageOf(webhook), notice)
  })

  router.post('/webhooks/:webhookId/try-now', needsOwner, async (req, res) => {
    const webhook = await webhookOf(req)
    const waits = await tryNow(db, webhook.id)
    site.webhooks.wake()
    await done(site, req, res, pageOf(webhook), waits ? 'The receiver is tried now.' : 'Nothing waits to be sent.')
  })

  router.post('/webhooks/:webhookId/send-again', needsOwner, form, async (req, res) => {
    const webhook = await webhookOf(req)
    const parsed = AgainForm.safeParse(req.body)
    if (!parsed.success) throw new PageRefused(400, 'What was sent can’t be understood.')
    const again = await sendAgain(db, webhook.id, parsed.data.delivery)
    site.webhooks.wake()
    await done(site, req, res, pageOf(webhook), sentAgain(again))
  })

  router.post('/webhooks/:webhookId/remove', needsOwner, async (req, res) => {
    const id = rowId(req.params.webhookId)
    const removed = await endWebhook(db, id, signedIn(res).email)
    const notice = removed
      ? 'The webhook is removed. Nothing more is sent there.'
      : 'That webhook had been removed already.'
    await done(site, req, res, '/webhooks', notice)
  })

  async function webhookOf(req: Request): Promise<Webhook> {
    const webhook = await findWebhook(db, rowId(req.params.webhookId))
    if (!webhook) throw new PageRefused(404, 'There is no such webhook, or it was removed.')
    return webhook
  }

  async function showWebhook(res: Response, webhook: Webhook): Promise<void> {
    const { id, url, nonce, createdAt, createdBy } = webhook
    const deliveries = await listDeliveries(db, id, SHOWN)
    const now = Date.now()
    // With the secret in it, the page is kept nowhere.
    res.set('Cache-Control', 'no-store')
    show(res, 'webhook', {
      title: 'Webhook',
      section: 'settings',
      id,
      url,
      secret: webhookSecret(linkKey, nonce),
      added: `${dayAndTime(createdAt, now, timeStyle)}, by ${createdBy}`,
      standing: await standingOf(db, webhook, timeStyle),
      deliveries: deliveries.map(delivery => ({
        id: delivery.id,
        what: `${delivery.employee} clocked ${delivery.direction}`,
        at: dayAndTime(delivery.at, now, timeStyle),
        state: stateOf(delivery),
        fault: delivery.fault,
        canSendAgain: delivery.state === 'failed',
      })),
    })
  }

  return router
}

function stateOf({ state, attempts }: Delivery): string {
  const tries = attempts > 1 ? `, ${attempts} attempts` : ''
  return `${state}${tries}`
}

function sentAgain(count: number): string {
  if (count === 0) return 'That is not among what failed any more, so nothing was queued.'
  return count === 1 ? '1 punch is sent again.' : `${count} punches are sent again.`
}

function pageOf({ id }: Webhook): string {
  return `/webhooks/${id}`
}
