/** The caller, as the conversation sees them: somebody who hears prompts, presses keys, speaks, and may hang up. */
import type { Prompt } from './prompts.js'

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#'

/** What was keyed in, without the `#`. `silence`: no key came in time. */
export interface Entry {
  readonly digits: string
  readonly endedBy: 'pound' | 'silence'
}

/** How long the caller may take for the first key and between keys, in milliseconds. */
export const FIRST_KEY_WITHIN = 7_000
export const NEXT_KEY_WITHIN = 4_000

/**
 * Every method rejects with `CallOver` once the call is over, whoever ended it;
 * `record` gives what was recorded up to a hang-up.
 */
export interface Caller {
  /** Answers, unless the PBX has. What is played first should follow at once. */
  answer(): Promise<void>
  /** Plays the prompts. A key pressed meanwhile interrupts them and is used up; earlier keys are forgotten. */
  say(...prompts: Prompt[]): Promise<void>
  /**
   * Plays the prompts and collects keys up to `#`. Keys pressed before count, and then nothing is played; the
   * first key interrupts. `*` clears the keys and asks again.
   */
  ask(...prompts: Prompt[]): Promise<Entry>
  /** As `ask`, and tells of the digits so far at each of them. */
  askTelling(onDigits: (digits: string) => void, ...prompts: Prompt[]): Promise<Entry>
  /** Plays the prompts and waits for one key, pressed after they began: nothing typed ahead can answer. Null: no key. */
  askForKey(...prompts: Prompt[]): Promise<Key | null>
  /** Plays the tone and records what the caller says, until `#`, silence, the limit or a hang-up. */
  record(name: string, limits: RecordingLimits): Promise<Recording>
  /** Whether any key has come in this call. */
  readonly anyKey: boolean
  /** How sound goes on this call so far; null when that is not known. Never rejects. */
  sound(): Promise<Sound | null>
  hangUp(): Promise<void>
  /** Gives the call back to the PBX, which keeps it for the office, or ends it when it is on record already. Never rejects. */
  handBack(isOnRecord: boolean): Promise<void>
}

export interface Sound {
  /** How many packets have come from the caller. */
  readonly received: number
  /** The other side has said that ours arrive. Some never say so. */
  readonly isConfirmed: boolean
}

export interface RecordingLimits {
  readonly maxSeconds: number
  readonly silenceSeconds: number
}

/** A recording that the PBX holds. */
export interface Recording {
  /** The WAV file; null when nothing was recorded. */
  fetch(): Promise<Uint8Array | null>
  /** Removes it from the PBX, once it is kept. */
  remove(): Promise<void>
}

/** The call is over: the caller hung up, or the line to the PBX was lost. */
export class CallOver extends Error {
  readonly reason: 'hung-up' | 'line-lost'
  constructor(reason: 'hung-up' | 'line-lost') {
    super(reason === 'hung-up' ? 'The caller hung up.' : 'The line to the PBX was lost.')
    this.reason = reason
  }
}
