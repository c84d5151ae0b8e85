/** WAV files as Asterisk plays them: 16-bit PCM, one channel, 8000 samples a second. */

export const SAMPLE_RATE = 8000

/** The samples of a WAV file; throws when it is of another kind. */
export function parseWav(file: Buffer): Int16Array {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('This is not a WAV file.')
  }
  const format = chunk(file, 'fmt ')
  const [kind, channels, rate, bits] = [0, 2, 4, 14].map(at => format.readUInt16LE(at))
  if (kind !== 1 || channels !== 1 || rate !== SAMPLE_RATE || bits !== 16) {
    throw new Error(
      `This WAV file is not 16-bit PCM at 8 kHz, mono (format ${kind}, ${channels} channels, ${rate} Hz).`,
    )
  }
  const data = chunk(file, 'data')
  return Int16Array.from({ length: data.length >> 1 }, (_, i) => data.readInt16LE(2 * i))
}

/** A WAV file of the samples. */
export function formatWav(pcm: Int16Array): Buffer {
  const file = Buffer.alloc(44 + 2 * pcm.length)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(SAMPLE_RATE, 24)
  file.writeUInt32LE(2 * SAMPLE_RATE, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(2 * pcm.length, 40)
  pcm.forEach((sample, i) => {
    file.writeInt16LE(sample, 44 + 2 * i)
  })
  return file
}

function chunk(file: Buffer, name: string): Buffer {
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4)
    if (file.toString('latin1', at, at + 4) === name) return file.subarray(at + 8, at + 8 + size)
    at += 8 + size + (size & 1)
  }
  throw new Error(`This WAV file has no '${name.trim()}' chunk.`)
}
