/** The line to Asterisk: stays connected for ever, and gives each call that arrives to `onCall`. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Instant } from '../../clock/time.js'
import { Ari, type AriSettings, probe } from './ari.js'
import { type CallEvents, CallsInProgress } from './calls-in-progress.js'
import type { ChannelCaller } from './channel-caller.js'
import { type LineFault, lineFault, takenOver } from './line-fault.js'
import { keepAlive } from './socket.js'
import { ARRIVAL_GRACE, type LeftBehind, Upkeep } from './upkeep.js'

export type LineEvents = CallEvents & LeftBehind

/** The longest pause between two attempts to reach Asterisk, in milliseconds. */
const LONGEST_PAUSE = 10_000
/** How long calls may go on when the line is to stop: most take 35 s, in milliseconds. */
const FINISH_WITHIN = 60_000
/** How soon what Asterisk kept is taken in, tried again where that fails, and what an event failed to tell set right, in milliseconds. */
const UPKEEP_EVERY = 15_000

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
  // The filter is for these too.
  'RESTResponse',
] as const

const Info = z.object({ system: z.object({ version: z.string() }) })

export class AsteriskLine {
  readonly #settings: AriSettings
  readonly #events: LineEvents
  readonly #log: Logger
  readonly #calls: CallsInProgress
  #isStopping = false
  readonly #stopped = new AbortController()
  /** Null until Asterisk was there once. */
  #upkeep: Upkeep | null = null
  /** What a connection does beside the calls. */
  #tending: Promise<void> = Promise.resolve()
  /** Aborted when it is lost; null while there is none. */
  #connection: AbortController | null = null
  #since: Instant = Date.now()
  #fault: LineFault | null = null
  #version: string | null = null
  #keptCalls = 0

  constructor(settings: AriSettings, events: LineEvents, log: Logger) {
    this.#settings = settings
    this.#events = events
    this.#log = log
    this.#calls = new CallsInProgress(events, log)
  }

  /** How many calls are led, or are over and not kept yet. */
  get callsInProgress(): number {
    return this.#calls.count
  }

  /** How the line is, for people who look after it (status/pbx.ts). */
  get standing() {
    return {
      takesCalls: this.#connection !== null && !this.#isStopping && this.#fault === null,
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
    await Promise.race([this.#calls.kept(), patience])
    this.#stopped.abort()
    const wasConnected = this.#connection !== null
    const unfinished = [...this.#calls.callers().values()]
    this.#lose()
    await Promise.all(unfinished.map(caller => this.#upkeep?.handBack(caller)))
    await Promise.all([this.#calls.kept(), this.#tending])
    if (this.#upkeep) await this.#close(this.#upkeep, wasConnected)
  }

  /** A call that arrives as the socket closes is in our application, and nobody hears of it: it goes back too. */
  async #close(upkeep: Upkeep, wasConnected: boolean): Promise<void> {
    upkeep.ari.client.stop()
    if (!wasConnected) return
    await sleep(ARRIVAL_GRACE)
    await upkeep.handBackWaiting().catch(error => this.#log.warn({ err: error }, 'callers may be left waiting'))
  }

  /** Loads the API, which needs Asterisk to be there once; from then on ari-client reconnects the socket by itself. */
  async #load(): Promise<void> {
    for (let pause = 100; !this.#stopped.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        const ari = await Ari.load(this.#settings)
        this.#upkeep = new Upkeep(ari, this.#calls, this.#events, this.#log)
        this.#listen(ari, this.#upkeep)
        this.#open(ari)
        return await keepAlive(ari.client, this.#stopped.signal)
      } catch (error) {
        this.#fault = lineFault(error)
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

  #listen(ari: Ari, upkeep: Upkeep): void {
    const { client } = ari
    client.on('WebSocketConnected', () => this.#established(ari, upkeep))
    client.on('WebSocketReconnecting', () => {
      this.#lose()
      this.#findFault()
    })
    client.on('WebSocketMaxRetries', () => {
      if (!this.#stopped.signal.aborted) this.#open(ari)
    })
    client.on('StasisStart', ({ args, channel }) =>
      this.#isStopping ? this.#calls.turnAway(ari, channel) : this.#calls.lead(ari, channel, [args].flat()),
    )
    client.on('ChannelDtmfReceived', ({ digit, channel }) => this.#calls.caller(channel.id)?.keyPressed(digit))
    client.on('ChannelHangupRequest', ({ channel }) => this.#calls.caller(channel.id)?.over('hung-up'))
    client.on('StasisEnd', ({ channel }) => this.#calls.left(channel.id))
    client.on('ChannelDestroyed', ({ channel }) => this.#calls.left(channel.id))
    client.on('PlaybackStarted', ({ playback }) =>
      this.#callerOf(playback.target_uri)?.playing(playback.id, playback.media_uri),
    )
    client.on('PlaybackFinished', ({ playback }) =>
      this.#callerOf(playback.target_uri)?.ended(playback.id, playback.state === 'failed'),
    )
    client.on('RecordingFinished', ({ recording }) =>
      this.#callerOf(recording.target_uri)?.ended(recording.name, false),
    )
    client.on('RecordingFailed', ({ recording }) => this.#callerOf(recording.target_uri)?.ended(recording.name, true))
    client.on('ApplicationReplaced', () => {
      this.#fault = takenOver(ari)
      this.#since = Date.now()
      this.#log.error('another program has taken over the Stasis application: calls arrive there')
    })
  }

  #established(ari: Ari, upkeep: Upkeep): void {
    if (this.#stopped.signal.aborted) {
      ari.client.stop()
      return
    }
    this.#connection = new AbortController()
    this.#since = Date.now()
    this.#fault = null
    this.#log.info('connected to Asterisk')
    this.#tending = this.#tend(ari, upkeep, this.#connection.signal)
  }

  /** From the beginning of a connection to its end. A caller may be waiting in silence, so it is begun until it succeeds. */
  async #tend(ari: Ari, upkeep: Upkeep, lost: AbortSignal): Promise<void> {
    while (!lost.aborted) {
      try {
        await this.#chooseEvents(ari)
        // What an earlier connection left: callers who wait in silence, and calls that are not all on record yet.
        const earlierCalls = this.#calls.kept()
        await upkeep.handBackWaiting()
        await earlierCalls
        while (!lost.aborted) {
          this.#keptCalls = await upkeep.round(lost)
          await this.#pause(UPKEEP_EVERY)
        }
      } catch (error) {
        this.#log.error({ err: error }, 'could not take stock of Asterisk')
        await this.#pause(1_000)
      }
    }
  }

  async #chooseEvents(ari: Ari): Promise<void> {
    const filter = { allowed: EVENTS.map(type => ({ type })) }
    // Not over the socket: it answers only where an earlier Punchline's choice let answers through.
    const path = `applications/${ari.app}/eventFilter`
    await ari.request('choosing events', { method: 'PUT', path, body: filter })
    const info = await ari.request('asking for the version', {
      method: 'GET',
      path: 'asterisk/info',
      query: { only: 'system' },
    })
    this.#version = Info.parse(info).system.version
  }

  /** The socket dropped: every call ends on our side. */
  #lose(): void {
    if (this.#connection && !this.#stopped.signal.aborted) this.#log.warn('the line to Asterisk was lost')
    this.#connection?.abort()
    if (this.#connection) this.#since = Date.now()
    this.#connection = null
    this.#calls.loseAll()
  }

  /** ari-client does not say why the socket can't be opened again. */
  async #findFault(): Promise<void> {
    const fault = await probe(this.#settings).then(() => null, lineFault)
    if (this.#connection === null) this.#fault = fault
  }

  /** The caller on a target such as channel:1700000000.1 */
  #callerOf(target: string): ChannelCaller | undefined {
    return this.#calls.caller(target.slice(target.indexOf(':') + 1))
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopped.signal }).catch(() => {})
  }
}
