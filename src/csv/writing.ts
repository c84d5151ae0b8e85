/** Rows as the text of a CSV file: RFC 4180, comma and CRLF, in UTF-8. */
import { stringify } from 'csv-stringify/sync'

/** Text that people typed goes through `harmless` first. */
export type Row = readonly (string | number)[]

export interface Writing {
  /** Begins with a byte order mark, without which Excel takes UTF-8 for something else. */
  readonly byteOrderMark: boolean
}

/** The file piece by piece, the headings first: a piece for each lot of rows, and no more of them in memory. */
export async function* csvText(
  headings: readonly string[],
  lots: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  { byteOrderMark }: Writing,
): AsyncGenerator<string> {
  yield (byteOrderMark ? '\uFEFF' : '') + written([headings])
  for await (const rows of lots) yield written(rows)
}

function written(rows: readonly Row[]): string {
  return stringify(
    rows.map(row => [...row]),
    // By itself it would leave a lone line feed in a cell unquoted.
    { record_delimiter: '\r\n', quoted_match: /[\r\n]/ },
  )
}
