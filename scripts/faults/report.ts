/** The report: a table with a row for each kind of fault, and what is wrong. */
import { table } from '../../src/cli/listing.js'
import type { Crowd, Entry } from './crowd.js'
import type { Records } from './records.js'
import { type Fate, judge, type Verdict } from './verdict.js'

/** After a fault the next call works within this, in seconds. */
const RECOVERED_WITHIN = 15

export interface Row {
  readonly fault: string
  readonly times: number
  readonly calls: number
  readonly confirmed: number
  readonly confirmedLost: number
  readonly doubled: number
  readonly callsLost: number
  readonly leftInSilence: number
  readonly fates: Readonly<Record<string, number>>
  readonly secondsToRecover: { readonly median: number; readonly worst: number }
}

export interface Report {
  readonly rows: readonly Row[]
  /** Each is a sentence. Empty: all is well. */
  readonly faults: readonly string[]
}

/** `recoveries`: seconds to recover, of each strike of each fault. */
export function reportOf(crowd: Crowd, records: Records, recoveries: ReadonlyMap<string, readonly number[]>): Report {
  const judged = crowd.ledger.map(call => ({ call, verdict: judge(call, records.of(call)) }))
  const names = new Set([...recoveries.keys(), ...judged.map(({ call }) => call.during)])
  const rows = [...names].map(fault =>
    rowOf(
      fault,
      recoveries.get(fault) ?? [],
      judged.filter(({ call }) => call.during === fault).map(({ verdict }) => verdict),
    ),
  )
  const slow = rows.filter(({ secondsToRecover }) => secondsToRecover.worst > RECOVERED_WITHIN)
  return {
    rows,
    faults: [
      ...judged.flatMap(({ call, verdict }) => sentences(verdict).map(what => `${storyOf(call)}: ${what}`)),
      ...slow.map(row => `${row.fault}: calls worked only after ${row.secondsToRecover.worst.toFixed(1)} s`),
      ...crowd.complaints,
      ...records.faults,
    ],
  }
}

export function tableOf({ rows }: Report): string {
  const headings = [
    'fault',
    'times',
    'calls',
    'confirmed',
    'lost',
    'doubled',
    'calls lost',
    'in silence',
    'median s',
    'worst s',
  ]
  return table(headings, [
    ...rows.map(row => [
      row.fault,
      ...[row.times, row.calls, row.confirmed, row.confirmedLost, row.doubled, row.callsLost, row.leftInSilence].map(
        String,
      ),
      ...(row.times === 0 ? [] : [row.secondsToRecover.median, row.secondsToRecover.worst].map(s => s.toFixed(1))),
    ]),
  ])
}

function rowOf(fault: string, recoveries: readonly number[], verdicts: readonly Verdict[]): Row {
  const count = (is: (verdict: Verdict) => boolean) => verdicts.filter(is).length
  const fates: Partial<Record<Fate, number>> = {}
  for (const { fate } of verdicts) fates[fate] = (fates[fate] ?? 0) + 1
  const sorted = [...recoveries].sort((one, other) => one - other)
  return {
    fault,
    times: recoveries.length,
    calls: verdicts.length,
    confirmed: count(({ confirmed }) => confirmed),
    confirmedLost: count(({ confirmedLost }) => confirmedLost),
    doubled: count(({ doubled }) => doubled),
    callsLost: count(({ fate }) => fate === 'lost'),
    leftInSilence: count(({ leftInSilence }) => leftInSilence),
    fates,
    secondsToRecover: { median: sorted[sorted.length >> 1] ?? 0, worst: sorted.at(-1) ?? 0 },
  }
}

function sentences({ fate, confirmedLost, doubled, faults }: Verdict): string[] {
  return [
    ...(confirmedLost ? ['a confirmed punch is lost'] : []),
    ...(doubled ? ['it counts twice'] : []),
    ...(fate === 'lost' ? ['the call is lost'] : []),
    ...faults,
  ]
}

/** Enough to find the call in the log. */
function storyOf({ during, employee, manner, dialledAt, heard, endedBy }: Entry): string {
  const at = new Date(dialledAt).toISOString()
  return `${during}: a ${manner} caller from ${employee.number} at ${at} (heard ${heard.join(' ')}; ended by ${endedBy})`
}
