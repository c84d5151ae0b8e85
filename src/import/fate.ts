/** What becomes of a row that is imported. */

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
 * refused row leaves its one as it is, so that is looked at again until nothing changes.
 */
export function refuseClashes<Existing extends { readonly id: number; readonly name: string }, Details>(
  fates: readonly Fate<Existing, Details>[],
  existing: readonly Existing[],
  claim: Claim<Existing, Details>,
): Fate<Existing, Details>[] {
  const settled = [...fates]
  for (let found = true; found; ) {
    found = false
    const touched = new Set(settled.flatMap(fate => (fate.kind === 'changed' ? [fate.existing.id] : [])))
    const owners = new Map<string, { name: string; index: number | null }[]>()
    const add = (value: string | null, owner: { name: string; index: number | null }) => {
      if (value === null) return
      const others = owners.get(value)
      if (others) others.push(owner)
      else owners.set(value, [owner])
    }
    for (const one of existing) if (!touched.has(one.id)) add(claim.of(one), { name: one.name, index: null })
    for (const [index, fate] of settled.entries()) {
      if (fate.kind === 'new' || fate.kind === 'changed') {
        add(claim.wanted(fate.details, fate.isActive), { name: `row ${fate.row}`, index })
      }
    }
    for (const [value, all] of owners) {
      if (all.length < 2) continue
      for (const { index } of all) {
        const fate = index === null ? undefined : settled[index]
        const other = all.find(owner => owner.index !== index)
        if (index === null || !fate || !other) continue
        settled[index] = { row: fate.row, name: fate.name, kind: 'refused', why: claim.refusal(value, other.name) }
        found = true
      }
    }
  }
  return settled
}

export function countFates(fates: readonly Fate<unknown, unknown>[]): Readonly<Record<FateKind, number>> {
  const counts = { new: 0, changed: 0, unchanged: 0, refused: 0 }
  for (const { kind } of fates) counts[kind]++
  return counts
}
