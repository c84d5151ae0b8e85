/** Noticing that the wall clock jumped: it and a clock that only ever runs on, read together, at two moments. */
import { HOUR, type Instant, MINUTE, SECOND } from './time.js'

export interface Reading {
  /** What the wall clock says. */
  readonly wall: Instant
  /** Milliseconds since some moment, by a clock that nobody sets. */
  readonly steady: number
}

/** The wall clock was set between two readings, or the machine slept. */
export interface ClockJump {
  /** What it would say had it not jumped. */
  readonly from: Instant
  readonly to: Instant
}

/** Less is no jump: a reading takes a moment, and clocks are kept right in small steps. */
const LEAST_JUMP = 2 * SECOND

/** The jump between two readings; null: there was none. */
export function jumpBetween(before: Reading, after: Reading): ClockJump | null {
  const from = before.wall + (after.steady - before.steady)
  return Math.abs(after.wall - from) < LEAST_JUMP ? null : { from: Math.round(from), to: after.wall }
}

/** Such as "back by 1 h 0 min 30 s". */
export function jumpInWords({ from, to }: ClockJump): string {
  const size = Math.abs(to - from)
  const hours = Math.floor(size / HOUR)
  const minutes = Math.floor((size % HOUR) / MINUTE)
  const seconds = Math.round((size % MINUTE) / SECOND)
  const parts = [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`, seconds > 0 && `${seconds} s`]
  return `${to > from ? 'ahead' : 'back'} by ${parts.filter(Boolean).join(' ')}`
}
