import { describe, expect, it } from 'vitest'
import { Ear } from '../../scripts/telephone/ear.js'
import { type Codec, encode } from '../../scripts/telephone/g711.js'
import { PromptLibrary } from '../../scripts/telephone/prompts.js'
import type { RtpPacket } from '../../scripts/telephone/rtp.js'

/** Something like speech: noise through a resonance, rising and falling; the same for the same seed. */
function speech(seed: number, ms: number): Int16Array {
  let random = seed * 7919 + 1
  let level = 0
  return Int16Array.from({ length: ms * 8 }, (_, i) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff
    level = 0.8 * level + (random / 0x3fffffff - 1) * 4000
    return Math.round(level * Math.abs(Math.sin(i / 700)))
  })
}

function joined(...parts: Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap(part => [...part]))
}

const silence = (ms: number) => new Int16Array(ms * 8)
const hello = joined(silence(30), speech(1, 900), silence(50))
const enterPin = speech(2, 700)
const dictionary = new Map<string, Int16Array>([
  ['hello', hello],
  ['enter-pin', enterPin],
  ['enter-pin-again', joined(enterPin, speech(3, 500))],
  ['number-8', joined(speech(4, 180), speech(5, 113))],
  ['number-80', joined(speech(4, 180), speech(6, 213))],
  ['goodbye', speech(7, 600)],
  ['beep', Int16Array.from({ length: 2400 }, (_, i) => Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / 8000)))],
  ...Array.from({ length: 100 }, (_, i): [string, Int16Array] => [`other-${i}`, speech(100 + i, 400)]),
])
const library = new PromptLibrary(dictionary)

/** A PBX that plays as Asterisk does: 20 ms a packet, a file's last 22 samples left out, its last packet short. */
class Playing {
  readonly ear: Ear
  readonly #codec: Codec
  now = 1000
  #sequence = 65_530
  #timestamp = 4_000_000_000

  constructor(codec: Codec = 'pcmu') {
    this.#codec = codec
    this.ear = new Ear(library, codec)
  }

  play(name: string, options: { from?: number; packets?: number; lost?: readonly number[] } = {}): this {
    const samples = dictionary.get(name)?.slice(0, -22) ?? new Int16Array()
    const bytes = encode(this.#codec, samples)
    for (let at = 160 * (options.from ?? 0); at < bytes.length && at / 160 < (options.packets ?? Infinity); at += 160) {
      this.#send(bytes.subarray(at, at + 160), options.lost?.includes(at / 160) ?? false)
    }
    return this
  }

  pause(ms: number): this {
    this.now += ms
    this.#timestamp = (this.#timestamp + 8 * ms) >>> 0
    this.ear.pass(this.now)
    return this
  }

  #send(payload: Uint8Array, lost: boolean): void {
    const packet: RtpPacket = {
      payloadType: 0,
      marker: false,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: 1,
      payload,
    }
    if (!lost) this.ear.hear(packet, this.now)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#timestamp = (this.#timestamp + payload.length) >>> 0
    this.now += payload.length / 8
  }

  /** What was heard, each prompt that was cut short with a minus. */
  get heard(): string[] {
    return this.ear.prompts.map(({ prompt, whole }) => (whole ? prompt : `${prompt}-`))
  }
}

describe('the ear', () => {
  it.each(['pcmu', 'pcma'] as const)('recognises prompts that run on in %s', codec => {
    const pbx = new Playing(codec).play('hello').play('number-80').play('number-8').play('number-8').play('goodbye')
    expect(pbx.pause(300).heard).toEqual(['hello', 'number-80', 'number-8', 'number-8', 'goodbye'])
    expect(pbx.ear.prompts.every(({ ended }) => ended)).toBe(true)
  })

  it('tells when each began, and how much of it was played', () => {
    const { ear } = new Playing().pause(500).play('hello').pause(300).play('goodbye')
    const [hello, goodbye] = ear.prompts
    expect(hello?.startedAt).toBe(1500)
    expect(hello?.playedMs).toBeCloseTo(980 - 22 / 8)
    expect(goodbye?.startedAt).toBeCloseTo(1500 + 980 - 22 / 8 + 300)
  })

  it('notices a prompt that is cut short', () => {
    const pbx = new Playing().play('hello', { packets: 20 }).play('goodbye').pause(300)
    expect(pbx.heard).toEqual(['hello-', 'goodbye'])
    expect(pbx.ear.prompts[0]?.playedMs).toBeCloseTo(400, -1)
    expect(new Playing().play('goodbye', { packets: 28 }).pause(300).heard).toEqual(['goodbye-'])
  })

  it('hears the same prompt twice when it is cut short and begun again', () => {
    expect(new Playing().play('hello', { packets: 20 }).play('hello').pause(300).heard).toEqual(['hello-', 'hello'])
  })

  it('tells a prompt from another that begins with it', () => {
    expect(new Playing().play('enter-pin').play('goodbye').pause(300).heard).toEqual(['enter-pin', 'goodbye'])
    expect(new Playing().play('enter-pin').pause(300).play('goodbye').pause(300).heard).toEqual([
      'enter-pin',
      'goodbye',
    ])
    expect(new Playing().play('enter-pin-again').pause(300).heard).toEqual(['enter-pin-again'])
    expect(new Playing().play('enter-pin-again', { packets: 40 }).pause(300).heard).toEqual(['enter-pin-again-'])
    expect(new Playing().play('enter-pin').play('enter-pin-again').pause(300).heard).toEqual([
      'enter-pin',
      'enter-pin-again',
    ])
  })

  it('bears the loss of any one packet', () => {
    for (let lost = 0; lost < 49; lost++) {
      const pbx = new Playing()
        .play('number-8')
        .play('hello', { lost: [lost] })
        .play('goodbye')
        .pause(300)
      expect(pbx.heard, `without packet ${lost}`).toEqual(['number-8', 'hello', 'goodbye'])
    }
  })

  it('takes a mere delay for no end', () => {
    const pbx = new Playing().play('goodbye', { packets: 10 })
    pbx.ear.pass(pbx.now + 400)
    expect(pbx.ear.prompts).toMatchObject([{ prompt: 'goodbye', whole: false, ended: true }])
    pbx.play('goodbye', { from: 10 })
    expect(pbx.ear.prompts).toMatchObject([{ prompt: 'goodbye', whole: true, ended: true, startedAt: 1000 }])
  })

  it('recognises a tone of one pitch', () => {
    expect(new Playing().play('hello').play('beep').pause(300).play('beep').pause(300).heard).toEqual([
      'hello',
      'beep',
      'beep',
    ])
  })

  it('ignores what it does not know, overtaken packets and other noise', () => {
    const ear = new Ear(library, 'pcmu')
    const stranger = encode('pcmu', speech(999, 1000))
    for (let at = 0; at < stranger.length; at += 160) {
      const packet = {
        payloadType: 0,
        marker: false,
        sequence: at / 160,
        timestamp: at,
        ssrc: 1,
        payload: stranger.subarray(at, at + 160),
      }
      ear.hear(packet, at)
      ear.hear(packet, at)
    }
    ear.close()
    expect(ear.prompts).toEqual([])
  })

  it('tells of a prompt soon after its first sound, and again at its end', () => {
    const pbx = new Playing()
    const told: string[] = []
    pbx.ear.onPrompt(({ prompt, ended, playedMs }) =>
      told.push(`${prompt} ${ended ? 'end' : 'start'} ${Math.round(playedMs)}`),
    )
    pbx.play('goodbye').play('hello')
    expect(told).toEqual(['goodbye start 40', 'goodbye end 597', 'hello start 60', 'hello end 977'])
  })

  it('recognises every prompt of the library', () => {
    const names = [...dictionary.keys()]
    const pbx = new Playing()
    for (const name of names) pbx.play(name)
    expect(pbx.pause(300).heard).toEqual(names)
  })
})
