/** The calls on the line, each from its arrival until what it leaves is kept. */
import type { Channel } from 'ari-client'
import type { Logger } from 'pino'
import { attestationSaid } from '../../clock/attestation.js'
import type { AnsweredCall } from '../../store/calls.js'
import type { Caller } from '../caller.js'
import type { Ari } from './ari.js'
import { ChannelCaller, type OnReaction } from './channel-caller.js'

export interface CallEvents {
  /** A call has arrived. Settles when it is over and kept; never rejects. */
  onCall(caller: Caller, answered: AnsweredCall): Promise<void>
  readonly onReaction: OnReaction
}

export class CallsInProgress {
  readonly #events: CallEvents
  readonly #log: Logger
  readonly #callers = new Map<string, ChannelCaller>()
  readonly #calls = new Set<Promise<void>>()

  constructor(events: CallEvents, log: Logger) {
    this.#events = events
    this.#log = log
  }

  get count(): number {
    return Math.max(this.#callers.size, this.#calls.size)
  }

  /** Those who are on the line, by their channels, as it is now. */
  callers(): ReadonlyMap<string, ChannelCaller> {
    return new Map(this.#callers)
  }

  caller(channelId: string): ChannelCaller | undefined {
    return this.#callers.get(channelId)
  }

  /** `told`: what the dialplan gave to `Stasis()`. */
  lead(ari: Ari, channel: Channel, told: readonly string[]): void {
    this.#begin(ari, channel.id, caller => this.#conversation(caller, channel, told))
  }

  /** For a call that comes when none is taken any more. */
  turnAway(ari: Ari, channel: Channel): void {
    this.#begin(ari, channel.id, caller => caller.handBack(false))
  }

  left(channelId: string): void {
    this.#callers.get(channelId)?.over('hung-up')
    this.#callers.delete(channelId)
  }

  /** Ends every call on our side. */
  loseAll(): void {
    for (const caller of this.#callers.values()) caller.over('line-lost')
    this.#callers.clear()
  }

  /** Settles when the calls that are in progress now are over and kept. */
  async kept(): Promise<void> {
    await Promise.all(this.#calls)
  }

  #begin(ari: Ari, channelId: string, run: (caller: ChannelCaller) => Promise<void>): void {
    const caller = new ChannelCaller(ari, channelId, this.#log, this.#events.onReaction)
    this.#callers.set(channelId, caller)
    const call = run(caller).finally(() => {
      this.#calls.delete(call)
      if (this.#callers.get(channelId) === caller) this.#callers.delete(channelId)
    })
    this.#calls.add(call)
  }

  async #conversation(caller: ChannelCaller, channel: Channel, told: readonly string[]): Promise<void> {
    const [attestation, dialled] = told
    const answered = {
      channel: channel.id,
      callerNumber: numberOf(channel),
      answeredAt: Date.now(),
      attestation: attestationSaid(attestation),
      dialledNumber: dialledNumberSaid(dialled),
    }
    try {
      await caller.lead()
    } catch (error) {
      this.#log.warn({ err: error, channel: channel.id }, 'a call could not be led')
      return caller.handBack(false)
    }
    await this.#events.onCall(caller, answered)
  }
}

/** Null where the dialplan does not say it. */
function dialledNumberSaid(said = ''): string | null {
  return /^\+?\d{1,20}$/.test(said) ? said : null
}

/** The caller's number; null when it is withheld, which trunks say in several ways. */
function numberOf({ caller }: Channel): string | null {
  return /^(anonymous|restricted|private|unavailable|unknown|withheld)?$/i.test(caller.number) ? null : caller.number
}
