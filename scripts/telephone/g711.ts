/** G.711: a sample of speech in 8 bits, as µ-law (PCMU) or A-law (PCMA). */

export type Codec = 'pcmu' | 'pcma'

/** The static RTP payload types of RFC 3551. */
export const PAYLOAD_TYPE: Readonly<Record<Codec, number>> = { pcmu: 0, pcma: 8 }

/** The byte of a sample of silence. */
export const SILENCE: Readonly<Record<Codec, number>> = { pcmu: 0xff, pcma: 0xd5 }

/** One sample in the codec's 8 bits. */
export function encodeSample(codec: Codec, sample: number): number {
  return codec === 'pcmu' ? encodeMuLaw(sample) : encodeALaw(sample)
}

/** The sample that a byte stands for. */
export function decodeSample(codec: Codec, byte: number): number {
  return decodeTables[codec][byte & 0xff] ?? 0
}

export function encode(codec: Codec, pcm: Int16Array): Uint8Array {
  return Uint8Array.from(pcm, sample => encodeSample(codec, sample))
}

export function decode(codec: Codec, bytes: Uint8Array): Int16Array {
  return Int16Array.from(bytes, byte => decodeSample(codec, byte))
}

/**
 * A byte's place among the codec's 256 levels, from the most negative at 0 to the most positive at 255:
 * neighbouring levels have neighbouring ranks, however far apart their bytes are.
 */
export function rankOf(codec: Codec, byte: number): number {
  if (codec === 'pcmu') return byte & 0x80 ? 128 + (0xff - byte) : byte
  const plain = byte ^ 0x55
  return plain & 0x80 ? plain : 127 - plain
}

const MU_LAW_BIAS = 0x84
const MU_LAW_CLIP = 32_635

function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), MU_LAW_CLIP) + MU_LAW_BIAS
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

function decodeMuLaw(byte: number): number {
  const plain = ~byte & 0xff
  const exponent = (plain >> 4) & 0x07
  const magnitude = (((plain & 0x0f) << 3) + MU_LAW_BIAS) << exponent
  return plain & 0x80 ? MU_LAW_BIAS - magnitude : magnitude - MU_LAW_BIAS
}

function encodeALaw(sample: number): number {
  const magnitude = sample < 0 ? ~sample : sample
  const exponent = Math.max(0, 24 - Math.clz32(magnitude))
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55
}

function decodeALaw(byte: number): number {
  const plain = byte ^ 0x55
  const exponent = (plain >> 4) & 0x07
  const step = ((plain & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1)
  return plain & 0x80 ? magnitude : -magnitude
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const decodeTables: Readonly<Record<Codec, Int16Array>> = {
  pcmu: Int16Array.from(everyByte, decodeMuLaw),
  pcma: Int16Array.from(everyByte, decodeALaw),
}
