/** What becomes of a row that is imported. */
import { paced } from '../turns.js'

interface Row {
  /** As a spreadsheet counts it. */
  readonly row: number
  /** Who or what the row is about, as the file says. */
  readonly name: string
}

export interface Change {
  readonly what: string
  readonly from: string
  readonly to: string
}

export type Fate<Existing, Details> = Row &
  (
    | { readonly kind: 'new'; readonly details: Details; readonly isActive: boolean }
    | {
        readonly kind: 'changed'
        readonly existing: Existing
        readonly details: Details
        readonly isActive: boolean
        readonly changes: readonly Change[]
      }
    | { readonly kind: 'unchanged'; readonly existing: Existing }
    | { readonly kind: 'refused'; readonly why: string }
  )

export type FateKind = Fate<unknown, unknown>['kind']

/** Something that only one of all may have, such as a phone code. */
export interface Claim<Existing, Details> {
  /** What an existing one has; null: nothing, or nothing that counts. */
  of(existing: Existing): string | null
  /** What a row would have. */
  wanted(details: Details, isActive: boolean): string | null
  /** Why a row can't have it; `owner` is a name, or a row of the file. */
  refusal(value: string, owner: string): string
}

/**
 * Refuses each row that would have what another row or somebody else has, as all would be once every row is applied. A
 * refused row leaves its one as it is, which can refuse further rows.
 */
export async function refuseClashes<Existing extends { readonly id: number; readonly name: string }, Details>(
  fates: readonly Fate<Existing, Details>[],
  existing: readonly Existing[],
  claim: Claim<Existing, Details>,
): Promise<Fate<Existing, Details>[]> {
  const settled = [...fates]
  const owners = new Owners()
  const touched = new Set(fates.flatMap(fate => (fate.kind === 'changed' ? [fate.existing.id] : [])))
  for await (const one of paced(existing)) {
    if (!touched.has(one.id)) owners.add(claim.of(one), { name: one.name, index: null })
  }
  for await (const [index, fate] of paced(fates.entries())) {
    if (fate.kind !== 'new' && fate.kind !== 'changed') continue
    owners.add(claim.wanted(fate.details, fate.isActive), { name: `row ${fate.row}`, index })
  }
  for await (const { value, all } of paced(owners.clashes())) {
    for (const { index } of all) {
      const fate = index === null ? undefined : settled[index]
      const other = all.find(owner => owner.index !== index)
      if (index === null || !fate || !other) continue
      settled[index] = { row: fate.row, name: fate.name, kind: 'refused', why: claim.refusal(value, other.name) }
      if (fate.kind === 'changed') owners.add(claim.of(fate.existing), { name: fate.existing.name, index: null })
    }
  }
  return settled
}

/** Whoever would have something that only one may have: a row of the file, or an existing one (`index` null). */
interface Owner {
  readonly name: string
  readonly index: number | null
}

class Owners {
  readonly #of = new Map<string, Owner[]>()
  readonly #clashing: string[] = []

  add(value: string | null, owner: Owner): void {
    if (value === null) return
    const all = this.#of.get(value)
    if (all) all.push(owner)
    else this.#of.set(value, [owner])
    if (all) this.#clashing.push(value)
  }

  /** Each value that several would have, with them, until there are none; rows give it up by that. */
  *clashes(): Generator<{ readonly value: string; readonly all: readonly Owner[] }> {
    for (let value = this.#clashing.pop(); value !== undefined; value = this.#clashing.pop()) {
      const all = this.#of.get(value) ?? []
      if (all.length < 2) continue
      this.#of.set(
        value,
        all.filter(({ index }) => index === null),
      )
      yield { value, all }
    }
  }
}

/** Refuses the rows that mean the same one: they contradict each other, and which one counts is not ours to say. */
export async function refuseRepeats<Existing, Details>(
  fates: readonly Fate<Existing, Details>[],
  keyOf: (fate: Fate<Existing, Details>) => number | string | null,
  refusal: (otherRow: number, fate: Fate<Existing, Details>) => string,
): Promise<Fate<Existing, Details>[]> {
  const rows = new Map<number | string, number[]>()
  for await (const fate of paced(fates)) {
    const key = keyOf(fate)
    if (key === null) continue
    const others = rows.get(key)
    if (others) others.push(fate.row)
    else rows.set(key, [fate.row])
  }
  const settled: Fate<Existing, Details>[] = []
  for await (const fate of paced(fates)) {
    const key = keyOf(fate)
    const other = key === null ? undefined : rows.get(key)?.find(row => row !== fate.row)
    settled.push(
      other === undefined ? fate : { row: fate.row, name: fate.name, kind: 'refused', why: refusal(other, fate) },
    )
  }
  return settled
}

export function countFates(fates: readonly Fate<unknown, unknown>[]): Readonly<Record<FateKind, number>> {
  const counts = { new: 0, changed: 0, unchanged: 0, refused: 0 }
  for (const { kind } of fates) counts[kind]++
  return counts
}
