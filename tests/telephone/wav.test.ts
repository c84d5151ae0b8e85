import { describe, expect, it } from 'vitest'
import { formatWav, parseWav } from '../../scripts/telephone/wav.js'

describe('WAV', () => {
  it('reads back what it writes', () => {
    const pcm = Int16Array.of(0, 1, -1, 32_767, -32_768)
    expect(parseWav(formatWav(pcm))).toEqual(pcm)
  })

  it('passes over chunks that it does not know', () => {
    const wav = formatWav(Int16Array.of(7, 8))
    const list = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1')
    expect(parseWav(Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)]))).toEqual(Int16Array.of(7, 8))
  })

  it('refuses what Asterisk would not play', () => {
    const stereo = formatWav(Int16Array.of(1, 2))
    stereo.writeUInt16LE(2, 22)
    expect(() => parseWav(stereo)).toThrow('2 channels')
    expect(() => parseWav(Buffer.from('ID3 something else altogether'))).toThrow('not a WAV')
  })
})
