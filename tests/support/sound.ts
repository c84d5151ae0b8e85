/** Sounds made in the test: silence, a drone, and something with the ups and downs of speech. */

import { SAMPLE_RATE } from '../../scripts/telephone/wav.js'

const sound = (seconds: number, amplitude: (second: number) => number, hertz = 220) =>
  Int16Array.from({ length: Math.round(seconds * SAMPLE_RATE) }, (_, i) => {
    const second = i / SAMPLE_RATE
    return Math.round(amplitude(second) * 32_767 * Math.sin(2 * Math.PI * hertz * second))
  })

export const silence = (seconds: number) => sound(seconds, () => 0.0005)
export const drone = (seconds: number) => sound(seconds, () => 0.1)
/** Four syllables a second, with pauses between them. */
export const speech = (seconds: number) =>
  sound(seconds, second => 0.2 * Math.max(0.002, Math.sin(8 * Math.PI * second)))
/** A click of a tenth of a second in silence. */
export const click = (seconds: number) => sound(seconds, second => (second < 0.1 ? 0.3 : 0.0005))
