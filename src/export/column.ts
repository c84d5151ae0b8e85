/**
 * A column of an export and what it holds. Payroll programs know columns by name and place: none is ever renamed or moved,
 * and new ones come at the end.
 */
export interface Column {
  readonly name: string
  readonly holds: string
}
