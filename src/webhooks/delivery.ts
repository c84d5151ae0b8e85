/**
 * Sends punches to webhooks, to each one at a time and in their order. All that must not be forgotten is in the database:
 * this here may be killed at any moment, and then sends again, under the same id, what it does not know to be delivered.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Bell } from '../bell.js'
import { DAY, HOUR, MINUTE } from '../clock/time.js'
import { Complaint } from '../complaint.js'
import type { Database } from '../store/database.js'
import type { LinkKey } from '../store/setup-links.js'
import {
  deleteSettled,
  giveUpDelivery,
  holdUp,
  markDelivered,
  type NextDelivery,
  nextDelivery,
  readSentPunch,
} from '../store/webhook-deliveries.js'
import { listWebhooks, type Webhook, webhookSecret } from '../store/webhooks.js'
import { punchMessage, testMessage } from './message.js'
import { type Message, send } from './request.js'
import { type Failure, judge, PAUSES, type Pauses, TRY_FOR } from './retry.js'

export interface DeliverySettings {
  readonly db: Database
  readonly linkKey: LinkKey
  readonly log: Logger
}

/** How long it is shown what became of a delivery. */
const KEPT_FOR = 30 * DAY

/** Deleted in one transaction at most. */
const SWEPT_AT_ONCE = 500

export class WebhookDelivery {
  readonly #settings: DeliverySettings
  readonly #pauses: Pauses
  readonly #bell = new Bell()
  readonly #unreadable: Complaint
  readonly #stop = new AbortController()
  /** The webhooks that are being sent to, by their number. */
  readonly #sending = new Map<number, Promise<void>>()
  #work: Promise<void> | null = null
  #isStopping = false
  #sweepAt = 0

  constructor(settings: DeliverySettings, pauses: Pauses = PAUSES) {
    this.#settings = settings
    this.#pauses = pauses
    this.#unreadable = new Complaint(settings.log, 'the webhooks could not be read')
  }

  start(): void {
    this.#work ??= this.#run()
  }

  /** A webhook was added, or is to be tried now. Returns at once. */
  wake(): void {
    this.#bell.ring()
  }

  /** Sends what is due for a moment, then breaks off, at once when `hurry` is aborted; what is left is sent later. */
  async stop(hurry?: AbortSignal): Promise<void> {
    this.#isStopping = true
    this.#bell.ring()
    const breakOff = () => this.#stop.abort()
    const farewell = setTimeout(breakOff, this.#pauses.farewell)
    hurry?.addEventListener('abort', breakOff)
    if (hurry?.aborted) breakOff()
    await this.#work
    await Promise.all(this.#sending.values())
    hurry?.removeEventListener('abort', breakOff)
    clearTimeout(farewell)
  }

  /** Sends a message of type `test`, past all that waits, and says what came of it. */
  async test(webhook: Webhook): Promise<{ readonly status: number } | { readonly fault: string }> {
    return this.#post(webhook, testMessage())
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const webhooks = await this.#look()
      await this.#bell.wait(webhooks === 0 ? MINUTE : this.#pauses.poll)
    }
    if (!this.#stop.signal.aborted) await this.#look()
  }

  /** Begins with each webhook that has something due; says how many webhooks there are. */
  async #look(): Promise<number> {
    const { db } = this.#settings
    try {
      const webhooks = await listWebhooks(db)
      for (const webhook of webhooks) if (!this.#sending.has(webhook.id)) await this.#begin(webhook)
      await this.#sweep()
      this.#unreadable.settle()
      return webhooks.length
    } catch (error) {
      this.#unreadable.make(error)
      return 1
    }
  }

  async #begin(webhook: Webhook): Promise<void> {
    const { db, log } = this.#settings
    const first = await nextDelivery(db, webhook.id)
    if (!first || first.dueAt > Date.now()) return
    const sending = this.#sendAll(webhook)
      .catch(error => {
        if (this.#stop.signal.aborted) return
        log.error({ webhook: webhook.id, err: error }, 'a delivery could not be settled')
        return pause(this.#pauses.receiver.first, undefined, { signal: this.#stop.signal }).catch(() => {})
      })
      .finally(() => this.#sending.delete(webhook.id))
    this.#sending.set(webhook.id, sending)
  }

  /** Sends what is due, until nothing is or the receiver fails. */
  async #sendAll(webhook: Webhook): Promise<void> {
    const { db } = this.#settings
    while (!this.#stop.signal.aborted) {
      const delivery = await nextDelivery(db, webhook.id)
      if (!delivery || delivery.dueAt > Date.now()) return
      await this.#send(webhook, delivery)
      await nextTurn()
    }
  }

  async #send(webhook: Webhook, delivery: NextDelivery): Promise<void> {
    const { db, log } = this.#settings
    const outcome = await this.#post(webhook, punchMessage(await readSentPunch(db, delivery.punchId)))
    if ('fault' in outcome) return this.#failed(webhook, delivery, outcome)
    await this.#insist(() => markDelivered(db, delivery.id))
    log.debug({ webhook: webhook.id, punch: delivery.punchId, status: outcome.status }, 'punch delivered')
  }

  /** The receiver has it: while that can't be written, it is not sent again and again. */
  async #insist(write: () => Promise<void>): Promise<void> {
    const complaint = new Complaint(this.#settings.log, 'a delivery could not be noted')
    for (;;) {
      try {
        await write()
        return complaint.settle()
      } catch (error) {
        complaint.make(error)
        await pause(this.#pauses.receiver.first, undefined, { signal: this.#stop.signal })
      }
    }
  }

  async #failed(webhook: Webhook, delivery: NextDelivery, failure: Failure): Promise<void> {
    const { db, log } = this.#settings
    const now = Date.now()
    const verdict = judge(failure, { now, earlier: delivery.attempts, pauses: this.#pauses })
    const about = { webhook: webhook.id, punch: delivery.punchId, fault: failure.fault }
    if (verdict.kind === 'give-up') {
      await giveUpDelivery(db, delivery.id, verdict.fault)
      log.warn(about, 'a delivery is given up')
    } else {
      await holdUp(db, webhook.id, {
        until: verdict.until,
        attempts: delivery.attempts + 1,
        fault: failure.fault,
        giveUpBefore: now - TRY_FOR,
        farewell: `Given up after ${TRY_FOR / DAY} days. ${failure.fault}`,
      })
      log.warn({ ...about, until: new Date(verdict.until) }, 'a receiver is down')
    }
  }

  #post({ url, nonce }: Webhook, message: Message) {
    const { linkKey } = this.#settings
    const limits = { answerWithin: this.#pauses.answer, stop: this.#stop.signal }
    return send({ url, secret: webhookSecret(linkKey, nonce) }, message, limits)
  }

  async #sweep(): Promise<void> {
    const now = Date.now()
    if (now < this.#sweepAt) return
    const deleted = await deleteSettled(this.#settings.db, now - KEPT_FOR, SWEPT_AT_ONCE)
    // As long as there is more, a batch with each look.
    this.#sweepAt = deleted < SWEPT_AT_ONCE ? now + HOUR : now
  }
}
