/** Timing one thing several times, and the table at the end. */
import { table } from '../../src/cli/listing.js'

export interface Figure {
  readonly what: string
  readonly medianMs: number
  readonly worstMs: number
  readonly runs: number
  /** What it has to stay within. */
  readonly limitMs: number
}

export async function measure(
  what: string,
  { runs, limitMs }: { runs: number; limitMs: number },
  work: () => Promise<unknown>,
): Promise<Figure> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  times.sort((one, other) => one - other)
  const medianMs = times[Math.floor(times.length / 2)] ?? 0
  return { what, medianMs, worstMs: times.at(-1) ?? 0, runs, limitMs }
}

export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, medianMs, worstMs, runs, limitMs }) => [
    what,
    medianMs.toFixed(1),
    worstMs.toFixed(1),
    String(runs),
    String(limitMs),
    medianMs <= limitMs ? 'ok' : 'TOO SLOW',
  ])
  return table(['what', 'median ms', 'worst ms', 'runs', 'limit ms', ''], rows)
}
