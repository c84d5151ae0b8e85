/** A figure of Punchline's beside the plain dialplan's, and what it has to reach. */
import { table } from '../../../src/cli/listing.js'
import { percentile } from '../measure.js'

export interface Comparison {
  readonly what: string
  readonly unit: 'ms' | 's' | 'MB' | 'calls' | 'ms of a core' | ''
  readonly punchline: number
  /** Null where there is nothing to compare with. */
  readonly peer: number | null
  readonly reach: Reach
}

/** Nothing of it: told for its own sake. */
export interface Reach {
  readonly most?: number
  /** `no more`: than the plain dialplan; `as many`: no less than it. */
  readonly besidePeer?: 'no more' | 'as many'
}

export function isReached({
  punchline,
  peer,
  reach: { most = Number.POSITIVE_INFINITY, besidePeer },
}: Comparison): boolean {
  if (Number.isNaN(punchline) || punchline > most) return false
  if (besidePeer === undefined) return true
  if (peer === null || Number.isNaN(peer)) return false
  return besidePeer === 'no more' ? punchline <= peer : punchline >= peer
}

export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(comparison => {
    const { what, unit, punchline, peer, reach } = comparison
    return [
      unit === '' ? what : `${what}, ${unit}`,
      figure(punchline),
      peer === null ? '' : figure(peer),
      [reach.most === undefined ? '' : `≤ ${figure(reach.most)}`, reach.besidePeer ?? '']
        .filter(part => part)
        .join(', '),
      isReached(comparison) ? '' : 'NOT REACHED',
    ]
  })
  return table(['what', 'Punchline', 'plain dialplan', 'to reach', ''], rows)
}

function figure(value: number): string {
  return value.toFixed(Number.isInteger(value) || value >= 100 ? 0 : value >= 1 ? 1 : 2)
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)
