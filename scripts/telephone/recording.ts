/** All audio that a telephone received: every packet with its arrival, on one timeline. */
import { type Codec, decodeSample } from './g711.js'
import type { RtpPacket } from './rtp.js'
import { SAMPLE_RATE } from './wav.js'

/** A packet of audio, when it came (performance.now), and its place on the sender's clock. */
export interface ReceivedPacket {
  readonly arrivedAt: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Uint8Array
}

/** Anything louder than this is no silence: about -48 dB below full scale. */
const QUIETEST_SOUND = 128

export class Recording {
  readonly #codec: Codec
  readonly #packets: ReceivedPacket[] = []
  readonly #waiting: {
    readonly after: number
    readonly resolve: (at: number) => void
    readonly reject: (error: Error) => void
  }[] = []
  #closed = false

  constructor(codec: Codec) {
    this.#codec = codec
  }

  get packets(): readonly ReceivedPacket[] {
    return this.#packets
  }

  add({ timestamp, ssrc, payload }: RtpPacket, arrivedAt: number): void {
    this.#packets.push({ arrivedAt, timestamp, ssrc, payload })
    if (this.#waiting.length === 0 || !this.#isSound(payload)) return
    for (const waiting of this.#waiting.splice(0)) {
      if (arrivedAt > waiting.after) waiting.resolve(arrivedAt)
      else this.#waiting.push(waiting)
    }
  }

  /** When the first packet with sound in it came after `time` (performance.now); rejects when the call ends before. */
  nextSoundAfter(time: number): Promise<number> {
    const found = this.#packets.slice(this.#firstAfter(time)).find(({ payload }) => this.#isSound(payload))
    if (found) return Promise.resolve(found.arrivedAt)
    if (this.#closed) return Promise.reject(new Error('The call has ended, and no audio came after that time.'))
    return new Promise((resolve, reject) => this.#waiting.push({ after: time, resolve, reject }))
  }

  /** No more will come. */
  close(): void {
    this.#closed = true
    const error = new Error('The call ended before any further audio came.')
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }

  /** The samples from `start` (performance.now) on, at their places on the sender's clock; gaps are silence. */
  samplesFrom(start: number): Int16Array {
    const places = this.#places(start)
    const length = this.#packets.reduce((most, { payload }, i) => Math.max(most, (places[i] ?? 0) + payload.length), 0)
    const samples = new Int16Array(length)
    this.#packets.forEach(({ payload }, i) => {
      const place = places[i] ?? 0
      payload.forEach((byte, k) => {
        if (place + k >= 0) samples[place + k] = decodeSample(this.#codec, byte)
      })
    })
    return samples
  }

  /** Each packet's first sample: the first packet of a sender by its arrival, the others by the sender's clock. */
  #places(start: number): number[] {
    let origin: { readonly ssrc: number; readonly timestamp: number; readonly place: number } | null = null
    return this.#packets.map(({ arrivedAt, timestamp, ssrc }) => {
      if (origin?.ssrc !== ssrc) {
        origin = { ssrc, timestamp, place: Math.round(((arrivedAt - start) * SAMPLE_RATE) / 1000) }
      }
      return origin.place + ((timestamp - origin.timestamp) | 0)
    })
  }

  #firstAfter(time: number): number {
    let low = 0
    let high = this.#packets.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#packets[middle]?.arrivedAt ?? 0) > time) high = middle
      else low = middle + 1
    }
    return low
  }

  #isSound(payload: Uint8Array): boolean {
    return payload.some(byte => Math.abs(decodeSample(this.#codec, byte)) > QUIETEST_SOUND)
  }
}
