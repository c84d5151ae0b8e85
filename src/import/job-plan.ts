/** Jobs from a table: what each row would do, given those that there are. */
import { jobFault } from '../clock/job.js'
import { paced } from '../turns.js'
import { type Cells, type Column, oneLine, yesOrNo } from './columns.js'
import { type Change, type Fate, refuseClashes, refuseRepeats } from './fate.js'

export const JOB_COLUMNS = [
  { name: 'name', heading: 'Name', synonyms: ['Job'] },
  { name: 'phoneCode', heading: 'Phone code', synonyms: ['Code'] },
  { name: 'active', heading: 'Active', synonyms: [] },
] as const satisfies readonly Column<string>[]

export type JobCells = Cells<(typeof JOB_COLUMNS)[number]['name']>

interface Details {
  readonly name: string
  readonly phoneCode: string | null
}

export interface ExistingJob extends Details {
  readonly id: number
  readonly isActive: boolean
  readonly revision: number
}

export type JobFate = Fate<ExistingJob, Details>

interface PlannedRow {
  readonly number: number
  readonly cells: JobCells
  readonly fault: string | null
}

/** A row means the job of its name, an active one before others. What the file has no column for stays as it is. */
export async function planJobs(rows: readonly PlannedRow[], existing: readonly ExistingJob[]): Promise<JobFate[]> {
  const byName = new Map<string, ExistingJob>()
  for (const job of existing) {
    const name = job.name.toLowerCase()
    if (job.isActive || !byName.has(name)) byName.set(name, job)
  }
  const fates: JobFate[] = []
  for await (const row of paced(rows)) fates.push(fateOf(row, byName))
  const named = await refuseRepeats(
    fates,
    ({ kind, name }) => (kind === 'refused' ? null : name.toLowerCase()),
    row => `Row ${row} is about the same job.`,
  )
  return refuseClashes(named, existing, {
    of: ({ phoneCode, isActive }) => (isActive ? phoneCode : null),
    wanted: ({ phoneCode }, isActive) => (isActive ? phoneCode : null),
    refusal: (value, owner) => `The phone code ${value} is that of ${owner} too.`,
  })
}

function fateOf({ number: row, cells, fault }: PlannedRow, byName: ReadonlyMap<string, ExistingJob>): JobFate {
  const name = oneLine(cells.name ?? '')
  const refused = (why: string): JobFate => ({ row, name, kind: 'refused', why })
  if (fault !== null) return refused(fault)
  const active = cells.active === undefined || cells.active === '' ? null : yesOrNo(cells.active)
  if (active === null && cells.active) return refused(`Active is “${cells.active}”; write yes or no.`)
  const match = byName.get(name.toLowerCase())
  const phoneCode = cells.phoneCode === undefined ? (match?.phoneCode ?? null) : cells.phoneCode || null
  const details = { name, phoneCode }
  const wrong = jobFault(details)
  if (wrong) return refused(wrong.sentence)
  if (!match) return { row, name, kind: 'new', details, isActive: active ?? true }
  const isActive = active ?? match.isActive
  const changes = changesOf(match, details, isActive)
  if (changes.length === 0) return { row, name, kind: 'unchanged', existing: match }
  return { row, name, kind: 'changed', existing: match, details, isActive, changes }
}

function changesOf(before: ExistingJob, after: Details, isActive: boolean): Change[] {
  const change = (what: string, from: string | null, to: string | null) =>
    from === to ? [] : [{ what, from: from ?? 'none', to: to ?? 'none' }]
  return [
    ...change('name', before.name, after.name),
    ...change('phone code', before.phoneCode, after.phoneCode),
    ...change('active', before.isActive ? 'yes' : 'no', isActive ? 'yes' : 'no'),
  ]
}
