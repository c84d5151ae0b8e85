/** The ear: recognises which prompts a call's received audio consists of, while it arrives. */
import { type Codec, rankOf } from './g711.js'
import {
  type EncodedPrompt,
  FINGERPRINT_SAMPLES,
  isAudible,
  nextFingerprint,
  type PromptIndex,
  type PromptLibrary,
} from './prompts.js'
import { PACKET_SAMPLES, type RtpPacket } from './rtp.js'

/** A prompt that was played, or is playing. */
export interface HeardPrompt {
  readonly prompt: string
  /** When its first packet came (performance.now). */
  readonly startedAt: number
  readonly playedMs: number
  /** Played to its end. */
  readonly whole: boolean
  readonly ended: boolean
}

/** What a prompt could be that is being played: it is followed until the audio contradicts it. */
interface Candidate {
  readonly prompt: EncodedPrompt
  /** The place in the stream of the file's first sample. */
  readonly start: number
  /** The part of the stream that agrees with the file. */
  from: number
  to: number
  /** The audible samples that agree. */
  evidence: number
  badness: number
  /** It does not agree from the file's beginning on. */
  headless: boolean
  alive: boolean
}

interface Entry {
  readonly candidate: Candidate
  readonly startedAt: number
  ended: boolean
}

/** Lost samples have no level. */
const LOST = -1
/** The stream's last two seconds are at hand. */
const HISTORY = 16_384
const PACKETS_REMEMBERED = 128
/** More than a packet must agree before a prompt counts as heard. */
const ENOUGH = PACKET_SAMPLES
const ENOUGH_WITHOUT_HEAD = 800
/** By how many samples one explanation must be better than another that is a whole file. */
const MARGIN = 40
const BAD_SAMPLE = 4
const TOO_BAD = 24
/** After so long without a packet what was playing has ended. */
const PAUSE_MS = 250
const MOST_LOST_PACKETS = 100
/** Asterisk counts the 44 bytes of a WAV file's header twice, and never plays the file's last 22 samples. */
const UNPLAYED = 22

/** Listens to one call. Hand it every packet of audio with `hear`, and the time with `pass` now and then. */
export class Ear {
  readonly #index: PromptIndex
  readonly #ranks: Int16Array
  readonly #stream = new Int16Array(HISTORY).fill(LOST)
  /** The stream's end; what lies before its beginning counts as lost. */
  #end = HISTORY
  #scanned = HISTORY
  /** Before this, all is explained. */
  #floor = HISTORY
  readonly #packets: { readonly start: number; readonly arrivedAt: number }[] = []
  #last: { readonly sequence: number; readonly ssrc: number; readonly nextTimestamp: number } | null = null
  #candidates: Candidate[] = []
  #past: Candidate[] = []
  #playing: Entry | null = null
  readonly #heard: Entry[] = []
  readonly #listeners: ((prompt: HeardPrompt) => void)[] = []

  constructor(library: PromptLibrary, codec: Codec) {
    this.#index = library.indexFor(codec)
    this.#ranks = Int16Array.from({ length: 256 }, (_, byte) => rankOf(codec, byte))
  }

  /** All prompts so far, in order. */
  get prompts(): readonly HeardPrompt[] {
    return this.#heard.map(describe)
  }

  /** Calls `listener` when a prompt was recognised, soon after its beginning, and again when it has ended. */
  onPrompt(listener: (prompt: HeardPrompt) => void): void {
    this.#listeners.push(listener)
  }

  hear({ sequence, timestamp, ssrc, payload }: RtpPacket, arrivedAt: number): void {
    const ahead = this.#last?.ssrc === ssrc ? (sequence - this.#last.sequence) & 0xffff : 1
    // A packet that was overtaken is lost already.
    if (ahead === 0 || ahead >= 0x8000) return
    if (ahead > MOST_LOST_PACKETS) this.#endAll()
    else if (ahead > 1) {
      const most = (ahead - 1) * PACKET_SAMPLES
      // The last packet of a file is shorter; after a pause the timestamp has moved on by more than was lost.
      const missing = timestamp - (this.#last?.nextTimestamp ?? 0)
      this.#append(new Uint8Array(missing > 0 && missing < most ? missing : most), true, arrivedAt)
    }
    this.#last = { sequence, ssrc, nextTimestamp: timestamp + payload.length }
    this.#append(payload, false, arrivedAt)
    if (this.#playing) this.#playing.ended = false
    this.#work()
  }

  /** Tells the time: what is playing ends when no packet has come for long. */
  pass(now: number): void {
    const last = this.#packets.at(-1)
    if (!last || now - last.arrivedAt <= PAUSE_MS) return
    if (this.#playing && !this.#playing.ended) {
      // It is followed all the same: this may be a mere delay.
      this.#playing.ended = true
      this.#tell(this.#playing)
    } else if (this.#past.some(isWhole)) this.#endAll()
  }

  /** No more will come. */
  close(): void {
    this.#endAll()
  }

  #endAll(): void {
    for (const candidate of this.#candidates) candidate.alive = false
    this.#work()
  }

  #append(payload: Uint8Array, lost: boolean, arrivedAt: number): void {
    if (payload.length === 0) return
    this.#packets.push({ start: this.#end, arrivedAt })
    if (this.#packets.length > PACKETS_REMEMBERED) this.#packets.shift()
    for (const byte of payload) {
      this.#stream[this.#end % HISTORY] = lost ? LOST : (this.#ranks[byte] ?? LOST)
      this.#end += 1
    }
  }

  /** Follows, decides and looks for beginnings until there is nothing more to find in what has come. */
  #work(): void {
    do {
      for (const candidate of this.#candidates) this.#follow(candidate)
      this.#past.push(...this.#candidates.filter(candidate => !candidate.alive && isLikely(candidate)))
      this.#candidates = this.#candidates.filter(({ alive }) => alive)
    } while (this.#decide() || this.#scan())
  }

  /** Compares the stream with the candidate's file as far as both go. */
  #follow(candidate: Candidate): void {
    if (!candidate.alive) return
    const {
      prompt: { ranks },
      start,
    } = candidate
    const fileEnd = start + ranks.length
    let firstBad = candidate.to
    for (let at = candidate.to; at < Math.min(this.#end, fileEnd); at += 1) {
      if (candidate.badness === 0) firstBad = at
      if (this.#compare(candidate, at)) continue
      candidate.alive = false
      candidate.to = firstBad
      return
    }
    candidate.to = Math.min(this.#end, fileEnd)
    candidate.alive = candidate.to < fileEnd - UNPLAYED
  }

  /** Compares one sample; false when the candidate has become untenable. */
  #compare(candidate: Candidate, at: number): boolean {
    const heard = this.#stream[at % HISTORY] ?? LOST
    if (heard === LOST) return true
    const expected = candidate.prompt.ranks[at - candidate.start] ?? LOST
    if (Math.abs(heard - expected) > 1) {
      candidate.badness += BAD_SAMPLE
      return candidate.badness <= TOO_BAD
    }
    candidate.badness = Math.max(0, candidate.badness - 1)
    if (isAudible(expected)) candidate.evidence += 1
    return true
  }

  /** Settles which candidate was played, if that is clear by now. True when a prompt has ended. */
  #decide(): boolean {
    if (this.#playing) {
      const { candidate } = this.#playing
      if (candidate.alive) return false
      this.#finish(candidate)
      return true
    }
    const best = this.#past.reduce<Candidate | null>((a, b) => (a && score(a) >= score(b) ? a : b), null)
    const least = best ? best.evidence + MARGIN : 0
    const open = this.#candidates.filter(candidate => isLikely(candidate) && candidate.evidence > least)
    const [first, second] = open
    if (first && !second) this.#begin(first)
    if (!best || this.#candidates.some(isLikely)) return false
    this.#begin(best)
    this.#finish(best)
    return true
  }

  #begin(candidate: Candidate): void {
    this.#candidates = [candidate]
    this.#past = []
    const last = this.#heard.at(-1)
    // A pause that was a mere delay may have made us take a beginning for all of it.
    const resumed = last && last.candidate.from >= candidate.from
    const startedAt = resumed ? last.startedAt : this.#arrivalOf(candidate.from)
    if (resumed) this.#heard.pop()
    this.#playing = { candidate, startedAt, ended: false }
    this.#heard.push(this.#playing)
    this.#tell(this.#playing)
  }

  #finish(candidate: Candidate): void {
    this.#candidates = []
    this.#past = []
    this.#floor = Math.max(candidate.to, this.#end - HISTORY)
    this.#scanned = this.#floor
    if (!this.#playing) return
    this.#playing.ended = true
    this.#tell(this.#playing)
    this.#playing = null
  }

  #tell(entry: Entry): void {
    const heard = describe(entry)
    for (const listener of this.#listeners) listener(heard)
  }

  /** Looks for fingerprints in what is not explained. True when there is a new candidate to decide on. */
  #scan(): boolean {
    if (this.#candidates.some(isLikely)) return false
    let at = Math.max(this.#floor, this.#scanned - FINGERPRINT_SAMPLES + 1)
    let filled = 0
    let fingerprint = 0
    for (; at < this.#end; at += 1) {
      const rank = this.#stream[at % HISTORY] ?? LOST
      if (rank === LOST) {
        filled = 0
        fingerprint = 0
        continue
      }
      const full = filled === FINGERPRINT_SAMPLES
      const leaving = full ? (this.#stream[(at - FINGERPRINT_SAMPLES) % HISTORY] ?? 0) + 1 : 0
      fingerprint = nextFingerprint(fingerprint, rank, leaving)
      if (!full) filled += 1
      if (filled < FINGERPRINT_SAMPLES || !this.#propose(fingerprint, at + 1 - FINGERPRINT_SAMPLES)) continue
      this.#scanned = at + 1
      return true
    }
    this.#scanned = this.#end
    return false
  }

  /** Adds the candidates to which the fingerprint at `place` leads. True when one of them is likely already. */
  #propose(fingerprint: number, place: number): boolean {
    let likely = false
    for (const { prompt, at } of this.#index.anchorsOf(fingerprint)) {
      if (this.#candidates.some(known => known.prompt === prompt && (known.start === place - at || !known.headless)))
        continue
      const candidate = this.#trace(prompt, place - at, place)
      this.#follow(candidate)
      if (candidate.alive || isLikely(candidate)) this.#candidates.push(candidate)
      likely ||= isLikely(candidate)
    }
    return likely
  }

  /** A candidate that is at hand from `place` backwards to where it begins. */
  #trace(prompt: EncodedPrompt, start: number, place: number): Candidate {
    const candidate: Candidate = {
      prompt,
      start,
      from: place,
      to: place,
      evidence: 0,
      badness: 0,
      headless: false,
      alive: true,
    }
    let lastGood = place
    for (let at = place - 1; at >= Math.max(start, this.#end - HISTORY); at -= 1) {
      if (candidate.badness === 0) lastGood = at + 1
      if (!this.#compare(candidate, at)) {
        candidate.headless = true
        break
      }
      if (this.#stream[at % HISTORY] !== LOST) candidate.from = at
    }
    if (candidate.headless) candidate.from = lastGood
    candidate.badness = 0
    return candidate
  }

  #arrivalOf(place: number): number {
    return (this.#packets.findLast(({ start }) => start <= place) ?? this.#packets[0])?.arrivedAt ?? performance.now()
  }
}

function isLikely({ evidence, headless }: Candidate): boolean {
  return evidence > (headless ? ENOUGH_WITHOUT_HEAD : ENOUGH)
}

function isWhole({ start, to, prompt, headless }: Candidate): boolean {
  return !headless && to >= start + Math.min(prompt.audibleEnd, prompt.ranks.length - UNPLAYED)
}

/** The more that agrees the better; a whole file is better than a piece of another that is hardly longer. */
function score(candidate: Candidate): number {
  return candidate.evidence + (isWhole(candidate) ? MARGIN : 0) - candidate.prompt.ranks.length * 1e-6
}

function describe({ candidate, startedAt, ended }: Entry): HeardPrompt {
  return {
    prompt: candidate.prompt.name,
    startedAt,
    playedMs: (candidate.to - candidate.from) / 8,
    whole: isWhole(candidate),
    ended,
  }
}
