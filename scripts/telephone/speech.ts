/** A signal that passes for speech: syllables of noise, four a second. */
import { SAMPLE_RATE } from './wav.js'

const SYLLABLES_PER_SECOND = 4

/** `ms` of it, the same each time. */
export function speechLikeNoise(ms: number): Int16Array {
  let random = 1
  return Int16Array.from({ length: Math.round((ms * SAMPLE_RATE) / 1000) }, (_, i) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff
    const loudness = Math.abs(Math.sin((Math.PI * SYLLABLES_PER_SECOND * i) / SAMPLE_RATE))
    return Math.round(8000 * loudness * (random / 0x3fffffff - 1))
  })
}
