/** WAV files made in the test: silence, a drone, and something with the ups and downs of speech. */

const RATE = 8000

export function wavOf(samples: Int16Array): Uint8Array {
  const wav = Buffer.alloc(44 + samples.length * 2)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(36 + samples.length * 2, 4)
  wav.write('WAVEfmt ', 8)
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(RATE, 24)
  wav.writeUInt32LE(RATE * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36)
  wav.writeUInt32LE(samples.length * 2, 40)
  samples.forEach((sample, i) => void wav.writeInt16LE(sample, 44 + i * 2))
  return wav
}

const sound = (seconds: number, amplitude: (second: number) => number, hertz = 220) =>
  Int16Array.from({ length: Math.round(seconds * RATE) }, (_, i) => {
    const second = i / RATE
    return Math.round(amplitude(second) * 32_767 * Math.sin(2 * Math.PI * hertz * second))
  })

export const silence = (seconds: number) => sound(seconds, () => 0.0005)
export const drone = (seconds: number) => sound(seconds, () => 0.1)
/** Four syllables a second, with pauses between them. */
export const speech = (seconds: number) =>
  sound(seconds, second => 0.2 * Math.max(0.002, Math.sin(8 * Math.PI * second)))
/** A click of a tenth of a second in silence. */
export const click = (seconds: number) => sound(seconds, second => (second < 0.1 ? 0.3 : 0.0005))
