/** Employees from a table: what each row would do, given those that there are. */
import { detailsFault, type EmployeeDetails, sameEmail } from '../clock/employee.js'
import { paced } from '../turns.js'
import { type Cells, type Column, oneLine, yesOrNo } from './columns.js'
import { type Change, type Fate, refuseClashes, refuseRepeats } from './fate.js'

export const EMPLOYEE_COLUMNS = [
  { name: 'name', heading: 'Name', synonyms: ['Employee', 'Full name'] },
  { name: 'email', heading: 'E-mail', synonyms: ['Mail', 'E-mail address', 'Email address'] },
  { name: 'payrollNumber', heading: 'Payroll number', synonyms: ['Payroll', 'Payroll no', 'Payroll ID'] },
  { name: 'note', heading: 'Note', synonyms: ['Notes'] },
  { name: 'active', heading: 'Active', synonyms: [] },
] as const satisfies readonly Column<string>[]

export type EmployeeCells = Cells<(typeof EMPLOYEE_COLUMNS)[number]['name']>

export interface ExistingEmployee extends EmployeeDetails {
  readonly id: number
  readonly isActive: boolean
  readonly revision: number
}

export type EmployeeFate = Fate<ExistingEmployee, EmployeeDetails>

interface PlannedRow {
  readonly number: number
  readonly cells: EmployeeCells
  readonly fault: string | null
}

/**
 * A row means the employee of whom it says what is so already; else the one with its payroll number; else the one with
 * its e-mail address; else the only one of its name, unless their addresses or numbers differ. What the file has no
 * column for stays as it is.
 */
export async function planEmployees(
  rows: readonly PlannedRow[],
  existing: readonly ExistingEmployee[],
): Promise<EmployeeFate[]> {
  const known = new Known(existing)
  const fates: EmployeeFate[] = []
  for await (const row of paced(rows)) fates.push(fateOf(row, known))
  const once = await refuseRepeats(
    fates,
    fate => (fate.kind === 'changed' || fate.kind === 'unchanged' ? fate.existing.id : null),
    row => `Row ${row} means the same employee.`,
  )
  const byNumber = await refuseClashes(once, existing, {
    of: ({ payrollNumber }) => payrollNumber,
    wanted: ({ payrollNumber }) => payrollNumber,
    refusal: (value, owner) => `The payroll number ${value} is that of ${owner} too.`,
  })
  return refuseClashes(byNumber, existing, {
    of: ({ email, isActive }) => (isActive ? (email?.toLowerCase() ?? null) : null),
    wanted: ({ email }, isActive) => (isActive ? (email?.toLowerCase() ?? null) : null),
    refusal: (value, owner) => `The address ${value} is that of ${owner} too.`,
  })
}

class Known {
  readonly byPayrollNumber = new Map<string, ExistingEmployee>()
  readonly byEmail = new Map<string, ExistingEmployee>()
  readonly byName = new Map<string, ExistingEmployee[]>()
  /** Of whom a row says what is so already. */
  readonly told = new Set<ExistingEmployee>()

  constructor(existing: readonly ExistingEmployee[]) {
    for (const one of existing) {
      if (one.payrollNumber !== null) this.byPayrollNumber.set(one.payrollNumber, one)
      const email = one.email?.toLowerCase()
      // Of several with an address, the one who is active.
      if (email !== undefined && (one.isActive || !this.byEmail.has(email))) this.byEmail.set(email, one)
      const name = one.name.toLowerCase()
      const others = this.byName.get(name)
      if (others) others.push(one)
      else this.byName.set(name, [one])
    }
  }

  namesakes(name: string): readonly ExistingEmployee[] {
    return this.byName.get(name.toLowerCase()) ?? []
  }
}

function fateOf({ number: row, cells, fault }: PlannedRow, known: Known): EmployeeFate {
  const name = oneLine(cells.name ?? '')
  const refused = (why: string): EmployeeFate => ({ row, name, kind: 'refused', why })
  if (fault !== null) return refused(fault)
  const active = cells.active === undefined || cells.active === '' ? null : yesOrNo(cells.active)
  if (active === null && cells.active) return refused(`Active is “${cells.active}”; write yes or no.`)
  const changesTo = (one: ExistingEmployee) => changesOf(one, detailsOf(name, cells, one), active ?? one.isActive)
  // Namesakes without number and address are told apart by nothing else.
  const same = known.namesakes(name).find(one => !known.told.has(one) && changesTo(one).length === 0)
  if (same) {
    known.told.add(same)
    return { row, name, kind: 'unchanged', existing: same }
  }
  const match = matchOf(name, cells, known)
  if (typeof match === 'string') return refused(match)
  const details = detailsOf(name, cells, match)
  const wrong = detailsFault(details)
  if (wrong) return refused(wrong.sentence)
  if (!match) return { row, name, kind: 'new', details, isActive: active ?? true }
  const changes = changesTo(match)
  if (changes.length === 0) return { row, name, kind: 'unchanged', existing: match }
  return { row, name, kind: 'changed', existing: match, details, isActive: active ?? match.isActive, changes }
}

/** Whom a row means; null: somebody new; a sentence: it can't be told. */
function matchOf(
  name: string,
  { email, payrollNumber }: EmployeeCells,
  known: Known,
): ExistingEmployee | null | string {
  const numbered = payrollNumber ? known.byPayrollNumber.get(payrollNumber) : undefined
  if (numbered) return numbered
  const mailed = email ? known.byEmail.get(email.toLowerCase()) : undefined
  if (mailed) {
    if (!payrollNumber || mailed.payrollNumber === null) return mailed
    return `The address ${email} is that of ${mailed.name}, whose payroll number is ${mailed.payrollNumber}.`
  }
  const namesakes = known
    .namesakes(name)
    .filter(
      one =>
        (!payrollNumber || one.payrollNumber === null) && (!email || one.email === null || sameEmail(one.email, email)),
    )
  if (namesakes.length > 1) {
    return `Several employees are called ${name}. Give the payroll number or the e-mail address of the one you mean.`
  }
  return namesakes[0] ?? null
}

function detailsOf(name: string, cells: EmployeeCells, before: ExistingEmployee | null): EmployeeDetails {
  return {
    name,
    email: cellOf(cells.email, before?.email ?? null),
    payrollNumber: cellOf(cells.payrollNumber, before?.payrollNumber ?? null),
    note: cellOf(cells.note, before?.note ?? null),
  }
}

function cellOf(cell: string | undefined, before: string | null): string | null {
  return cell === undefined ? before : cell || null
}

function changesOf(before: ExistingEmployee, after: EmployeeDetails, isActive: boolean): Change[] {
  const change = (what: string, from: string | null, to: string | null) =>
    from === to ? [] : [{ what, from: from ?? 'none', to: to ?? 'none' }]
  return [
    ...change('name', before.name, after.name),
    ...change('e-mail address', before.email, after.email),
    ...change('payroll number', before.payrollNumber, after.payrollNumber),
    ...change('note', before.note, after.note),
    ...change('active', before.isActive ? 'yes' : 'no', isActive ? 'yes' : 'no'),
  ]
}
