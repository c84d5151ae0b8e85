/** A caller who does what the test says, and remembers what they heard. */
import { type Caller, CallOver, type Entry, type Key, type Recording, type Sound } from '../../src/phone/caller.js'
import type { Prompt } from '../../src/phone/prompts.js'

/** What the caller does when asked: keys such as `2468#`, nothing, or hangs up. */
export type Deed = `${string}#` | Key | 'silence' | 'hang up'

export class ScriptedCaller implements Caller {
  /** All prompts, in order; `~` stands where the caller's keys or voice are taken. */
  readonly heard: string[] = []
  /** How the call ended: by whom, or that it was given back. */
  ended: 'by the caller' | 'by Punchline' | 'handed back' | 'handed back, on record' | null = null
  readonly #deeds: Deed[]
  readonly #spoken: Uint8Array | null
  readonly #sound: Sound | null
  anyKey = false
  readonly removed: string[] = []

  constructor(deeds: Deed[], options: { says?: Uint8Array | null; sound?: Sound } = {}) {
    this.#deeds = [...deeds]
    this.#spoken = options.says ?? null
    this.#sound = options.sound ?? null
  }

  async answer(): Promise<void> {}

  async say(...prompts: Prompt[]): Promise<void> {
    this.#hear(prompts)
  }

  async ask(...prompts: Prompt[]): Promise<Entry> {
    this.#hear(prompts)
    const deed = this.#next()
    if (deed === 'silence') return { digits: '', endedBy: 'silence' }
    return { digits: deed.replace(/#$/, ''), endedBy: deed.endsWith('#') ? 'pound' : 'silence' }
  }

  async askTelling(onDigits: (digits: string) => void, ...prompts: Prompt[]): Promise<Entry> {
    const entry = await this.ask(...prompts)
    tellEach(entry.digits, onDigits)
    return entry
  }

  async askForKey(...prompts: Prompt[]): Promise<Key | null> {
    this.#hear(prompts)
    const deed = this.#next()
    return deed === '1' || deed === '2' ? deed : null
  }

  async record(name: string): Promise<Recording> {
    this.#hear(['tone'])
    // A hang-up ends the recording, and is noticed by what comes after it.
    if (this.#deeds[0] === 'hang up') this.ended = 'by the caller'
    return {
      fetch: async () => this.#spoken,
      remove: async () => {
        this.removed.push(name)
      },
    }
  }

  async sound(): Promise<Sound | null> {
    return this.#sound
  }

  async hangUp(): Promise<void> {
    this.ended ??= 'by Punchline'
  }

  async handBack(isOnRecord: boolean): Promise<void> {
    this.ended = isOnRecord ? 'handed back, on record' : 'handed back'
  }

  #hear(prompts: readonly Prompt[]): void {
    if (this.ended) throw new CallOver('hung-up')
    this.heard.push(...prompts)
  }

  #next(): Exclude<Deed, 'hang up'> {
    this.heard.push('~')
    const deed = this.#deeds.shift()
    if (deed === undefined) throw new Error(`The test's caller was asked once too often: ${this.heard.join(' ')}`)
    if (deed !== 'hang up') {
      this.anyKey ||= deed !== 'silence'
      return deed
    }
    this.ended = 'by the caller'
    throw new CallOver('hung-up')
  }
}

/** Tells of digits that are keyed one after the other. */
export function tellEach(digits: string, onDigits: (digits: string) => void): void {
  for (let keyed = 1; keyed <= digits.length; keyed++) onDigits(digits.slice(0, keyed))
}
