/** Timing one thing several times, and the table at the end. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { table } from '../../src/cli/listing.js'

export interface Figure {
  readonly what: string
  readonly medianMs: number
  /** At the 99th percentile; of less than 100 runs the slowest. */
  readonly p99Ms: number
  readonly runs: number
  /** What the median has to stay within, and the 99th percentile where that is promised too. */
  readonly limitMs: number
  readonly limitP99Ms?: number
  /** How long the event loop was held up at worst: what calls would have felt. */
  readonly stallMs?: number
}

/** Keeps a line for the end; `isGood` false counts like a figure that is too slow. */
export type Say = (line: string, isGood?: boolean) => void

export interface Limits {
  readonly runs: number
  readonly limitMs: number
  readonly limitP99Ms?: number
}

export async function measure(what: string, limits: Limits, work: () => Promise<unknown>): Promise<Figure> {
  const times: number[] = []
  const stallMs = await worstStall(async () => {
    for (let run = 0; run < limits.runs; run++) {
      const began = performance.now()
      await work()
      times.push(performance.now() - began)
    }
  })
  return { what, medianMs: percentile(times, 0.5), p99Ms: percentile(times, 0.99), stallMs, ...limits }
}

/** The value below which the share of the values lies; of few, the highest. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

/** How late the event loop was at worst while `work` ran, in milliseconds. */
export async function worstStall(work: () => Promise<unknown>): Promise<number> {
  const resolution = 1
  const monitor = monitorEventLoopDelay({ resolution })
  monitor.enable()
  await work()
  monitor.disable()
  return Math.max(0, monitor.max / 1e6 - resolution)
}

export function isWithin({ medianMs, p99Ms, limitMs, limitP99Ms = Number.POSITIVE_INFINITY }: Figure): boolean {
  return medianMs <= limitMs && p99Ms <= limitP99Ms
}

export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(figure => [
    figure.what,
    figure.medianMs.toFixed(1),
    String(figure.limitMs),
    figure.p99Ms.toFixed(1),
    String(figure.limitP99Ms ?? ''),
    figure.stallMs?.toFixed(1) ?? '',
    String(figure.runs),
    isWithin(figure) ? 'ok' : 'TOO SLOW',
  ])
  return table(['what', 'median ms', 'limit', 'p99 ms', 'limit', 'worst stall ms', 'runs', ''], rows)
}
