/** Whom an admin may mean: employees, active or not, by name, payroll number or phone clock ID. */
import { type Assignable, listAssignable } from '../store/assigning.js'
import type { Database } from '../store/database.js'
import { hasEveryWordOf } from '../word-search.js'

export interface Candidate {
  readonly id: number
  readonly name: string
  /** What tells them from others of that name. */
  readonly details: string
}

const SHOWN = 20

/** Those who have every word of `q`, whatever its case and accents; nobody when nothing was asked. */
export async function findCandidates(
  db: Database,
  q: string,
): Promise<{ candidates: readonly Candidate[]; isCut: boolean }> {
  if (q.trim() === '') return { candidates: [], isCut: false }
  const matches = hasEveryWordOf(q)
  const found = (await listAssignable(db)).filter(({ name, payrollNumber, phoneClockId }) =>
    matches(`${name} ${payrollNumber ?? ''} ${phoneClockId ?? ''}`),
  )
  return { candidates: found.slice(0, SHOWN).map(candidate), isCut: found.length > SHOWN }
}

export function candidate({ id, name, payrollNumber, phoneClockId, isActive }: Assignable): Candidate {
  const details = [
    payrollNumber !== null && `payroll number ${payrollNumber}`,
    phoneClockId !== null && `phone clock ID ${phoneClockId}`,
    !isActive && 'not active',
  ]
  return { id, name, details: details.filter(Boolean).join(', ') }
}
