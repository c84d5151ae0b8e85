import { describe, expect, it } from 'vitest'
import {
  type Codec,
  decode,
  decodeSample,
  encode,
  encodeSample,
  rankOf,
  SILENCE,
} from '../../scripts/telephone/g711.js'

const codecs: readonly Codec[] = ['pcmu', 'pcma']
const everyByte = Array.from({ length: 256 }, (_, byte) => byte)

describe('G.711', () => {
  it.each([
    ['pcmu', 0, 0xff],
    ['pcmu', 32_767, 0x80],
    ['pcmu', -32_768, 0x00],
    ['pcmu', 1000, 0xce],
    ['pcmu', -1000, 0x4e],
    ['pcma', 0, 0xd5],
    ['pcma', 32_767, 0xaa],
    ['pcma', -32_768, 0x2a],
    ['pcma', 1000, 0xfa],
    ['pcma', -1000, 0x7a],
  ] as const)('%s codes %i as %i', (codec, sample, byte) => {
    expect(encodeSample(codec, sample)).toBe(byte)
  })

  it.each([
    ['pcmu', 0x80, 32_124],
    ['pcmu', 0x00, -32_124],
    ['pcmu', 0xff, 0],
    ['pcma', 0xaa, 32_256],
    ['pcma', 0x2a, -32_256],
    ['pcma', 0xd5, 8],
  ] as const)('%s byte %i stands for %i', (codec, byte, sample) => {
    expect(decodeSample(codec, byte)).toBe(sample)
  })

  it.each(codecs)('%s codes each of its own levels as itself', codec => {
    for (const byte of everyByte) {
      // Of µ-law's two zeros only the positive one comes back.
      const expected = codec === 'pcmu' && byte === 0x7f ? 0xff : byte
      expect(encodeSample(codec, decodeSample(codec, byte))).toBe(expected)
    }
  })

  it.each(codecs)('%s stays within half a step of every sample', codec => {
    const samples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768)
    const decoded = decode(codec, encode(codec, samples))
    const worst = samples.reduce((most, sample, i) => {
      const error = Math.abs(sample - (decoded[i] ?? 0))
      return Math.max(most, error / Math.max(16, Math.abs(sample) / 16))
    }, 0)
    expect(worst).toBeLessThanOrEqual(1)
  })

  it.each(codecs)('%s ranks follow the levels', codec => {
    const byRank = [...everyByte].sort((a, b) => rankOf(codec, a) - rankOf(codec, b))
    const levels = byRank.map(byte => decodeSample(codec, byte))
    expect(levels).toEqual([...levels].sort((a, b) => a - b))
    expect(new Set(everyByte.map(byte => rankOf(codec, byte))).size).toBe(256)
    expect(rankOf(codec, SILENCE[codec])).toBe(128)
  })
})
