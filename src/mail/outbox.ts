/**
 * Sends what waits in the outbox, a few mails at a time. Everything that must not be forgotten is in the database; this
 * here may be killed at any moment.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Bell } from '../bell.js'
import { SECOND } from '../clock/time.js'
import { Complaint } from '../complaint.js'
import type { Database } from '../store/database.js'
import {
  dueMails,
  giveUp,
  handOver,
  mailsQueuedBefore,
  markSent,
  nextMailAt,
  noteHoldUp,
  putOff,
  type WaitingMail,
} from '../store/mail-outbox.js'
import { alarmMail } from './alarm-mail.js'
import { MailFailure } from './failure.js'
import { judgeFailure, PAUSES, type Pauses, pauseAfter, TRY_FOR, tooLate } from './retry.js'
import { type Letterhead, setupLinkMail } from './setup-link-mail.js'
import { testMail } from './test-mail.js'
import { CONNECTIONS, type Message, openTransport, type Transport } from './transport.js'

export interface OutboxSettings extends Letterhead {
  readonly db: Database
  readonly log: Logger
}

/** Between two looks at the outbox at least, whatever is said to be due. */
const BREATH = 50

/** A mail was cancelled, as by the end of its link, before its last byte had left. */
class Cancelled extends Error {}

export class Outbox {
  readonly #settings: OutboxSettings
  readonly #pauses: Pauses
  readonly #transport: Transport
  readonly #bell = new Bell()
  readonly #unreadable: Complaint
  /** The mails that are under way, by their number. */
  readonly #sending = new Map<number, Promise<void>>()
  #work: Promise<void> | null = null
  #isStopping = false
  #isLastRoundOver = false
  #isBrokenOff = false
  /** The last failure that concerns every mail, while the server is not known to work again. */
  #holdUp: { readonly fault: string; readonly failures: number; readonly until: number } | null = null

  constructor(settings: OutboxSettings, pauses: Pauses = PAUSES) {
    this.#settings = settings
    this.#pauses = pauses
    this.#transport = openTransport(settings.mail)
    this.#unreadable = new Complaint(settings.log, 'the outbox could not be read')
  }

  start(): void {
    this.#work ??= this.#run()
  }

  /** Mails were queued. Returns at once. */
  wake(): void {
    this.#bell.ring()
  }

  /** Somebody waits for a mail: whether the server works again is tried at once. Returns at once. */
  tryNow(): void {
    if (this.#holdUp) this.#holdUp = { ...this.#holdUp, until: 0 }
    this.#bell.ring()
  }

  /**
   * Sends what is due for a moment, lets mails that are under way finish for another, then breaks off; at once when `hurry`
   * is aborted. Every mail that is known to be sent is noted.
   */
  async stop(hurry = new AbortController().signal): Promise<void> {
    this.#isStopping = true
    this.#bell.ring()
    const aMoment = () => pause(this.#pauses.farewell, null, { signal: hurry, ref: false }).catch(() => {})
    await Promise.race([this.#work, aMoment()])
    this.#isLastRoundOver = true
    await Promise.race([this.#work, aMoment()])
    this.#isBrokenOff = true
    this.#transport.close()
    await this.#work
    await Promise.all(this.#sending.values())
  }

  async #run(): Promise<void> {
    const { db } = this.#settings
    await this.#insist(() => noteHoldUp(db, null))
    while (!this.#isStopping) await this.#bell.wait(await this.#sendDue())
    await this.#sendDue()
    while (this.#sending.size > 0) {
      await Promise.race(this.#sending.values())
      if (!this.#isLastRoundOver) await this.#sendDue()
    }
  }

  /** Begins to send what is due; says in how many milliseconds it is to be called again. */
  async #sendDue(): Promise<number> {
    const { db } = this.#settings
    try {
      const now = Date.now()
      if (this.#holdUp && now < this.#holdUp.until) {
        await noteHoldUp(db, this.#holdUp.fault)
        return Math.max(this.#holdUp.until - Date.now(), BREATH)
      }
      // Whether the server works again is tried with one mail.
      const atOnce = this.#holdUp ? 1 : CONNECTIONS
      const free = atOnce - this.#sending.size
      if (free > 0) {
        const due = await dueMails(db, now, free, [...this.#sending.keys()])
        if (!this.#isLastRoundOver) for (const mail of due) this.#begin(mail)
      }
      // Each mail that ends rings the bell.
      if (this.#sending.size >= atOnce) return this.#pauses.poll
      const next = await nextMailAt(db, [...this.#sending.keys()])
      this.#unreadable.settle()
      if (next === null) return this.#pauses.poll
      return Math.min(Math.max(next - Date.now(), BREATH), this.#pauses.poll)
    } catch (error) {
      this.#unreadable.make(error)
      return this.#pauses.server.first
    }
  }

  #begin(mail: WaitingMail): void {
    const sending = this.#send(mail)
      .catch(error => this.#settings.log.error({ mail: mail.id, err: error }, 'a mail could not be settled'))
      .finally(() => {
        this.#sending.delete(mail.id)
        this.#bell.ring()
      })
    this.#sending.set(mail.id, sending)
  }

  async #send(mail: WaitingMail): Promise<void> {
    const { db, log } = this.#settings
    const { content } = mail
    if (content.kind === 'setup link' && content.link.expiresAt <= Date.now())
      return this.#giveUp(mail, 'The setup link expired before its mail could be sent.')
    try {
      await this.#transport.send(await this.#write(mail), async () => {
        if (!(await handOver(db, mail.id))) throw new Cancelled()
      })
    } catch (error) {
      return this.#failed(mail, error)
    }
    await this.#insist(() => markSent(db, mail.id))
    log.info({ mail: mail.id }, 'mail sent')
    await this.#serverWorks()
  }

  async #write(mail: WaitingMail): Promise<Message> {
    const { content } = mail
    switch (content.kind) {
      case 'setup link':
        return setupLinkMail(mail, content, this.#settings)
      case 'alarm':
        return alarmMail(mail, content, this.#settings)
      case 'test':
        return testMail(mail.address, `${mail.id}-${mail.queuedAt}`, this.#settings)
    }
  }

  async #failed(mail: WaitingMail, error: unknown): Promise<void> {
    const { db, log } = this.#settings
    const failure = error instanceof MailFailure ? error : this.#ownFault(mail, error)
    if (failure.cause instanceof Cancelled)
      return log.info({ mail: mail.id }, 'mail not sent: it was cancelled meanwhile')
    // We broke it off ourselves. What the server may have is settled as uncertain by the next start.
    if (this.#isBrokenOff && failure.replyCode === null) return

    const now = Date.now()
    const verdict = judgeFailure(
      { queuedAt: mail.queuedAt, fault: failure.message, isPermanent: failure.isPermanent },
      failure.concernsAll
        ? { now, earlier: this.#hold(failure), pause: this.#pauses.server }
        : { now, earlier: mail.attempts, pause: this.#pauses.mail },
    )
    log.debug({ mail: mail.id, address: mail.address, fault: verdict.fault }, 'mail failed')
    if (verdict.kind === 'give-up') {
      await this.#giveUp(mail, verdict.fault)
    } else {
      log.warn({ mail: mail.id, reply: failure.replyCode, seconds: verdict.after / SECOND }, 'mail put off')
      await this.#insist(() => putOff(db, mail.id, { until: now + verdict.after, fault: verdict.fault }))
    }
    if (failure.concernsAll) await this.#giveUpOld(failure)
    else await this.#serverWorks()
  }

  #ownFault(mail: WaitingMail, error: unknown): MailFailure {
    this.#settings.log.error({ mail: mail.id, err: error }, 'a mail could not be written')
    return new MailFailure('Punchline could not write this mail. Its log says why.', {
      isPermanent: false,
      concernsAll: false,
      replyCode: null,
      cause: error,
    })
  }

  /** Nothing is sent for a while. Says how many such failures came before; those of one moment count as one. */
  #hold(failure: MailFailure): number {
    const now = Date.now()
    const before = this.#holdUp?.failures ?? 0
    if (this.#holdUp && now < this.#holdUp.until) return before - 1
    const until = now + pauseAfter(before, this.#pauses.server)
    this.#holdUp = { fault: failure.message, failures: before + 1, until }
    return before
  }

  async #serverWorks(): Promise<void> {
    if (!this.#holdUp) return
    this.#holdUp = null
    await this.#insist(() => noteHoldUp(this.#settings.db, null))
  }

  /** While the server is away, mails are not tried one by one, and yet none waits for ever. */
  async #giveUpOld(failure: MailFailure): Promise<void> {
    const { db, log } = this.#settings
    for (const id of await mailsQueuedBefore(db, Date.now() - TRY_FOR)) {
      if (this.#isStopping) return
      if (this.#sending.has(id)) continue
      await giveUp(db, id, tooLate(failure.message))
      log.warn({ mail: id, reply: failure.replyCode }, 'mail given up')
      await nextTurn()
    }
  }

  async #giveUp(mail: WaitingMail, fault: string): Promise<void> {
    await this.#insist(() => giveUp(this.#settings.db, mail.id, fault))
    this.#settings.log.warn({ mail: mail.id }, 'mail given up')
  }

  /** What has happened must get into the database: while that fails, it is tried again. */
  async #insist(write: () => Promise<void>): Promise<void> {
    const complaint = new Complaint(this.#settings.log, 'the outbox could not be written')
    for (;;) {
      try {
        await write()
        return complaint.settle()
      } catch (error) {
        complaint.make(error)
        if (this.#isStopping) return
        await pause(this.#pauses.server.first)
      }
    }
  }
}
