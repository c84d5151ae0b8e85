/** What becomes of a mail that could not be sent: tried again after a pause, or given up. Pure. */
import { HOUR, type Instant, MINUTE, SECOND } from '../clock/time.js'

/** A mail that the server doesn't take is tried for this long. */
export const TRY_FOR = 24 * HOUR

/** Doubles from `first` to `most`, in milliseconds. */
export interface Pause {
  readonly first: number
  readonly most: number
}

export interface Pauses {
  /** Before the same mail is tried again. */
  readonly mail: Pause
  /** Before the server is tried again, with any mail. */
  readonly server: Pause
  /** Between two looks for what other processes queued. */
  readonly poll: number
  /** What mails that are under way may still take when Punchline stops. */
  readonly farewell: number
}

export const PAUSES: Pauses = {
  mail: { first: 15 * SECOND, most: 30 * MINUTE },
  server: { first: 5 * SECOND, most: 5 * MINUTE },
  poll: MINUTE,
  farewell: 5 * SECOND,
}

/** The pause after `failures` that came before. */
export function pauseAfter(failures: number, { first, most }: Pause): number {
  return Math.min(first * 2 ** failures, most)
}

export type Verdict =
  | { readonly kind: 'give-up'; readonly fault: string }
  | { readonly kind: 'try-again'; readonly after: number; readonly fault: string }

/** Judges a mail that failed at `now`; `earlier` failures came before this one. */
export function judgeFailure(
  { queuedAt, fault, isPermanent }: { queuedAt: Instant; fault: string; isPermanent: boolean },
  { now, earlier, pause }: { now: Instant; earlier: number; pause: Pause },
): Verdict {
  if (isPermanent) return { kind: 'give-up', fault }
  if (now - queuedAt >= TRY_FOR) return { kind: 'give-up', fault: tooLate(fault) }
  return { kind: 'try-again', after: pauseAfter(earlier, pause), fault }
}

export function tooLate(fault: string): string {
  return `Given up after ${TRY_FOR / HOUR} hours. ${fault}`
}
