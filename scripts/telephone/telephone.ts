/** A telephone for tests and demos: dials a PBX over SIP, presses keys, speaks, and recognises the prompts it hears. */
import type { Socket } from 'node:dgram'
import { Dialog, SipRefused } from './dialog.js'
import { Ear, type HeardPrompt } from './ear.js'
import { type Codec, PAYLOAD_TYPE } from './g711.js'
import { everyPacketTime } from './metronome.js'
import type { PromptLibrary } from './prompts.js'
import { Recording } from './recording.js'
import { parseRtp } from './rtp.js'
import { type KeyTiming, RtpSender } from './rtp-sender.js'
import { audioOffer, parseAudioAnswer } from './sdp.js'
import { speechLikeNoise } from './speech.js'
import { connectSocket, openSocket, resolveAddress } from './udp.js'

export { SipRefused } from './dialog.js'
export { loadPrompts, PromptLibrary } from './prompts.js'

export interface DialOptions {
  /** The PBX, host:port. */
  readonly to: string
  /** The number to dial. */
  readonly number: string
  /** The caller's number; null withholds it. */
  readonly from?: string | null
  readonly codec?: Codec
  /** The prompts that the ear knows. */
  readonly prompts: PromptLibrary
  /** Keyed as soon as the PBX answers, before any prompt. */
  readonly keysAtAnswer?: string
  /** How those keys are pressed. */
  readonly timingAtAnswer?: KeyTiming
  readonly localAddress?: string
  /** None of its sound leaves it, as behind a firewall that is closed. */
  readonly isUnheard?: boolean
  /** Gives up a call that is not answered yet; `dial` then rejects with the PBX's 487. */
  readonly signal?: AbortSignal
}

export interface Heard {
  readonly prompt: string
  /** When it began, in ms after the answer. */
  readonly at: number
  /** How much of it was played so far. */
  readonly playedMs: number
  /** Whether it was played to its end. */
  readonly whole: boolean
}

export interface Call {
  /** When 200 OK came (performance.now). */
  readonly answeredAt: number
  /** Resolves with when the last key was released (performance.now); at once if `wait` is false. */
  press(keys: string, timing?: KeyTiming & { readonly wait?: boolean }): Promise<number>
  /** The prompt's next playback after the one that `hears` found last; rejects with what was heard instead. */
  hears(prompt: string, options?: { readonly within?: number; readonly part?: 'start' | 'end' }): Promise<Heard>
  /** Sends speech, or so many ms of a built-in signal; resolves when it has been sent. */
  speak(speech: Int16Array | number): Promise<void>
  /** When the first packet with sound in it came after `time` (both performance.now). */
  nextAudioAfter(time: number): Promise<number>
  /** All prompts so far, the one that is playing included. */
  heard(): readonly Heard[]
  /** Calls `listener` with each prompt soon after it began, and again when it has ended. */
  onPrompt(listener: (heard: Heard, ended: boolean) => void): void
  /** Who ended the call. */
  readonly ended: Promise<'caller' | 'pbx'>
  hangUp(): Promise<void>
  /** Stops all traffic without hanging up, like a telephone whose battery is pulled out. */
  vanish(): void
  /** All audio since the answer on one timeline. */
  audio(): Int16Array
}

const DEFAULT_CALLER = '+12025550100'
const DEFAULT_PATIENCE_MS = 10_000
/** A BYE that is repeated because our 200 was lost is still answered for this long. */
const LINGER_MS = 1000
/** So long a vanished telephone's ports stay taken and silent, as nobody says there that they are closed. */
const VANISHED_MS = 120_000

/** Calls a number. Resolves when the PBX answers; rejects with SipRefused. */
export async function dial(options: DialOptions): Promise<Call> {
  const codec = options.codec ?? 'pcmu'
  const { address, port } = await resolveAddress(options.to)
  const sip = await openSocket(options.localAddress)
  const rtp = await openSocket(options.localAddress)
  await connectSocket(sip, address, port)
  const local = sip.address()
  const wire = {
    local: `${local.address}:${local.port}`,
    remote: `${address}:${port}`,
    send: (datagram: string) => sip.send(datagram),
  }
  const from = options.from === undefined ? DEFAULT_CALLER : options.from
  const offer = audioOffer(codec, local.address, rtp.address().port)
  let call: LiveCall | null = null
  const dialog = new Dialog(wire, { number: options.number, from }, offer, () => call?.onHangUp())
  sip.on('message', datagram => dialog.receive(datagram.toString()))
  const giveUp = () => dialog.cancel()
  options.signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const answered = dialog.invite()
    if (options.signal?.aborted) giveUp()
    const sdp = await answered
    call = new LiveCall(options, codec, dialog, sip, rtp)
    call.start(sdp)
    return call
  } catch (error) {
    closeLater([sip, rtp], LINGER_MS, () => dialog.close())
    throw error
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
}

interface Listener {
  readonly prompt: string
  readonly part: 'start' | 'end'
  readonly resolve: (heard: Heard) => void
  readonly reject: (error: Error) => void
}

class LiveCall implements Call {
  readonly answeredAt = performance.now()
  readonly ended: Promise<'caller' | 'pbx'>
  readonly #options: DialOptions
  readonly #codec: Codec
  readonly #dialog: Dialog
  readonly #sip: Socket
  readonly #rtp: Socket
  readonly #ear: Ear
  readonly #recording: Recording
  readonly #listeners: Listener[] = []
  #matched = 0
  #sender: RtpSender | null = null
  #stopBeat: () => void = () => {}
  #over = false
  #hungUpByPbx = false
  #resolveEnded: (by: 'caller' | 'pbx') => void = () => {}

  constructor(options: DialOptions, codec: Codec, dialog: Dialog, sip: Socket, rtp: Socket) {
    this.#options = options
    this.#codec = codec
    this.#dialog = dialog
    this.#sip = sip
    this.#rtp = rtp
    this.#ear = new Ear(options.prompts, codec)
    this.#recording = new Recording(codec)
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
  }

  /** Begins to send and to listen, with the keys that are to be pressed at once. */
  start(sdp: string): void {
    const answer = parseAudioAnswer(sdp)
    if (!answer) {
      void this.#dialog.bye()
      throw new SipRefused(488, 'The answer takes no audio')
    }
    // A connected socket looks up no name for each packet. Connecting is a matter of microseconds.
    this.#rtp.connect(answer.port, answer.address)
    this.#rtp.on('message', datagram => this.#receive(datagram))
    const sender = new RtpSender(this.#codec, answer.eventPayloadType, packet => {
      if (!this.#options.isUnheard) this.#rtp.send(packet)
    })
    this.#sender = sender
    if (this.#options.keysAtAnswer) void sender.press(this.#options.keysAtAnswer, this.#options.timingAtAnswer)
    this.#ear.onPrompt(() => this.#tellListeners())
    this.#rtp.once('connect', () => {
      if (this.#over) return
      this.#stopBeat = everyPacketTime(() => {
        sender.beat()
        this.#ear.pass(performance.now())
      })
    })
  }

  async press(keys: string, { wait = true, ...timing }: KeyTiming & { readonly wait?: boolean } = {}): Promise<number> {
    if (this.#over || !this.#sender) throw this.#tooLate(`press ${keys}`)
    const released = this.#untilOver(this.#sender.press(keys, timing), `press ${keys}`)
    if (wait) return released
    released.catch(() => {})
    return performance.now()
  }

  async speak(speech: Int16Array | number): Promise<void> {
    if (this.#over || !this.#sender) throw this.#tooLate('speak')
    const pcm = typeof speech === 'number' ? speechLikeNoise(speech) : speech
    return this.#untilOver(this.#sender.speak(pcm), 'speak')
  }

  async hears(prompt: string, options: { within?: number; part?: 'start' | 'end' } = {}): Promise<Heard> {
    this.#options.prompts.durationOf(prompt)
    const { within = DEFAULT_PATIENCE_MS, part = 'start' } = options
    const { promise, resolve, reject } = deferred<Heard>()
    const timer = setTimeout(() => this.#giveUp(listener, `within ${within} ms`), within)
    const listener: Listener = {
      prompt,
      part,
      resolve: heard => {
        clearTimeout(timer)
        resolve(heard)
      },
      reject: error => {
        clearTimeout(timer)
        reject(error)
      },
    }
    this.#listeners.push(listener)
    this.#tellListeners()
    if (this.#over) this.#giveUp(listener, 'before the call ended')
    return promise
  }

  nextAudioAfter(time: number): Promise<number> {
    return this.#recording.nextSoundAfter(time)
  }

  heard(): readonly Heard[] {
    return this.#ear.prompts.map(prompt => this.#sinceAnswer(prompt))
  }

  onPrompt(listener: (heard: Heard, ended: boolean) => void): void {
    this.#ear.onPrompt(prompt => listener(this.#sinceAnswer(prompt), prompt.ended))
  }

  async hangUp(): Promise<void> {
    if (this.#over || this.#hungUpByPbx) return
    const confirmed = this.#dialog.bye()
    this.#end('caller')
    await confirmed
    closeLater([this.#sip, this.#rtp], 0, () => this.#dialog.close())
  }

  vanish(): void {
    if (this.#over || this.#hungUpByPbx) return
    this.#dialog.close()
    this.#sip.removeAllListeners('message')
    this.#end('caller')
    closeLater([this.#sip, this.#rtp], VANISHED_MS, () => {})
  }

  audio(): Int16Array {
    return this.#recording.samplesFrom(this.answeredAt)
  }

  /** The PBX hung up. */
  onHangUp(): void {
    this.#hungUpByPbx = true
    this.#stopBeat()
    this.#afterPendingAudio(() => this.#end('pbx'))
    closeLater([this.#sip, this.#rtp], LINGER_MS, () => this.#dialog.close())
  }

  /** In a busy process the hang-up overtakes audio that came before it on the other socket. */
  #afterPendingAudio(then: () => void, packets = -1): void {
    const { length } = this.#recording.packets
    if (length === packets) then()
    else setImmediate(() => this.#afterPendingAudio(then, length))
  }

  #receive(datagram: Buffer): void {
    const arrivedAt = performance.now()
    const packet = parseRtp(datagram)
    if (packet?.payloadType !== PAYLOAD_TYPE[this.#codec]) return
    this.#recording.add(packet, arrivedAt)
    this.#ear.hear(packet, arrivedAt)
  }

  #end(by: 'caller' | 'pbx'): void {
    if (this.#over) return
    this.#over = true
    this.#stopBeat()
    this.#rtp.removeAllListeners('message')
    this.#ear.close()
    this.#recording.close()
    this.#resolveEnded(by)
    for (const listener of [...this.#listeners]) this.#giveUp(listener, 'before the call ended')
  }

  /** Gives each waiting `hears` what it waits for, the earliest first. */
  #tellListeners(): void {
    const prompts = this.#ear.prompts
    for (let listener = this.#listeners[0]; listener; listener = this.#listeners[0]) {
      const { prompt, part } = listener
      const found = prompts.findIndex((heard, i) => i >= this.#matched && heard.prompt === prompt)
      const heard = prompts[found]
      if (!heard || (part === 'end' && !heard.ended)) return
      this.#matched = found + 1
      this.#listeners.shift()
      listener.resolve(this.#sinceAnswer(heard))
    }
  }

  #giveUp(listener: Listener, when: string): void {
    const place = this.#listeners.indexOf(listener)
    if (place < 0) return
    this.#listeners.splice(place, 1)
    const before = this.heard().slice(0, this.#matched).map(nameWithState)
    const instead = this.heard().slice(this.#matched).map(nameWithState)
    listener.reject(
      new Error(
        `'${listener.prompt}' was not heard (${listener.part}) ${when}, but ${listing(instead)}; before that, ${listing(before)}.`,
      ),
    )
  }

  #sinceAnswer({ prompt, startedAt, playedMs, whole }: HeardPrompt): Heard {
    return { prompt, at: startedAt - this.answeredAt, playedMs, whole }
  }

  #untilOver<T>(done: Promise<T>, what: string): Promise<T> {
    return Promise.race([done, this.ended.then(() => Promise.reject(this.#tooLate(what)))])
  }

  #tooLate(what: string): Error {
    return new Error(`The call ended before the telephone could ${what}.`)
  }
}

function nameWithState({ prompt, playedMs, whole }: Heard): string {
  return whole ? prompt : `${prompt} (${Math.round(playedMs)} ms of it)`
}

function listing(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ')
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

function closeLater(sockets: readonly Socket[], ms: number, before: () => void): void {
  const timer = setTimeout(() => {
    before()
    for (const socket of sockets) socket.close()
  }, ms)
  if (ms < VANISHED_MS) return
  timer.unref()
  for (const socket of sockets) socket.unref()
}
