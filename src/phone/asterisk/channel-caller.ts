/** A caller on a channel of Asterisk: the line tells it what happens there, and it asks ARI for what shall happen. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'ari-client'
import type { Logger } from 'pino'
import {
  type Caller,
  CallOver,
  type Entry,
  FIRST_KEY_WITHIN,
  type Key,
  NEXT_KEY_WITHIN,
  type Recording,
  type RecordingLimits,
} from '../caller.js'
import type { Prompt } from '../prompts.js'
import { type Ari, AriFault } from './ari.js'
import { Keypad } from './keypad.js'
import { StoredRecording } from './stored-recording.js'

/** None of our prompts take as long, in milliseconds: an end that Asterisk never reports is not waited for. */
const LONGEST_PLAYBACK = 30_000
/** How long after its limit, or after a hang-up, the end of a recording is waited for, in milliseconds. */
const RECORDING_GRACE = 2_000

export class ChannelCaller implements Caller {
  readonly #ari: Ari
  readonly #channelId: string
  readonly #log: Logger
  readonly #keypad = new Keypad()
  /** Aborted, with a CallOver, when the call is over. */
  readonly #over = new AbortController()
  /** Playbacks and recordings whose end is awaited, by their names. */
  readonly #awaited = new Map<string, () => void>()
  /** A playback that is being stopped: requests can overtake each other, so the next one waits for it. */
  #stopping: Promise<void> = Promise.resolve()

  constructor(ari: Ari, channelId: string, log: Logger) {
    this.#ari = ari
    this.#channelId = channelId
    this.#log = log
  }

  // What the line reports.

  keyPressed(digit: string): void {
    this.#keypad.press(digit)
  }

  /** A playback or a recording has ended, however it did. */
  ended(name: string): void {
    this.#awaited.get(name)?.()
  }

  over(reason: 'hung-up' | 'line-lost'): void {
    this.#over.abort(new CallOver(reason))
  }

  // What the conversation asks for.

  async say(...prompts: Prompt[]): Promise<void> {
    this.#keypad.forget()
    await this.#playUntilKey(prompts)
    this.#keypad.forget()
  }

  async ask(...prompts: Prompt[]): Promise<Entry> {
    for (;;) {
      if (!this.#keypad.anyPressed) await this.#playUntilKey(prompts)
      const entry = await this.#keypad.takeEntry(FIRST_KEY_WITHIN, NEXT_KEY_WITHIN, this.#over.signal)
      if (entry !== 'cleared') return entry
    }
  }

  async askForKey(...prompts: Prompt[]): Promise<Key | null> {
    this.#keypad.forget()
    await this.#playUntilKey(prompts)
    return this.#keypad.takeKey(FIRST_KEY_WITHIN, this.#over.signal)
  }

  async record(name: string, limits: RecordingLimits): Promise<Recording> {
    await this.#playToEnd('tone')
    const ended = this.#end(name)
    await this.#request('recording', client =>
      client.channels.record({
        channelId: this.#channelId,
        name,
        format: 'wav',
        maxDurationSeconds: limits.maxSeconds,
        maxSilenceSeconds: limits.silenceSeconds,
        ifExists: 'overwrite',
        beep: false,
        terminateOn: '#',
      }),
    )
    await this.#untilRecorded(name, ended, limits.maxSeconds)
    return new StoredRecording(this.#ari, name)
  }

  async hangUp(): Promise<void> {
    await this.#request('hanging up', client => client.channels.hangup({ channelId: this.#channelId }))
  }

  async handBack(): Promise<void> {
    const channelId = this.#channelId
    await this.#ari
      .request('handing a call back', client => client.channels.continueInDialplan({ channelId }))
      .catch(error => this.#log.error({ err: error, channel: channelId }, 'a call could not be handed back'))
  }

  async #playUntilKey(prompts: readonly Prompt[]): Promise<void> {
    const playback = await this.#play(prompts)
    const finished = new AbortController()
    playback.end.then(() => finished.abort())
    const signal = AbortSignal.any([finished.signal, this.#over.signal])
    const interrupted = await this.#keypad.waitForKey(LONGEST_PLAYBACK, signal)
    this.#over.signal.throwIfAborted()
    if (interrupted && !finished.signal.aborted) this.#stopping = this.#stop(playback.id)
  }

  async #playToEnd(prompt: Prompt): Promise<void> {
    const playback = await this.#play([prompt])
    await Promise.race([playback.end, this.#pause(LONGEST_PLAYBACK)])
    this.#over.signal.throwIfAborted()
  }

  async #play(prompts: readonly Prompt[]): Promise<{ id: string; end: Promise<void> }> {
    await this.#stopping
    const id = randomUUID()
    const end = this.#end(id)
    const media = prompts.map(prompt => `sound:punchline/${prompt}`).join(',')
    await this.#request('playing', client =>
      client.channels.play({ channelId: this.#channelId, playbackId: id, media }),
    )
    return { id, end }
  }

  async #stop(playbackId: string): Promise<void> {
    await this.#ari
      .request('stopping a prompt', client => client.playbacks.stop({ playbackId }))
      .catch(error => {
        // It ended by itself in the meantime, or the caller did.
        if (!(error instanceof AriFault && error.gone)) this.#log.warn({ err: error }, 'a prompt was not stopped')
      })
  }

  async #untilRecorded(name: string, ended: Promise<void>, maxSeconds: number): Promise<void> {
    const limit = maxSeconds * 1000 + RECORDING_GRACE
    const inTime = await Promise.race([ended.then(() => true), this.#pause(limit).then(() => false)])
    if (inTime) return
    if (this.#over.signal.aborted) {
      // A hang-up ends the recording; nothing more is heard of it when the line itself is lost.
      const { reason } = this.#over.signal
      if (reason instanceof CallOver && reason.reason === 'line-lost') throw reason
      await Promise.race([ended, sleep(RECORDING_GRACE)])
    } else {
      await this.#request('stopping a recording', client => client.recordings.stop({ recordingName: name }))
    }
  }

  /** Settles when the line reports the end of a playback or recording of that name. */
  #end(name: string): Promise<void> {
    return new Promise(resolve => {
      this.#awaited.set(name, () => {
        this.#awaited.delete(name)
        resolve()
      })
    })
  }

  /** Settles after so many milliseconds, or when the call is over. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#over.signal }).catch(() => {})
  }

  /** A request about the channel. Rejects with CallOver when the channel is gone, which is how most calls end. */
  async #request<T>(what: string, send: (client: Client) => Promise<T>): Promise<T> {
    this.#over.signal.throwIfAborted()
    try {
      return await this.#ari.request(what, send)
    } catch (error) {
      this.#over.signal.throwIfAborted()
      if (error instanceof AriFault && error.gone) throw new CallOver('hung-up')
      throw error
    }
  }
}
