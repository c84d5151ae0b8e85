/** An employee at a telephone: goes by what they hear, and remembers it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant } from '../../src/clock/time.js'
import { speechLikeNoise } from '../telephone/speech.js'
import { type Call, dial, type PromptLibrary } from '../telephone/telephone.js'
import type { Employee } from './employees.js'
import { between, type Chance } from './random.js'

export type Manner =
  /** Keys all in one go, and says their name. */
  | 'typist'
  /** Waits for each question. */
  | 'listener'
  /** Says nothing after the tone. */
  | 'silent'
  /** Keys a wrong PIN first. */
  | 'mistyper'
  /** Keys three wrong PINs, and leaves name and site. */
  | 'locked out'
  /** Hangs up at any moment. */
  | 'hurried'

/** One call as its caller remembers it. */
export interface Remembered {
  readonly employee: Employee
  readonly manner: Manner
  readonly dialledAt: Instant
  readonly endedAt: Instant
  readonly heard: readonly string[]
  /** `nobody`: it was never answered. `cut`: the PBX went away under it. */
  readonly endedBy: 'caller' | 'pbx' | 'cut' | 'nobody'
  /** They spoke after the tone, to a PBX that could hear them. */
  readonly spoke: boolean
  /** They waited for so long in silence that they hung up. */
  readonly leftInSilence: boolean
}

export interface Telephone {
  /** The PBX, host:port. */
  readonly to: string
  readonly prompts: PromptLibrary
}

/** So long a caller listens to nothing, in milliseconds. */
export const PATIENCE = 25_000
/** So long a caller lets it ring, in milliseconds. */
const RINGING = 30_000
const NAME = speechLikeNoise(1200)
const WRONG_PIN = '9753'

/** Who keys ID and PIN as soon as the PBX answers. */
const TYPES_AHEAD: readonly Manner[] = ['typist', 'silent', 'mistyper']
const WRONG_PINS: Partial<Record<Manner, number>> = { mistyper: 1, 'locked out': 3 }

export class Caller {
  readonly employee: Employee
  readonly manner: Manner
  /** The call, once it is over. Never rejects. */
  readonly remembered: Promise<Remembered>
  /** Nobody can be blamed when what they say is not on tape. */
  expectsNoVoice = false
  readonly #chance: Chance
  readonly #listeners: ((prompt: string) => void)[] = []
  readonly #ringing = new AbortController()
  #wrongPins: number
  #call: Call | null = null
  #heardLast = performance.now()
  #isCut = false
  #spoke = false
  #leftInSilence = false

  constructor(telephone: Telephone, employee: Employee, manner: Manner, chance: Chance) {
    this.employee = employee
    this.manner = manner
    this.#chance = chance
    this.#wrongPins = WRONG_PINS[manner] ?? 0
    this.remembered = this.#phone(telephone)
  }

  /** Calls `listener` with each prompt as it begins, and again as it ends. */
  onPrompt(listener: (prompt: string) => void): void {
    this.#listeners.push(listener)
  }

  hangUp(): void {
    this.#ringing.abort()
    void this.#call?.hangUp()
  }

  /** The PBX went away: an answered call's line is dead. */
  cut(): void {
    if (!this.#call) return
    this.#isCut = true
    this.#call.vanish()
  }

  async #phone(telephone: Telephone): Promise<Remembered> {
    const dialledAt = Date.now()
    const call = await this.#dial(telephone)
    if (call) await this.#untilItEnds(call)
    const { employee, manner } = this
    return {
      employee,
      manner,
      dialledAt,
      endedAt: Date.now(),
      heard: call?.heard().map(({ prompt }) => prompt) ?? [],
      endedBy: !call ? 'nobody' : this.#isCut ? 'cut' : await call.ended,
      spoke: this.#spoke && !this.expectsNoVoice,
      leftInSilence: this.#leftInSilence,
    }
  }

  /** Null when nobody answers. */
  async #dial({ to, prompts }: Telephone): Promise<Call | null> {
    const { number, phoneClockId } = this.employee
    const keysAtAnswer = TYPES_AHEAD.includes(this.manner) ? `${phoneClockId}#${this.#nextPin()}#` : ''
    const signal = AbortSignal.any([this.#ringing.signal, AbortSignal.timeout(RINGING)])
    return dial({ to, prompts, number: '5550100', from: number, keysAtAnswer, signal }).catch(() => null)
  }

  async #untilItEnds(call: Call): Promise<void> {
    this.#call = call
    this.#heardLast = performance.now()
    call.onPrompt(({ prompt, whole }, ended) => {
      this.#heardLast = performance.now()
      for (const listener of this.#listeners) listener(prompt)
      // The line may be gone by the time of the answer.
      if (ended && whole) this.#react(call, prompt).catch(() => {})
    })
    const waiting = setInterval(() => this.#loseHeart(), 500)
    const hurry = this.manner === 'hurried' ? setTimeout(() => this.hangUp(), between(this.#chance, 300, 14_000)) : null
    await call.ended
    clearInterval(waiting)
    if (hurry) clearTimeout(hurry)
  }

  #loseHeart(): void {
    if (performance.now() - this.#heardLast < PATIENCE) return
    this.#leftInSilence = true
    this.hangUp()
  }

  /** What they do after a prompt. Who typed ahead is asked only when those keys were not taken. */
  async #react(call: Call, prompt: string): Promise<void> {
    switch (prompt) {
      case 'enter-phone-clock-id':
        await this.#think()
        await call.press(`${this.employee.phoneClockId}#`)
        break
      case 'enter-pin':
        await this.#think()
        await call.press(`${this.#nextPin()}#`)
        break
      case 'tone':
        if (this.manner === 'silent') break
        await call.speak(NAME)
        this.#spoke = true
        await call.press('#')
        break
      case 'to-clock-out-now-press-1':
      case 'to-clock-in-now-press-1':
        this.hangUp()
    }
  }

  #nextPin(): string {
    return this.#wrongPins-- > 0 ? WRONG_PIN : this.employee.pin
  }

  async #think(): Promise<void> {
    await sleep(between(this.#chance, 100, 1_200))
  }
}
