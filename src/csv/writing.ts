/** Rows as the text of a CSV file: RFC 4180, comma and CRLF, in UTF-8. */
import { stringify } from 'csv-stringify/sync'

/** Text that people typed goes through `harmless` first. */
export type Row = readonly (string | number)[]

export interface Writing {
  /** Begins with a byte order mark, without which Excel takes UTF-8 for something else. */
  readonly byteOrderMark: boolean
}

/** Rows that are written at once. */
const SOME = 250

/** The file piece by piece, the headings first; no more of it is in memory than a few hundred rows. */
export async function* csvText(
  headings: readonly string[],
  rows: AsyncIterable<Row> | Iterable<Row>,
  { byteOrderMark }: Writing,
): AsyncGenerator<string> {
  yield (byteOrderMark ? '\uFEFF' : '') + written([headings])
  let some: Row[] = []
  for await (const row of rows) {
    some.push(row)
    if (some.length < SOME) continue
    yield written(some)
    some = []
  }
  if (some.length > 0) yield written(some)
}

function written(rows: Row[]): string {
  return stringify(
    rows.map(row => [...row]),
    { record_delimiter: '\r\n' },
  )
}
