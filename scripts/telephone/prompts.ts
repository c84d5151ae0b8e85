/** The prompts that the ear knows: every WAV of a directory, as Asterisk sends it, with an index to find it by. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { type Codec, encodeSample, rankOf } from './g711.js'
import { PACKET_SAMPLES } from './rtp.js'
import { parseWav } from './wav.js'

/** A prompt in a codec's levels (see rankOf). */
export interface EncodedPrompt {
  readonly name: string
  readonly ranks: Uint8Array
  /** The samples up to the last that is not silent. */
  readonly audibleEnd: number
}

/** A place in a prompt that its fingerprint leads to. */
export interface Anchor {
  readonly prompt: EncodedPrompt
  readonly at: number
}

/** Samples in a fingerprint. */
export const FINGERPRINT_SAMPLES = 12
/** Every so many samples a prompt has a fingerprint, where its sound is lively enough for one. */
const ANCHOR_STEP = 40
const LIVELY_LEVELS = 6

/** Whether a level is audible, and not the last crackle of silence. */
export function isAudible(rank: number): boolean {
  return rank < 125 || rank > 130
}

const FACTOR = 0x01000193
const LEAVING_FACTOR = Array.from({ length: FINGERPRINT_SAMPLES }).reduce<number>(power => Math.imul(power, FACTOR), 1)

/** The fingerprint of a window that moves on by one sample; `leaving` is 0 until the window is full. */
export function nextFingerprint(fingerprint: number, entering: number, leaving: number): number {
  return (Math.imul(fingerprint, FACTOR) + entering + 1 - Math.imul(leaving, LEAVING_FACTOR)) | 0
}

/** All prompts in one codec, found by fingerprint. */
export class PromptIndex {
  readonly #anchors = new Map<number, Anchor[]>()
  /** Whether any fingerprint has these upper 16 bits: spares most look-ups. */
  readonly #known = new Uint8Array(65_536)

  constructor(prompts: readonly EncodedPrompt[]) {
    for (const prompt of prompts) this.#addAnchorsOf(prompt)
  }

  anchorsOf(fingerprint: number): readonly Anchor[] {
    if (this.#known[fingerprint >>> 16] === 0) return []
    return this.#anchors.get(fingerprint) ?? []
  }

  #addAnchorsOf(prompt: EncodedPrompt): void {
    // What begins later than this is too short to be recognised.
    const end = prompt.audibleEnd - PACKET_SAMPLES
    for (let at = 0; at < end; at += 1) {
      const window = prompt.ranks.subarray(at, at + FINGERPRINT_SAMPLES)
      if (new Set(window).size < LIVELY_LEVELS) continue
      const fingerprint = window.reduce((before, rank) => nextFingerprint(before, rank, 0), 0)
      this.#known[fingerprint >>> 16] = 1
      this.#anchors.set(fingerprint, [...(this.#anchors.get(fingerprint) ?? []), { prompt, at }])
      at += ANCHOR_STEP - 1
    }
  }
}

/** The prompts of a directory, for any number of calls. */
export class PromptLibrary {
  readonly #samples: ReadonlyMap<string, Int16Array>
  readonly #indexes = new Map<Codec, PromptIndex>()

  constructor(samples: ReadonlyMap<string, Int16Array>) {
    this.#samples = samples
  }

  get names(): readonly string[] {
    return [...this.#samples.keys()]
  }

  /** How long the prompt is, in ms. */
  durationOf(name: string): number {
    const samples = this.#samples.get(name)
    if (!samples) throw new Error(`There is no prompt '${name}'.`)
    return samples.length / 8
  }

  indexFor(codec: Codec): PromptIndex {
    const known = this.#indexes.get(codec)
    if (known) return known
    const index = new PromptIndex([...this.#samples].map(([name, samples]) => encodePrompt(codec, name, samples)))
    this.#indexes.set(codec, index)
    return index
  }
}

/** Reads every .wav of the directory; a prompt's name is its file's, without the ending. */
export async function loadPrompts(directory: string): Promise<PromptLibrary> {
  const files = (await readdir(directory)).filter(file => extname(file) === '.wav').sort()
  const read = async (file: string): Promise<[string, Int16Array]> => {
    try {
      return [basename(file, '.wav'), parseWav(await readFile(join(directory, file)))]
    } catch (error) {
      throw new Error(`${join(directory, file)} cannot be used as a prompt.`, { cause: error })
    }
  }
  return new PromptLibrary(new Map(await Promise.all(files.map(read))))
}

function encodePrompt(codec: Codec, name: string, samples: Int16Array): EncodedPrompt {
  const ranks = Uint8Array.from(samples, sample => rankOf(codec, encodeSample(codec, asAsteriskLooksUp(codec, sample))))
  const audibleEnd = ranks.findLastIndex(isAudible) + 1
  return { name, ranks, audibleEnd }
}

/** Asterisk's tables leave out the lowest two bits for µ-law and three for A-law, and hold the code of the largest. */
function asAsteriskLooksUp(codec: Codec, sample: number): number {
  return sample | (codec === 'pcmu' ? 3 : 7)
}
