/** Whether somebody speaks in a recording. It tells speech from silence, never one voice from another. */
import type { Sound } from './wav.js'

const FRAME_MS = 20
/** Quieter than this is silence on any line, in dB below full scale. */
const QUIETEST_SPEECH_DB = -45
/** Speech stands out of the noise around it by so much; an engine's drone doesn't stand out of itself. */
const ABOVE_NOISE_DB = 9
/** A name takes longer than a click on the line. */
const SHORTEST_SPEECH_MS = 200

export function hasSpeech(sound: Sound): boolean {
  const levels = frameLevels(sound)
  const noise = [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 10)] ?? 0
  const threshold = Math.max(QUIETEST_SPEECH_DB, Math.min(noise, -15) + ABOVE_NOISE_DB)
  const loudFrames = levels.filter(level => level > threshold).length
  return loudFrames * FRAME_MS >= SHORTEST_SPEECH_MS
}

export function durationMs(sound: Sound): number {
  return Math.round((sound.samples.length / sound.sampleRate) * 1000)
}

/** Each frame's power, in dB below full scale. */
function frameLevels({ samples, sampleRate }: Sound): number[] {
  const length = Math.round((sampleRate * FRAME_MS) / 1000)
  return Array.from({ length: Math.floor(samples.length / length) }, (_, frame) => {
    const part = samples.subarray(frame * length, (frame + 1) * length)
    const power = part.reduce((sum, sample) => sum + sample * sample, 0) / length
    return 10 * Math.log10(power / 32_768 ** 2 + 1e-12)
  })
}
