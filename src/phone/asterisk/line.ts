/** The line to Asterisk: stays connected for ever, and gives each call that arrives to `onCall`. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, Client } from 'ari-client'
import type { Logger } from 'pino'
import { type Attestation, attestationSaid } from '../../clock/attestation.js'
import type { Instant } from '../../clock/time.js'
import type { AnsweredCall } from '../../store/calls.js'
import { storeFault } from '../../store/store-fault.js'
import type { Caller, Recording } from '../caller.js'
import { keptCall } from '../kept-call.js'
import { Ari, type AriSettings } from './ari.js'
import { ChannelCaller } from './channel-caller.js'
import { StoredRecording } from './stored-recording.js'

export interface LineEvents {
  /** A call has arrived. Settles when it is over and kept; never rejects. */
  onCall(caller: Caller, answered: AnsweredCall): Promise<void>
  /** Whether the call on a channel has left something on disk by which it counts: it has nothing more to tell. */
  isOnRecord(channelId: string): Promise<boolean>
  /** Asterisk holds a recording, of ours or not. What is left there, also by rejecting, is offered again later. */
  onLeftRecording(name: string, recording: Recording): Promise<void>
}

/** How the line is, for people who look after it. */
export interface LineStanding {
  readonly takesCalls: boolean
  /** Since when it does, or doesn't. */
  readonly since: Instant
  /** Why it doesn't, where that is known. */
  readonly fault: string | null
  /** The version of Asterisk, once it was connected. */
  readonly version: string | null
  /** Calls that Asterisk kept and that could not be taken in yet. */
  readonly keptCalls: number
}

const LONGEST_PAUSE = 10_000
/** Between two pings, in milliseconds, and how many may go unanswered: a dead socket is found within 12 s. */
const HEARTBEAT = 4_000
const MOST_UNANSWERED = 2
/** How long calls may go on when the line is to stop: most take 35 s, in milliseconds. */
const FINISH_WITHIN = 60_000
/** How soon what Asterisk kept is taken in, tried again where that fails, and what an event failed to tell set right, in milliseconds. */
const TENDED_EVERY = 15_000
/** A channel that has just arrived, or is leaving, is in Asterisk's list a moment before or after we know, in milliseconds. */
const ARRIVAL_GRACE = 500

/** What we listen to; ari-client fails on event types that were unknown when it loaded, so no others are let through. */
const EVENTS = [
  'StasisStart',
  'StasisEnd',
  'ChannelDtmfReceived',
  'ChannelHangupRequest',
  'ChannelDestroyed',
  'PlaybackStarted',
  'PlaybackFinished',
  'RecordingFinished',
  'RecordingFailed',
  'ApplicationReplaced',
] as const

export class AsteriskLine {
  readonly #settings: AriSettings
  readonly #events: LineEvents
  readonly #log: Logger
  readonly #callers = new Map<string, ChannelCaller>()
  readonly #calls = new Set<Promise<void>>()
  #isStopping = false
  readonly #stopped = new AbortController()
  #ari: Ari | null = null
  /** What a connection does beside the calls. */
  #tending: Promise<void> = Promise.resolve()
  /** Aborted when it is lost; null while there is none. */
  #connection: AbortController | null = null
  #since: Instant = Date.now()
  #fault: string | null = null
  #version: string | null = null
  #keptCalls = 0

  constructor(settings: AriSettings, events: LineEvents, log: Logger) {
    this.#settings = settings
    this.#events = events
    this.#log = log
  }

  /** Whether calls can arrive now. */
  get connected(): boolean {
    return this.#connection !== null && !this.#isStopping
  }

  /** How many calls are led, or are over and not kept yet. */
  get callsInProgress(): number {
    return Math.max(this.#callers.size, this.#calls.size)
  }

  get standing(): LineStanding {
    return {
      takesCalls: this.connected && this.#fault === null,
      since: this.#since,
      fault: this.#fault,
      version: this.#version,
      keptCalls: this.#keptCalls,
    }
  }

  /** Connects, and tries again for as long as it takes. Gives control back at once. */
  start(): void {
    this.#load().catch(error => this.#log.fatal({ err: error }, 'the line to Asterisk failed'))
  }

  /**
   * Lets go of the line. Calls that arrive go back to the PBX at once, those in progress when a minute is over, or as soon
   * as `hurry` is aborted. Settles when what they leave is kept.
   */
  async stop(hurry = new AbortController().signal): Promise<void> {
    this.#isStopping = true
    const patience = sleep(FINISH_WITHIN, undefined, { signal: hurry, ref: false }).catch(() => {})
    await Promise.race([Promise.all(this.#calls), patience])
    this.#stopped.abort()
    const wasConnected = this.#connection !== null
    const callers = [...this.#callers.values()]
    this.#lose()
    await Promise.all(callers.map(async caller => caller.handBack(await this.#isOnRecord(caller.channelId))))
    await Promise.all([...this.#calls, this.#tending])
    if (this.#ari) await this.#close(this.#ari, wasConnected)
  }

  /** A call that arrives as the socket closes is in our application, and nobody hears of it: it goes back too. */
  async #close(ari: Ari, wasConnected: boolean): Promise<void> {
    ari.client.stop()
    if (!wasConnected) return
    await sleep(ARRIVAL_GRACE)
    await this.#handBackWaiting(ari).catch(error => this.#log.warn({ err: error }, 'callers may be left waiting'))
  }

  /** Loads the API, which needs Asterisk to be there once; from then on ari-client reconnects the socket by itself. */
  async #load(): Promise<void> {
    for (let pause = 100; !this.#stopped.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        this.#ari = await Ari.load(this.#settings)
        this.#listen(this.#ari)
        this.#open(this.#ari)
        return await this.#watch(this.#ari.client)
      } catch (error) {
        this.#fault = error instanceof Error ? error.message : String(error)
        this.#log.warn({ err: error, retryInMs: pause }, 'Asterisk is not there')
      }
      await this.#pause(pause)
    }
  }

  /** Opens the socket. After ten failures in a row ari-client gives up, which starts it anew. */
  #open({ client, app }: Ari): void {
    client.start(app).catch(() => {
      // Each failure is reported by an event as well.
    })
  }

  #listen(ari: Ari): void {
    const { client } = ari
    client.on('WebSocketConnected', () => this.#established(ari))
    client.on('WebSocketReconnecting', () => this.#lose())
    client.on('WebSocketMaxRetries', () => {
      if (!this.#stopped.signal.aborted) this.#open(ari)
    })
    client.on('StasisStart', ({ args }, channel) => this.#arrived(ari, channel, attestationSaid(args[0])))
    client.on('ChannelDtmfReceived', ({ digit }, channel) => this.#callers.get(channel.id)?.keyPressed(digit))
    client.on('ChannelHangupRequest', (_, channel) => this.#callers.get(channel.id)?.over('hung-up'))
    client.on('StasisEnd', (_, channel) => this.#left(channel))
    client.on('ChannelDestroyed', (_, channel) => this.#left(channel))
    client.on('PlaybackStarted', ({ playback }) =>
      this.#caller(playback.target_uri)?.playing(playback.id, playback.media_uri),
    )
    client.on('PlaybackFinished', ({ playback }) =>
      this.#caller(playback.target_uri)?.ended(playback.id, playback.state === 'failed'),
    )
    client.on('RecordingFinished', ({ recording }) => this.#caller(recording.target_uri)?.ended(recording.name, false))
    client.on('RecordingFailed', ({ recording }) => this.#caller(recording.target_uri)?.ended(recording.name, true))
    client.on('ApplicationReplaced', () => {
      this.#fault = `Another program has taken over the Stasis application "${ari.app}": calls arrive there. Stop it, then start Punchline again.`
      this.#since = Date.now()
      this.#log.error('another program has taken over the Stasis application: calls arrive there')
    })
  }

  #established(ari: Ari): void {
    if (this.#stopped.signal.aborted) {
      ari.client.stop()
      return
    }
    this.#connection = new AbortController()
    this.#since = Date.now()
    this.#fault = null
    this.#log.info('connected to Asterisk')
    this.#tending = this.#begin(ari, this.#connection.signal)
  }

  /** What each connection begins with. A caller may be waiting in silence, so it is tried until it succeeds. */
  async #begin(ari: Ari, lost: AbortSignal): Promise<void> {
    while (!lost.aborted) {
      try {
        await this.#chooseEvents(ari)
        await this.#takeStock(ari)
        return await this.#tend(ari, lost)
      } catch (error) {
        this.#log.error({ err: error }, 'could not take stock of Asterisk')
        await this.#pause(1_000)
      }
    }
  }

  async #chooseEvents(ari: Ari): Promise<void> {
    const filter = { allowed: EVENTS.map(type => ({ type })) }
    await ari.request('choosing events', client => client.applications.filter({ applicationName: ari.app, filter }))
    const { system } = await ari.request('asking for the version', client =>
      client.asterisk.getInfo({ only: 'system' }),
    )
    this.#version = system?.version ?? null
  }

  /** The socket dropped: every call ends on our side. */
  #lose(): void {
    if (this.#connection && !this.#stopped.signal.aborted) this.#log.warn('the line to Asterisk was lost')
    this.#connection?.abort()
    if (this.#connection) this.#since = Date.now()
    this.#connection = null
    for (const caller of this.#callers.values()) caller.over('line-lost')
    this.#callers.clear()
  }

  /** Finds what an earlier connection left: callers who wait in silence, and calls that are not all on record yet. */
  async #takeStock(ari: Ari): Promise<void> {
    const earlierCalls = Promise.all(this.#calls)
    await this.#handBackWaiting(ari)
    await earlierCalls
  }

  /** Sets right what events failed to tell, and takes in what no call is waiting for, from now on until the line is lost. */
  async #tend(ari: Ari, lost: AbortSignal): Promise<void> {
    while (!lost.aborted) {
      await this.#reconcile(ari)
      // The channels after the recordings: whose call is over by then is whole.
      const stored = await ari.request('listing recordings', client => client.recordings.listStored())
      const channels = await ari.request('listing channels', client => client.channels.list())
      const live = new Set(channels.map(({ id }) => id))
      const whole = stored.map(({ name }) => name).filter(name => !live.has(keptCall(name)?.channel ?? ''))
      this.#keptCalls = await this.#takeIn(ari, whole, lost)
      await this.#pause(TENDED_EVERY)
    }
  }

  /** Offers recordings until one shows that none can be written; says how many kept calls are left on Asterisk. */
  async #takeIn(ari: Ari, names: readonly string[], lost: AbortSignal): Promise<number> {
    const left = new Set(names.filter(name => keptCall(name)))
    for (const name of names) {
      if (lost.aborted) break
      try {
        await this.#events.onLeftRecording(name, new StoredRecording(ari, name))
        left.delete(name)
      } catch (error) {
        this.#log.error({ err: error, recording: name }, 'a left recording was not kept')
        if (storeFault(error)) break
      }
    }
    return left.size
  }

  /** Sets right what an event failed to tell: ends calls whose channel is gone, hands back callers whom nobody leads. */
  async #reconcile(ari: Ari): Promise<void> {
    // Before the channels: a call that arrives in between is not missed there.
    const led = [...this.#callers]
    const channels = await ari.request('listing channels', client => client.channels.list())
    const live = new Set(channels.map(({ id }) => id))
    for (const [id, caller] of led) {
      if (live.has(id) || this.#callers.get(id) !== caller) continue
      this.#log.warn({ channel: id }, 'a call has no channel any more')
      caller.over('hung-up')
      this.#callers.delete(id)
    }
    await this.#handBackWaiting(ari)
  }

  /** Asterisk sends no StasisStart for calls that an earlier connection left in Stasis: they would wait for ever. */
  async #handBackWaiting(ari: Ari): Promise<void> {
    const waiting = await this.#waiting(ari)
    if (waiting.length === 0) return
    await sleep(ARRIVAL_GRACE)
    const still = new Set(await this.#waiting(ari))
    const left = waiting.filter(id => still.has(id))
    await Promise.all(
      left.map(async id => {
        this.#log.warn({ channel: id }, 'a caller was left waiting: handed back to the PBX')
        await new ChannelCaller(ari, id, this.#log).handBack(await this.#isOnRecord(id))
      }),
    )
  }

  /** The channels in our application that no conversation leads. */
  async #waiting(ari: Ari): Promise<string[]> {
    const channels = await ari.request('listing channels', client => client.channels.list())
    return channels.filter(channel => isIn(channel, ari.app) && !this.#callers.has(channel.id)).map(({ id }) => id)
  }

  /** Where that can't be found out, the PBX keeps the call: told twice is better than not at all. */
  async #isOnRecord(channelId: string): Promise<boolean> {
    return this.#events.isOnRecord(channelId).catch(error => {
      this.#log.error({ err: error, channel: channelId }, 'whether a call is on record is not known')
      return false
    })
  }

  #arrived(ari: Ari, channel: Channel, attestation: Attestation | null): void {
    const caller = new ChannelCaller(ari, channel.id, this.#log)
    this.#callers.set(channel.id, caller)
    const led = this.#isStopping ? caller.handBack(false) : this.#lead(caller, channel, attestation)
    const call = led.finally(() => {
      this.#calls.delete(call)
      if (this.#callers.get(channel.id) === caller) this.#callers.delete(channel.id)
    })
    this.#calls.add(call)
  }

  async #lead(caller: ChannelCaller, channel: Channel, attestation: Attestation | null): Promise<void> {
    const answered = { channel: channel.id, callerNumber: numberOf(channel), answeredAt: Date.now(), attestation }
    try {
      await Promise.all([caller.lead(), channel.state !== 'Up' && caller.answer()])
    } catch (error) {
      this.#log.warn({ err: error, channel: channel.id }, 'a call could not be answered')
      return caller.handBack(false)
    }
    await this.#events.onCall(caller, answered)
  }

  #left(channel: Channel): void {
    this.#callers.get(channel.id)?.over('hung-up')
    this.#callers.delete(channel.id)
  }

  /** The caller on a target such as channel:1700000000.1 */
  #caller(target: string): ChannelCaller | undefined {
    return this.#callers.get(target.slice(target.indexOf(':') + 1))
  }

  /** Pings until stopped; a socket that does not answer, or does not open, is dropped, so that ari-client opens another. */
  async #watch(client: Client): Promise<void> {
    let unanswered = 0
    const answered = () => {
      unanswered = 0
    }
    client.on('pong', answered)
    client.on('WebSocketConnected', answered)
    while (!this.#stopped.signal.aborted) {
      if (unanswered >= MOST_UNANSWERED) dropSocket(client)
      unanswered = hasSocket(client) ? unanswered + 1 : 0
      if (this.#connection) client.ping()
      await this.#pause(HEARTBEAT)
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopped.signal }).catch(() => {})
  }
}

/** The caller's number; null when it is withheld, which trunks say in several ways. */
function numberOf({ caller }: Channel): string | null {
  return /^(anonymous|restricted|private|unavailable|unknown|withheld)?$/i.test(caller.number) ? null : caller.number
}

function isIn(channel: Channel, app: string): boolean {
  const { dialplan } = channel
  const isStasis = 'app_name' in dialplan && dialplan.app_name === 'Stasis'
  return isStasis && 'app_data' in dialplan && String(dialplan.app_data).split(',')[0] === app
}

/** A web socket's `readyState`; below it, one is being opened. */
const OPEN = 1

/** What ari-client keeps to itself. */
type WithSocket = Client & { _ws?: { readonly readyState: number; terminate(): void } }

/** Whether one is open, or is being opened. */
function hasSocket({ _ws }: WithSocket): boolean {
  return _ws !== undefined && _ws.readyState <= OPEN
}

/** ari-client has no call for this: its stop() waits for the other side, which is not there. */
function dropSocket({ _ws }: WithSocket): void {
  _ws?.terminate()
}
