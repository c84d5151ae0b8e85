/** A caller on a channel of Asterisk: the line tells it what happens there, and it asks ARI for what shall happen. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { LONGEST_CALL } from '../../clock/punch.js'
import { SECOND } from '../../clock/time.js'
import type { CallMeter } from '../call-meter.js'
import {
  type Caller,
  CallOver,
  type Entry,
  FIRST_KEY_WITHIN,
  type Key,
  NEXT_KEY_WITHIN,
  type Recording,
  type RecordingLimits,
  type Sound,
} from '../caller.js'
import type { Prompt } from '../prompts.js'
import { type Ari, AriFault } from './ari.js'
import { Keypad } from './keypad.js'
import type { Command } from './rest.js'
import { StoredRecording } from './stored-recording.js'

/** None of our prompts take as long, in milliseconds: an end that Asterisk never reports is not waited for. */
const LONGEST_PLAYBACK = 30_000
/** How long after its limit and the tone, or after a hang-up, the end of a recording is waited for, in milliseconds. */
const RECORDING_GRACE = 3_000
/** What a caller hears whom nobody leads any more; each silence takes 10 s. */
const LOST: readonly Prompt[] = ['silence', 'silence', 'clock-not-available', 'call-again']
/** Silence that has lasted so long while keys come is begun anew, in milliseconds. */
const LONGEST_SILENCE = 10_000
/** A key that comes sooner after a question began was typed ahead: nobody hears and answers as fast, in milliseconds. */
const SOONEST_ANSWER = 1_000

/**
 * Plays whenever keys may come and nothing else does. While Asterisk plays, it passes each key on as it ends; while it
 * is idle, keys less than 45 ms apart are delayed and reported twice. After 20 s, for two minutes and a half, it tells the
 * caller of a Punchline that has died: a living one has played something else by then.
 */
const SILENCE: readonly Prompt[] = Array.from({ length: 6 }, () => LOST).flat()

/**
 * Playbacks take turns with so many names per channel: a channel that an earlier run left behind leaves Stasis only
 * when its playbacks are stopped, and Asterisk lists none.
 */
const PLAYBACK_NAMES = 4

/** Where the dialplan goes on with a call that has nothing more to tell (asterisk-config/extensions_punchline.conf). */
const ON_RECORD = { context: 'punchline', extension: 's', label: 'done' } as const

export type OnReaction = CallMeter['reacted']

/** RTP's counts on a channel. */
const RtpStatistics = z.object({
  rxcount: z.number(),
  /** Zero until the other side has reported on what it gets from us (RTCP), which it does only when it gets something. */
  rtt: z.number().default(0),
  remote_maxjitter: z.number().default(0),
})

interface Playback {
  readonly id: string
  /** Settles when its prompts are over: at the silence behind them, or at its end. */
  readonly spoken: Promise<void>
}

export class ChannelCaller implements Caller {
  readonly #ari: Ari
  readonly channelId: string
  readonly #log: Logger
  readonly #onReaction: OnReaction
  readonly #keypad = new Keypad()
  /** Aborted, with a CallOver, when the call is over. */
  readonly #over = new AbortController()
  /** What is awaited of playbacks and recordings, by their names. */
  readonly #awaited = new Map<string, () => void>()
  #playing: Playback | null = null
  #played = 0
  /** When silence began that may still last (performance.now). */
  #silentSince = 0
  /** When the entry was ended to which no prompt has answered yet (performance.now). */
  #unansweredSince: number | null = null

  constructor(ari: Ari, channelId: string, log: Logger, onReaction: OnReaction = () => {}) {
    this.#ari = ari
    this.channelId = channelId
    this.#log = log
    this.#onReaction = onReaction
  }

  // What the line reports.

  keyPressed(digit: string): void {
    this.#keypad.press(digit)
  }

  /** A playback has come to a sound, such as sound:punchline/silence. */
  playing(playbackId: string, media: string): void {
    if (media === mediaOf('silence') && this.#settle(`${playbackId} spoken`)) this.#silentSince = performance.now()
  }

  /** A playback or a recording has ended, or failed, as it does when the caller hangs up meanwhile. */
  ended(name: string, hasFailed: boolean): void {
    this.#settle(`${name} spoken`)
    this.#settle(name)
    if (hasFailed) this.#reportUnlessOver()
  }

  over(reason: 'hung-up' | 'line-lost'): void {
    this.#over.abort(new CallOver(reason))
  }

  /** Grants the call more time than the dialplan gives one that nobody leads. */
  async lead(): Promise<void> {
    await this.#postApart('leading a call', 'variable', {
      variable: 'TIMEOUT(absolute)',
      value: String(LONGEST_CALL / SECOND),
    })
  }

  // What the conversation asks for.

  async answer(): Promise<void> {
    await this.#postApart('answering', 'answer')
  }

  async say(...prompts: Prompt[]): Promise<void> {
    this.#keypad.forget()
    const { spoken } = await this.#play([...prompts, ...SILENCE])
    // The silence, or what was interrupted, is stopped by what plays next, which is at once.
    await this.#keyBefore(spoken)
    this.#keypad.forget()
  }

  ask(...prompts: Prompt[]): Promise<Entry> {
    return this.askTelling(() => {}, ...prompts)
  }

  async askTelling(onDigits: (digits: string) => void, ...prompts: Prompt[]): Promise<Entry> {
    for (;;) {
      if (!this.#keypad.anyPressed) await this.#playQuestion(prompts)
      const entry = await this.#takeEntry(onDigits)
      this.#unansweredSince = entry !== 'cleared' && entry.endedBy === 'pound' ? this.#keypad.poundAt : null
      if (entry !== 'cleared') return entry
    }
  }

  async askForKey(...prompts: Prompt[]): Promise<Key | null> {
    await this.#playQuestion(prompts, SOONEST_ANSWER)
    return this.#keypad.takeKey(FIRST_KEY_WITHIN, this.#over.signal)
  }

  async record(name: string, limits: RecordingLimits): Promise<Recording> {
    const ended = this.#await(name)
    const record = () =>
      this.#post('recording', 'record', {
        name,
        format: 'wav',
        maxDurationSeconds: String(limits.maxSeconds),
        maxSilenceSeconds: String(limits.silenceSeconds),
        ifExists: 'overwrite',
        beep: 'false',
        terminateOn: '#',
      })
    // Who hears the tone is recorded, also when Punchline ends with it.
    await this.#play(['tone'], record)
    // Asterisk takes one after the other: tone, recording, silence. What keeps it from the last ends the recording as well.
    await this.#queue(SILENCE).catch(() => {})
    await this.#untilRecorded(name, ended, limits.maxSeconds)
    return new StoredRecording(this.#ari, name)
  }

  get anyKey(): boolean {
    return this.#keypad.everPressed
  }

  async sound(): Promise<Sound | null> {
    try {
      const path = `${this.#path}/rtp_statistics`
      const ask = () => this.#ari.request('asking for the sound', { method: 'GET', path })
      const { rxcount, rtt, remote_maxjitter } = RtpStatistics.parse(await this.#unlessOver(ask))
      return { received: rxcount, isConfirmed: rtt > 0 || remote_maxjitter > 0 }
    } catch (error) {
      if (!(error instanceof CallOver)) this.#log.warn({ err: error }, 'how sound goes on a call is not known')
      return null
    }
  }

  async hangUp(): Promise<void> {
    await this.#command('hanging up', { method: 'DELETE', path: this.#path })
  }

  async handBack(isOnRecord: boolean): Promise<void> {
    const { channelId } = this
    await Promise.all(Array.from({ length: PLAYBACK_NAMES }, (_, n) => this.#stop(`${channelId}-${n}`)))
    await this.#ari
      .command('handing a call back', {
        method: 'POST',
        path: `${this.#path}/continue`,
        query: isOnRecord ? ON_RECORD : {},
      })
      .catch(error => this.#log.error({ err: error, channel: channelId }, 'a call could not be handed back'))
  }

  /** Plays a question up to its end or the first key; the keys of its first `deafFor` milliseconds don't count. */
  async #playQuestion(prompts: readonly Prompt[], deafFor = 0): Promise<void> {
    const { spoken } = await this.#play([...prompts, ...SILENCE])
    if (deafFor > 0) {
      await this.#pause(deafFor)
      this.#keypad.forget()
    }
    if (await this.#keyBefore(spoken)) await this.#play(SILENCE)
  }

  /** Takes an entry while silence plays, which is begun anew for a slow one before the words in it are reached. */
  async #takeEntry(onDigits: (digits: string) => void): Promise<Entry | 'cleared'> {
    let renewal: Promise<unknown> = Promise.resolve()
    const renew = () => {
      if (performance.now() - this.#silentSince < LONGEST_SILENCE) return
      this.#silentSince = performance.now()
      // What ends the call is met again by what comes next.
      renewal = this.#play(SILENCE).catch(() => {})
    }
    const renewing = setInterval(renew, 1_000)
    try {
      return await this.#keypad.takeEntry(FIRST_KEY_WITHIN, NEXT_KEY_WITHIN, this.#over.signal, onDigits)
    } finally {
      clearInterval(renewing)
      await renewal
    }
  }

  /** Waits for the end of what is played, or for a key; says whether the key came first. */
  async #keyBefore(end: Promise<void>): Promise<boolean> {
    let isEnded = false
    end.then(() => {
      isEnded = true
    })
    await this.#keypad.waitForKey(LONGEST_PLAYBACK, this.#over.signal, end)
    this.#over.signal.throwIfAborted()
    return !isEnded
  }

  /** Plays the prompts in place of what is playing, and orders what comes after them. */
  async #play(prompts: readonly Prompt[], next?: () => Promise<void>): Promise<Playback> {
    const previous = this.#playing
    // Whichever request comes first: a playback waits for the one before it, and that one is stopped.
    const [playback] = await Promise.all([
      this.#queue(prompts, next),
      previous && this.#awaited.has(previous.id) && this.#stop(previous.id),
    ])
    return playback
  }

  /** Plays the prompts after what Asterisk has to do by now. */
  async #queue(prompts: readonly Prompt[], next = async () => {}): Promise<Playback> {
    const id = `${this.channelId}-${this.#played++ % PLAYBACK_NAMES}`
    await this.#isFree(id)
    const playback = { id, spoken: this.#await(`${id} spoken`) }
    this.#playing = playback
    // The name is taken until it has ended.
    this.#awaited.set(id, () => {})
    if (prompts !== SILENCE) this.#noteReaction(prompts)
    const play = () => this.#post('playing', 'play', { playbackId: id, media: prompts.map(mediaOf).join(',') })
    await this.#ari.inOrder(play, next)
    return playback
  }

  #noteReaction([prompt]: readonly Prompt[]): void {
    if (prompt === undefined || this.#unansweredSince === null) return
    this.#onReaction(prompt, (performance.now() - this.#unansweredSince) / SECOND)
    this.#unansweredSince = null
  }

  /** The name was used a few playbacks ago; its end has been reported by now, but for a very slow PBX. */
  async #isFree(id: string): Promise<void> {
    const since = performance.now()
    while (this.#awaited.has(id) && performance.now() - since < 1_000) await this.#pause(5)
  }

  async #stop(playbackId: string): Promise<void> {
    await this.#ari
      .command('stopping a prompt', { method: 'DELETE', path: `playbacks/${encodeURIComponent(playbackId)}` })
      .catch(error => {
        // It ended by itself in the meantime, or the caller did.
        if (!(error instanceof AriFault && error.gone)) this.#log.warn({ err: error }, 'a prompt was not stopped')
      })
  }

  async #reportUnlessOver(): Promise<void> {
    await this.#pause(1_000)
    if (this.#over.signal.aborted) return
    this.#log.error({ channel: this.channelId }, 'Asterisk could not play or record; are the prompts installed?')
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
      const path = `recordings/live/${encodeURIComponent(name)}/stop`
      await this.#command('stopping a recording', { method: 'POST', path })
    }
  }

  /** Settles when the line reports it. */
  #await(name: string): Promise<void> {
    return new Promise(resolve => this.#awaited.set(name, resolve))
  }

  /** Says whether it was awaited. */
  #settle(name: string): boolean {
    this.#awaited.get(name)?.()
    return this.#awaited.delete(name)
  }

  /** Settles after so many milliseconds, or when the call is over. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#over.signal }).catch(() => {})
  }

  get #path(): string {
    return `channels/${encodeURIComponent(this.channelId)}`
  }

  #post(what: string, operation: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#command(what, { method: 'POST', path: `${this.#path}/${operation}`, query })
  }

  /** What Asterisk answers only once the channel's own thread has done it: apart, so that no other call waits for that. */
  async #postApart(what: string, operation: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
    const path = `${this.#path}/${operation}`
    await this.#unlessOver(() => this.#ari.request(what, { method: 'POST', path, query }))
  }

  #command(what: string, command: Command): Promise<void> {
    return this.#unlessOver(() => this.#ari.command(what, command))
  }

  /** Asks about the channel. Rejects with CallOver when the channel is gone, which is how most calls end. */
  async #unlessOver<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.#over.signal.throwIfAborted()
    try {
      return await ask()
    } catch (error) {
      this.#over.signal.throwIfAborted()
      if (error instanceof AriFault && error.gone) throw new CallOver('hung-up')
      throw error
    }
  }
}

function mediaOf(prompt: Prompt): string {
  return `sound:punchline/${prompt}`
}
