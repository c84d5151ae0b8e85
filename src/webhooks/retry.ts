/** What becomes of a delivery that the receiver did not take: tried again after a pause, or given up. Pure. */
import { DAY, type Instant, MINUTE, SECOND } from '../clock/time.js'

/** A receiver that is down is tried for this long. */
export const TRY_FOR = 3 * DAY

/** A punch that the receiver itself refuses, working otherwise, holds up the others for this many attempts: five minutes. */
export const MOST_REFUSALS = 7

export interface Pauses {
  /** Before a receiver is tried again; doubles from `first` to `most`. */
  readonly receiver: { readonly first: number; readonly most: number }
  /** What a receiver may take to answer. */
  readonly answer: number
  /** Between two looks for new punches, while there are webhooks. */
  readonly poll: number
  /** What requests that are under way may still take when Punchline stops. */
  readonly farewell: number
}

export const PAUSES: Pauses = {
  receiver: { first: 5 * SECOND, most: 15 * MINUTE },
  answer: 10 * SECOND,
  poll: 500,
  farewell: 2 * SECOND,
}

/** How a receiver failed. `refusesThis`: it works, and does not want this one punch. */
export interface Failure {
  readonly fault: string
  readonly refusesThis: boolean
}

export type Verdict =
  | { readonly kind: 'give-up'; readonly fault: string }
  | { readonly kind: 'hold-up'; readonly until: Instant }

/** Judges a delivery that failed at `now`; `earlier` failures in a row came before this one. */
export function judge(
  failure: Failure,
  { now, earlier, pauses }: { now: Instant; earlier: number; pauses: Pauses },
): Verdict {
  if (failure.refusesThis && earlier + 1 >= MOST_REFUSALS) {
    return { kind: 'give-up', fault: `Given up after ${earlier + 1} attempts. ${failure.fault}` }
  }
  const { first, most } = pauses.receiver
  return { kind: 'hold-up', until: now + Math.min(first * 2 ** earlier, most) }
}
