/** What is read of a part, in time, and never failing: what can't be found out is said to be so. */
import { sayFault } from '../store/store-fault.js'
import { attention, type Finding } from './finding.js'

export type Reading<Value> =
  | { readonly isKnown: true; readonly value: Value }
  | { readonly isKnown: false; readonly why: Finding }

/** Never rejects; what takes longer than `within` milliseconds is not known. */
export async function inTime<Value>(reading: Promise<Value>, within: number): Promise<Reading<Value>> {
  const late = new Promise<Reading<Value>>(resolve => {
    setTimeout(resolve, within, unknown('it takes too long.', 'Look again in a moment.')).unref()
  })
  const known = reading.then(
    (value): Reading<Value> => ({ isKnown: true, value }),
    error => unknown(sayFault(error), 'The log says more.'),
  )
  return Promise.race([known, late])
}

function unknown(why: string, remedy: string): Reading<never> {
  return { isKnown: false, why: attention(`Not known: ${why}`, remedy) }
}
