/** What a telephone sends: silence or speech in a packet every 20 ms, and its keys as telephone events. */
import { randomBytes } from 'node:crypto'
import { type Codec, encode, PAYLOAD_TYPE, SILENCE } from './g711.js'
import { eventOf, formatEvent, formatRtp, PACKET_MS, PACKET_SAMPLES } from './rtp.js'

export interface KeyTiming {
  /** How long each key is held, in ms; rounded up to packets of 20 ms. Default 80. */
  readonly tone?: number
  /** How long none is held after each key, in ms; likewise. Default 80. */
  readonly gap?: number
}

interface KeyPress {
  readonly event: number
  readonly tonePackets: number
  readonly gapPackets: number
  readonly onRelease: (at: number) => void
}

interface Speech {
  readonly bytes: Uint8Array
  readonly onEnd: () => void
  sent: number
}

/** The packets of one call. Call `beat` every 20 ms. */
export class RtpSender {
  readonly #codec: Codec
  readonly #eventPayloadType: number
  readonly #send: (packet: Buffer) => void
  readonly #silence: Uint8Array
  readonly #ssrc = randomBytes(4).readUInt32BE()
  #sequence = randomBytes(2).readUInt16BE() >> 1
  #timestamp = randomBytes(4).readUInt32BE() >>> 1
  #first = true
  readonly #keys: KeyPress[] = []
  readonly #speeches: Speech[] = []
  #held: { readonly key: KeyPress; readonly since: number; packets: number } | null = null
  #gap = 0

  constructor(codec: Codec, eventPayloadType: number, send: (packet: Buffer) => void) {
    this.#codec = codec
    this.#eventPayloadType = eventPayloadType
    this.#send = send
    this.#silence = new Uint8Array(PACKET_SAMPLES).fill(SILENCE[codec])
  }

  /** Presses the keys after those that are still to be pressed; resolves with when the last one was released. */
  press(keys: string, timing: KeyTiming = {}): Promise<number> {
    const events = [...keys].map(eventOf)
    const tonePackets = Math.max(1, Math.ceil((timing.tone ?? 80) / PACKET_MS))
    const gapPackets = Math.max(1, Math.ceil((timing.gap ?? 80) / PACKET_MS))
    return new Promise(resolve => {
      if (events.length === 0) resolve(performance.now())
      events.forEach((event, i) => {
        const onRelease = i === events.length - 1 ? resolve : () => {}
        this.#keys.push({ event, tonePackets, gapPackets, onRelease })
      })
    })
  }

  /** Sends the speech instead of silence; resolves when its last packet was sent. A held key interrupts it. */
  speak(pcm: Int16Array): Promise<void> {
    return new Promise(resolve => {
      if (pcm.length === 0) resolve()
      else this.#speeches.push({ bytes: encode(this.#codec, pcm), onEnd: resolve, sent: 0 })
    })
  }

  /** Sends this beat's packets. */
  beat(): void {
    this.#releaseKey()
    this.#pressKey()
    if (this.#held) {
      const { key, since, packets } = this.#held
      this.#held.packets = packets + 1
      this.#sendEvent(key.event, false, since, packets + 1)
    } else {
      this.#sendPacket(PAYLOAD_TYPE[this.#codec], this.#first, this.#timestamp, this.#nextAudio())
      this.#first = false
    }
    this.#timestamp = (this.#timestamp + PACKET_SAMPLES) >>> 0
  }

  #releaseKey(): void {
    if (!this.#held || this.#held.packets < this.#held.key.tonePackets) return
    const { key, since, packets } = this.#held
    for (let copy = 0; copy < 3; copy++) this.#sendEvent(key.event, true, since, packets)
    this.#held = null
    this.#gap = key.gapPackets
    key.onRelease(performance.now())
  }

  #pressKey(): void {
    if (this.#held || this.#gap-- > 0) return
    const key = this.#keys.shift()
    if (key) this.#held = { key, since: this.#timestamp, packets: 0 }
    this.#gap = 0
  }

  #sendEvent(event: number, ended: boolean, since: number, packets: number): void {
    const payload = formatEvent(event, ended, packets * PACKET_SAMPLES)
    this.#sendPacket(this.#eventPayloadType, packets === 1 && !ended, since, payload)
  }

  #sendPacket(payloadType: number, marker: boolean, timestamp: number, payload: Uint8Array): void {
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#send(formatRtp({ payloadType, marker, sequence: this.#sequence, timestamp, ssrc: this.#ssrc, payload }))
  }

  #nextAudio(): Uint8Array {
    const speech = this.#speeches[0]
    if (!speech) return this.#silence
    const bytes = speech.bytes.subarray(speech.sent, speech.sent + PACKET_SAMPLES)
    speech.sent += PACKET_SAMPLES
    if (speech.sent >= speech.bytes.length) {
      this.#speeches.shift()
      speech.onEnd()
    }
    if (bytes.length === PACKET_SAMPLES) return bytes
    const padded = this.#silence.slice()
    padded.set(bytes)
    return padded
  }
}
