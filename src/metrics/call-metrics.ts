/** What is counted and timed of calls, since this process started. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Direction } from '../clock/punch.js'
import type { CallMeter, Step } from '../phone/call-meter.js'
import type { Prompt } from '../phone/prompts.js'
import type { CallOutcome } from '../store/schema.js'

/** In seconds: what the machine does takes milliseconds, what the caller does up to half a minute. */
const STEP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60]
const REACTION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** A series that began with its first call would hide that call from Prometheus' rate() and increase(). */
const NO_CALLS: { readonly [Outcome in CallOutcome]: 0 } = {
  'clocked-in': 0,
  'clocked-out': 0,
  'no-second-punch': 0,
  'unclaimed-punch': 0,
  'hung-up': 0,
  'handed-back': 0,
  'cut-off': 0,
}
const NO_PUNCHES: { readonly [Which in Direction]: 0 } = { in: 0, out: 0 }

/** Every label has a few values, which the types name: none is of a person, a number or a call. */
export class CallMetrics implements CallMeter {
  readonly #calls: Counter<'outcome'>
  readonly #inProgress: Gauge
  readonly #punches: Counter<'direction'>
  readonly #steps: Histogram<'step'>
  readonly #reactions: Histogram<'prompt'>

  constructor(registry: Registry) {
    const registers = [registry]
    this.#calls = new Counter({
      name: 'punchline_calls_total',
      help: 'Calls that are over, by what they came to.',
      labelNames: ['outcome'],
      registers,
    })
    this.#inProgress = new Gauge({
      name: 'punchline_calls_in_progress',
      help: 'Calls that are led, or over and not all kept yet.',
      registers,
    })
    this.#punches = new Counter({
      name: 'punchline_punches_total',
      help: 'Punches that calls made, in or out.',
      labelNames: ['direction'],
      registers,
    })
    this.#steps = new Histogram({
      name: 'punchline_call_step_duration_seconds',
      help: 'From a step of a call, or its beginning, to the next, by the step that was come to.',
      labelNames: ['step'],
      buckets: STEP_BUCKETS,
      registers,
    })
    this.#reactions = new Histogram({
      name: 'punchline_reaction_duration_seconds',
      help: 'From the # that ends an entry, as Asterisk reports it, to the order of the prompt that follows, by that prompt.',
      labelNames: ['prompt'],
      buckets: REACTION_BUCKETS,
      registers,
    })
    for (const [outcome, count] of Object.entries(NO_CALLS)) this.#calls.inc({ outcome }, count)
    for (const [direction, count] of Object.entries(NO_PUNCHES)) this.#punches.inc({ direction }, count)
  }

  callBegan(): void {
    this.#inProgress.inc()
  }

  callEnded(outcome: CallOutcome): void {
    this.#inProgress.dec()
    this.#calls.inc({ outcome })
  }

  punched(direction: Direction): void {
    this.#punches.inc({ direction })
  }

  stepTaken(step: Step, seconds: number): void {
    this.#steps.observe({ step }, seconds)
  }

  reacted(prompt: Prompt, seconds: number): void {
    this.#reactions.observe({ prompt }, seconds)
  }
}
