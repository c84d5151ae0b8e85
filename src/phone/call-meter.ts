/** What is measured of calls. It is told of each at once, on the thread that all calls share, so it has to be quick. */
import type { Direction } from '../clock/punch.js'
import type { CallOutcome } from '../store/schema.js'
import type { Prompt } from './prompts.js'

export interface CallMeter {
  callBegan(): void
  callEnded(outcome: CallOutcome): void
  punched(direction: Direction): void
  /** A call has come to a step, so many seconds after the step before it. */
  stepTaken(step: Step, seconds: number): void
  /** A prompt was ordered so many seconds after the `#` of the entry before it was released. */
  reacted(prompt: Prompt, seconds: number): void
}

/** The steps of a conversation, as its record names them. */
export type Step =
  | `${'phone clock ID' | 'PIN'} entered`
  | `no ${'phone clock ID' | 'PIN'} entered`
  | 'ID and PIN accepted'
  | 'ID and PIN refused'
  | 'told of the punch a moment ago'
  | 'another punch asked for'
  | 'job chosen'
  | 'job skipped'
  | 'no job code entered'
  | 'unknown job code'
  | 'clocked in'
  | 'clocked out'
  | 'recording the name'
  | 'third failure'
  | 'kept as unclaimed punch'
  | 'recording name and site'
  | 'Punchline hung up'
  | 'the caller hung up'
  | 'the line to the PBX was lost'
