/** Which prompts a recording consists of, whatever codec it came through: by correlation with their files. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseWav } from '../../../scripts/telephone/wav.js'

/** A prompt from its first sound to its last. */
interface Prompt {
  readonly name: string
  readonly sound: Int16Array
}

/** What isn't a whole prompt. */
const UNKNOWN = '?'
const FRAME = 80
const AUDIBLE = 150
/** A codec's delay, and where a frame begins, move a sound by less than this. */
const REACH = 240
/** A prompt's beginning says whether, and where exactly, the rest is worth comparing. */
const BEGINNING = 800
const PROMISING = 0.5
/** Each block is looked for where the last one says; a codec that starts afresh or a lost packet moves it, so then around. */
const BLOCK = 400
const SLIP = 8
const JUMP = 200
const GOOD = 0.8
const ENDING = 4
const MOST_UNLIKE = 0.15
const CLEARLY = 0.01
/** So much sound may go unexplained before or after a prompt. */
const CRACKLE = 4 * REACH

export function loadSounds(directory: string): Prompt[] {
  return readdirSync(directory)
    .filter(file => file.endsWith('.wav'))
    .map(file => ({ name: basename(file, '.wav'), sound: trimmed(parseWav(readFileSync(join(directory, file)))) }))
    .filter(({ sound }) => sound.length > 0)
}

/** The prompts in order; only one that was played to its last sound counts, all else is `?`. */
export function promptsIn(recording: Int16Array, prompts: readonly Prompt[]): string[] {
  const found: string[] = []
  let unexplained = 0
  for (let at = nextSound(recording, 0); at < recording.length; at = nextSound(recording, at)) {
    const best = longestAt(recording, at, prompts)
    if (best) found.push(best.name)
    else if (unexplained === CRACKLE) found.push(UNKNOWN)
    unexplained = best ? 0 : unexplained + REACH
    at = best?.end ?? at + REACH
  }
  return found
}

/** A short number can be how a longer one begins, so of those that match the longest was played. */
function longestAt(
  recording: Int16Array,
  at: number,
  prompts: readonly Prompt[],
): { name: string; end: number } | null {
  let best: { name: string; end: number } | null = null
  for (const { name, sound } of prompts) {
    const { place, likeness: promise } = bestPlace(recording, at, sound.subarray(0, BEGINNING), REACH)
    if (promise < PROMISING || (best && place + sound.length <= best.end)) continue
    const end = endOf(sound, recording, place)
    if (end !== null) best = { name, end }
  }
  return best
}

/** Where a sound ends that was recorded at a place; null when what was recorded there isn't it. */
function endOf(sound: Int16Array, recording: Int16Array, place: number): number | null {
  const blocks = Array.from({ length: Math.floor(sound.length / BLOCK) }, (_, i) => i * BLOCK).filter(at =>
    isAudible(sound.subarray(at, at + BLOCK)),
  )
  const unlikenesses: number[] = []
  let slip = 0
  for (const at of blocks) {
    const block = sound.subarray(at, at + BLOCK)
    const near = bestPlace(recording, place + at + slip, block, SLIP)
    const found = near.likeness > GOOD ? near : bestPlace(recording, place + at + slip, block, JUMP)
    unlikenesses.push(1 - found.likeness)
    if (sum(unlikenesses) > MOST_UNLIKE * blocks.length) return null
    slip = found.place - place - at
  }
  // The ending counts by itself too: it would hardly be missed in a long prompt.
  const ending = unlikenesses.slice(-ENDING)
  return sum(ending) > MOST_UNLIKE * ending.length ? null : place + sound.length + slip
}

/** Where around `at` a sound fits best; a tone fits again a wave later, and then the nearest place is the one. */
function bestPlace(recording: Int16Array, at: number, sound: Int16Array, reach: number) {
  let best = { place: at, likeness: 0 }
  for (let distance = 0; distance <= reach; distance += 1) {
    for (const place of [at - distance, at + distance]) {
      const likeness = correlation(recording, place, sound)
      if (likeness > best.likeness + CLEARLY) best = { place, likeness }
    }
  }
  return best
}

/** From -1 to 1, however loud either is. */
function correlation(recording: Int16Array, place: number, sound: Int16Array): number {
  let both = 0
  let heard = 0
  let expected = 0
  for (let i = 0; i < sound.length; i += 1) {
    const a = recording[place + i] ?? 0
    const b = sound[i] ?? 0
    both += a * b
    heard += a * a
    expected += b * b
  }
  return heard === 0 ? 0 : both / Math.sqrt(heard * expected)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

function isAudible(sound: Int16Array): boolean {
  return sound.reduce((sum, sample) => sum + Math.abs(sample), 0) > AUDIBLE * sound.length
}

const frameAt = (sound: Int16Array, at: number) => sound.subarray(at, at + FRAME)

/** Where the next sound begins, or the recording's end. */
function nextSound(recording: Int16Array, from: number): number {
  let at = from
  while (at < recording.length && !isAudible(frameAt(recording, at))) at += FRAME
  return at
}

function trimmed(sound: Int16Array): Int16Array {
  const start = nextSound(sound, 0)
  let end = sound.length
  while (end > start && !isAudible(frameAt(sound, end - FRAME))) end -= FRAME
  return sound.slice(start, end)
}
