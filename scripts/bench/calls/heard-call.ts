/** A call as it was on the wire: when each # was released, and when sound came. */
import { decodeSample } from '../../telephone/g711.js'
import { eventOf, parseRtp, type RtpPacket } from '../../telephone/rtp.js'
import type { TappedPacket } from './wire-tap.js'

export interface HeardCall {
  /** When the caller's first packet came, in ms since the epoch: the PBX has just answered. */
  readonly answeredAt: number
  /** When the first packet with sound came; null: none did. */
  readonly firstSoundAt: number | null
  /** When each # was released, and when the first packet with sound came after that; null: none did. */
  readonly pounds: readonly { readonly releasedAt: number; readonly soundAt: number | null }[]
  /** The longest time between two packets of one prompt, in ms. */
  readonly longestGap: number
}

/** Which ports are Asterisk's. */
export type IsPbxPort = (port: number) => boolean

const POUND = eventOf('#')
const G711 = 0
/** The dynamic payload type that the telephone offers for keys. */
const FIRST_DYNAMIC = 96
/** Anything louder than this is no silence: about -48 dB below full scale. */
const QUIETEST_SOUND = 128
const IS_SOUND = Uint8Array.from({ length: 256 }, (_, byte) =>
  Math.abs(decodeSample('pcmu', byte)) > QUIETEST_SOUND ? 1 : 0,
)
/** Packets of one prompt follow each other on the sender's clock. A pause between prompts moves it on. */
const SAMPLES_IN_ROW = 160

interface Pound {
  readonly releasedAt: number
  readonly timestamp: number
  soundAt: number | null
}

interface Listening {
  readonly ssrc: number
  readonly answeredAt: number
  firstSoundAt: number | null
  readonly pounds: Pound[]
  longestGap: number
  last: { readonly at: number; readonly sequence: number; readonly timestamp: number } | null
}

/** Puts the calls together from packets in their order. */
export class Calls {
  readonly #isPbxPort: IsPbxPort
  /** By the caller's port. */
  readonly #current = new Map<number, Listening>()
  readonly #all: Listening[] = []

  constructor(isPbxPort: IsPbxPort) {
    this.#isPbxPort = isPbxPort
  }

  add({ at, fromPort, toPort, payload }: TappedPacket): void {
    const packet = parseRtp(payload)
    if (!packet) return
    if (this.#isPbxPort(toPort)) said(this.#call(fromPort, packet.ssrc, at), packet, at)
    else if (this.#isPbxPort(fromPort)) {
      const call = this.#current.get(toPort)
      if (call) heard(call, packet, at)
    }
  }

  get all(): readonly HeardCall[] {
    return this.#all
  }

  /** The caller's port may have been another call's before, but not their sender's number. */
  #call(port: number, ssrc: number, at: number): Listening {
    const known = this.#current.get(port)
    if (known?.ssrc === ssrc) return known
    const call: Listening = {
      ssrc,
      answeredAt: at,
      firstSoundAt: null,
      pounds: [],
      longestGap: 0,
      last: null,
    }
    this.#current.set(port, call)
    this.#all.push(call)
    return call
  }
}

function said(call: Listening, { payloadType, timestamp, payload }: RtpPacket, at: number): void {
  const [event, flags = 0] = payload
  const isReleased = payloadType >= FIRST_DYNAMIC && event === POUND && (flags & 0x80) !== 0
  // A release is told three times.
  if (isReleased && call.pounds.at(-1)?.timestamp !== timestamp)
    call.pounds.push({ releasedAt: at, timestamp, soundAt: null })
}

function heard(call: Listening, { payloadType, sequence, timestamp, payload }: RtpPacket, at: number): void {
  if (payloadType !== G711) return
  const { last } = call
  const isNext = last && ((sequence - last.sequence) & 0xffff) === 1 && timestamp - last.timestamp <= SAMPLES_IN_ROW
  if (isNext) call.longestGap = Math.max(call.longestGap, at - last.at)
  call.last = { at, sequence, timestamp }
  const pound = call.pounds.at(-1)
  const isAwaited = call.firstSoundAt === null || pound?.soundAt === null
  if (!isAwaited || !payload.some(byte => IS_SOUND[byte] === 1)) return
  call.firstSoundAt ??= at
  if (pound) pound.soundAt ??= at
}
