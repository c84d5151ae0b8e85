/** RTP packets (RFC 3550) and the telephone events in them (RFC 4733). */

/** Samples in a packet of 20 ms. */
export const PACKET_SAMPLES = 160
export const PACKET_MS = 20

export interface RtpPacket {
  readonly payloadType: number
  readonly marker: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Uint8Array
}

export function formatRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(12 + packet.payload.length)
  bytes[0] = 0x80
  bytes[1] = (packet.marker ? 0x80 : 0) | packet.payloadType
  bytes.writeUInt16BE(packet.sequence & 0xffff, 2)
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4)
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8)
  bytes.set(packet.payload, 12)
  return bytes
}

/** The packet in a datagram, its payload still in the datagram's memory; null when there is none. */
export function parseRtp(datagram: Buffer): RtpPacket | null {
  const [first = 0, second = 0] = datagram
  if (datagram.length < 12 || first >> 6 !== 2) return null
  let start = 12 + 4 * (first & 0x0f)
  if (first & 0x10) {
    if (datagram.length < start + 4) return null
    start += 4 + 4 * datagram.readUInt16BE(start + 2)
  }
  const end = datagram.length - (first & 0x20 ? (datagram.at(-1) ?? 0) : 0)
  if (start > end) return null
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
  }
}

const KEYS = '0123456789*#ABCD'

/** The event code of a key; throws for what no telephone has. */
export function eventOf(key: string): number {
  const event = KEYS.indexOf(key)
  if (key.length !== 1 || event < 0) throw new Error(`A telephone has no key '${key}'.`)
  return event
}

/** An event's payload: its code, whether the key is released, a volume of -10 dBm0, and how long it has lasted. */
export function formatEvent(event: number, ended: boolean, samples: number): Uint8Array {
  return Uint8Array.of(event, (ended ? 0x80 : 0) | 10, (samples >> 8) & 0xff, samples & 0xff)
}
