/** The keys that a caller pressed, in order, from the moment the call arrived. */
import type { Entry, Key } from '../caller.js'

/** More than any ID, PIN or code has: an entry that reaches it is wrong, and what comes after is dropped. */
const LONGEST_ENTRY = 32

/** One reader at a time waits for keys. A wait ends early when its signal aborts. */
export class Keypad {
  #keys: Key[] = []
  #poundAt = 0
  #everPressed = false
  #onKey: (() => void) | null = null

  /** Takes a DTMF digit. A to D are on no employee's telephone and are ignored. */
  press(digit: string): void {
    if (!isKey(digit)) return
    if (digit === '#') this.#poundAt = performance.now()
    this.#keys.push(digit)
    this.#everPressed = true
    this.#onKey?.()
  }

  get anyPressed(): boolean {
    return this.#keys.length > 0
  }

  /** When `#` was released last, as performance.now() has it. */
  get poundAt(): number {
    return this.#poundAt
  }

  /** Also of keys that were taken or forgotten. */
  get everPressed(): boolean {
    return this.#everPressed
  }

  forget(): void {
    this.#keys = []
  }

  /** Settles as soon as there is a key, or `end` settles, or `within` milliseconds later; leaves the key. */
  waitForKey(within: number, signal: AbortSignal, end?: Promise<void>): Promise<void> {
    if (this.anyPressed || signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const settle = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', settle)
        // Another may wait by the time that an end comes.
        if (this.#onKey === settle) this.#onKey = null
        resolve()
      }
      const timer = setTimeout(settle, within)
      signal.addEventListener('abort', settle)
      this.#onKey = settle
      end?.then(settle)
    })
  }

  /** Takes the next key; null when none comes `within` milliseconds. Rejects with the signal's reason. */
  async takeKey(within: number, signal: AbortSignal): Promise<Key | null> {
    await this.waitForKey(within, signal)
    signal.throwIfAborted()
    return this.#keys.shift() ?? null
  }

  /** Takes the keys up to `#` or a pause, and tells of the digits at each; `cleared` when the caller pressed `*`. */
  async takeEntry(
    firstWithin: number,
    nextWithin: number,
    signal: AbortSignal,
    onDigits: (digits: string) => void = () => {},
  ): Promise<Entry | 'cleared'> {
    let digits = ''
    for (let within = firstWithin; ; within = nextWithin) {
      const key = await this.takeKey(within, signal)
      if (key === null) return { digits, endedBy: 'silence' }
      if (key === '#') return { digits, endedBy: 'pound' }
      if (key === '*') return 'cleared'
      if (digits.length === LONGEST_ENTRY) continue
      digits += key
      onDigits(digits)
    }
  }
}

function isKey(digit: string): digit is Key {
  return /^[0-9*#]$/.test(digit)
}
