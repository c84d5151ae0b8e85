/** The columns of a table that is imported, found by their headings. */
import { unharmed } from '../csv/harmless.js'
import { CsvRefused, type CsvRow, type CsvTable } from '../csv/reading.js'
import { paced } from '../turns.js'

/** A column's heading, as it is exported, and how else it is called. */
export interface Column<Name extends string> {
  readonly name: Name
  readonly heading: string
  readonly synonyms: readonly string[]
}

/** A row by the names of its columns: undefined where the file has no such column, empty where the cell is. */
export type Cells<Name extends string> = Readonly<Partial<Record<Name, string>>>

export interface ImportTable<Name extends string> {
  readonly rows: readonly { readonly number: number; readonly cells: Cells<Name>; readonly fault: string | null }[]
  /** Headings that mean nothing here. */
  readonly ignored: readonly string[]
}

/** @throws CsvRefused when the needed column is missing or a column is there twice */
export async function columnsOf<Name extends string>(
  table: CsvTable,
  columns: readonly Column<Name>[],
  needed: Name,
): Promise<ImportTable<Name>> {
  const found = new Map<Name, number>()
  const ignored: string[] = []
  for (const [place, heading] of table.headings.entries()) {
    const column = columns.find(({ heading: own, synonyms }) => [own, ...synonyms].some(name => same(name, heading)))
    if (!column) {
      if (heading !== '') ignored.push(heading)
    } else if (found.has(column.name)) {
      throw new CsvRefused(`The column ${column.heading} is there twice.`)
    } else found.set(column.name, place)
  }
  if (!found.has(needed)) {
    const headings = columns.map(({ heading }) => heading).join(', ')
    throw new CsvRefused(`The first row must name the columns, one of them ${needed}. They are: ${headings}.`)
  }
  const rows: ImportTable<Name>['rows'][number][] = []
  for await (const row of paced(table.rows)) rows.push(namedRow(row, found, table.headings.length))
  return { rows, ignored }
}

function namedRow<Name extends string>({ number, cells }: CsvRow, found: ReadonlyMap<Name, number>, width: number) {
  const extra = cells.slice(width).some(cell => cell.trim() !== '')
  const fault = extra || cells.length < width ? `It has ${cells.length} cells where the headings have ${width}.` : null
  const named: Partial<Record<Name, string>> = {}
  for (const [name, place] of found) named[name] = unharmed((cells[place] ?? '').trim())
  return { number, cells: named, fault }
}

function same(one: string, other: string): boolean {
  const bare = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, '')
  return bare(one) === bare(other)
}

/** A cell with line breaks, as the one line that a name is. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\t]\s*/g, ' ')
}

/** "yes" and "no", as spreadsheets and people write them; null: neither. */
export function yesOrNo(text: string): boolean | null {
  if (/^(yes|y|true|1|active)$/i.test(text)) return true
  if (/^(no|n|false|0|inactive)$/i.test(text)) return false
  return null
}
