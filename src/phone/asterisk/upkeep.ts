/** What a line does beside its calls: sees to callers whom nobody leads, and takes in the recordings that Asterisk holds. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { storeFault } from '../../store/store-fault.js'
import type { Recording } from '../caller.js'
import { keptCall } from '../kept-call.js'
import type { Ari } from './ari.js'
import type { CallsInProgress } from './calls-in-progress.js'
import { ChannelCaller } from './channel-caller.js'
import { StoredRecording } from './stored-recording.js'

export interface LeftBehind {
  /** Whether the call on a channel has left something on disk by which it counts: it has nothing more to tell. */
  isOnRecord(channelId: string): Promise<boolean>
  /** Asterisk holds a recording, of ours or not. What is left there, also by rejecting, is offered again later. */
  onLeftRecording(name: string, recording: Recording): Promise<void>
}

/** A channel that has just arrived, or is leaving, is in Asterisk's list a moment before or after we know, in milliseconds. */
export const ARRIVAL_GRACE = 500

const Stored = z.array(z.object({ name: z.string() }))
const Channels = z.array(
  z.object({
    id: z.string(),
    /** The application that it is in, with its arguments. */
    dialplan: z.object({ app_name: z.string().optional(), app_data: z.string().optional() }),
  }),
)
type Channel = z.infer<typeof Channels>[number]

export class Upkeep {
  readonly ari: Ari
  readonly #calls: CallsInProgress
  readonly #leftBehind: LeftBehind
  readonly #log: Logger

  constructor(ari: Ari, calls: CallsInProgress, leftBehind: LeftBehind, log: Logger) {
    this.ari = ari
    this.#calls = calls
    this.#leftBehind = leftBehind
    this.#log = log
  }

  /** Sets right what events failed to tell, and takes in recordings; says how many kept calls are left on Asterisk. */
  async round(lost: AbortSignal): Promise<number> {
    // Before the channels: a call that arrives in between is not missed there.
    const led = this.#calls.callers()
    const stored = Stored.parse(
      await this.ari.request('listing recordings', { method: 'GET', path: 'recordings/stored' }),
    )
    // The channels after the recordings: whose call is over by then is whole.
    const channels = await this.#channels()
    const live = new Set(channels.map(({ id }) => id))
    this.#endWithoutChannel(led, live)
    await this.#handBack(this.#withoutLead(channels))
    const whole = stored.map(({ name }) => name).filter(name => !live.has(keptCall(name)?.channel ?? ''))
    return this.#takeIn(whole, lost)
  }

  /** Asterisk sends no StasisStart for calls that an earlier connection left in Stasis: they would wait for ever. */
  async handBackWaiting(): Promise<void> {
    await this.#handBack(this.#withoutLead(await this.#channels()))
  }

  async handBack(caller: ChannelCaller): Promise<void> {
    await caller.handBack(await this.#isOnRecord(caller.channelId))
  }

  #endWithoutChannel(led: ReadonlyMap<string, ChannelCaller>, live: ReadonlySet<string>): void {
    for (const [id, caller] of led) {
      if (live.has(id) || this.#calls.caller(id) !== caller) continue
      this.#log.warn({ channel: id }, 'a call has no channel any more')
      this.#calls.left(id)
    }
  }

  /** Those of the channels that still wait after a moment. */
  async #handBack(waiting: readonly string[]): Promise<void> {
    if (waiting.length === 0) return
    await sleep(ARRIVAL_GRACE)
    const still = new Set(this.#withoutLead(await this.#channels()))
    const left = waiting.filter(id => still.has(id))
    await Promise.all(
      left.map(async id => {
        this.#log.warn({ channel: id }, 'a caller was left waiting: handed back to the PBX')
        await this.handBack(new ChannelCaller(this.ari, id, this.#log))
      }),
    )
  }

  /** Offers recordings until one shows that none can be written; says how many kept calls are left on Asterisk. */
  async #takeIn(names: readonly string[], lost: AbortSignal): Promise<number> {
    const left = new Set(names.filter(name => keptCall(name)))
    for (const name of names) {
      if (lost.aborted) break
      try {
        await this.#leftBehind.onLeftRecording(name, new StoredRecording(this.ari, name))
        left.delete(name)
      } catch (error) {
        this.#log.error({ err: error, recording: name }, 'a left recording was not kept')
        if (storeFault(error)) break
      }
    }
    return left.size
  }

  /** Where that can't be found out, the PBX keeps the call: told twice is better than not at all. */
  async #isOnRecord(channelId: string): Promise<boolean> {
    return this.#leftBehind.isOnRecord(channelId).catch(error => {
      this.#log.error({ err: error, channel: channelId }, 'whether a call is on record is not known')
      return false
    })
  }

  async #channels(): Promise<Channel[]> {
    return Channels.parse(await this.ari.request('listing channels', { method: 'GET', path: 'channels' }))
  }

  /** The channels in our application that no conversation leads. */
  #withoutLead(channels: readonly Channel[]): string[] {
    return channels
      .filter(channel => isIn(channel, this.ari.app) && !this.#calls.caller(channel.id))
      .map(({ id }) => id)
  }
}

function isIn({ dialplan }: Channel, app: string): boolean {
  return dialplan.app_name === 'Stasis' && dialplan.app_data?.split(',')[0] === app
}
