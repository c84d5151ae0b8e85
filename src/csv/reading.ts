/** A CSV file as somebody uploads it: whatever a spreadsheet may have written. */
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import iconv from 'iconv-lite'

/** The file can't be read. The message says why and what to do. */
export class CsvRefused extends Error {}

export interface CsvTable {
  /** As they are written. */
  readonly headings: readonly string[]
  readonly rows: readonly CsvRow[]
}

export interface CsvRow {
  /** The row of a spreadsheet, the headings being the first. */
  readonly number: number
  readonly cells: readonly string[]
}

export const MOST_ROWS = 50_000
/** In bytes. */
export const LARGEST_FILE = 20 * 1024 * 1024

/** Rows between two turns of everything else. */
const LOT = 250
/** Bytes that are parsed in one go. */
const PIECE = 16 * 1024

/**
 * Reads a table in UTF-8 (with or without a byte order mark), UTF-16 with one, or Windows-1252, its cells apart by comma,
 * semicolon or tab, which the headings tell. Empty rows are left out.
 * @throws CsvRefused
 */
export async function readCsv(file: Uint8Array): Promise<CsvTable> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') {
    throw new CsvRefused('This is a spreadsheet file, not CSV, whatever its name says. Save it as CSV and choose that.')
  }
  const text = decoded(bytes)
  if (text.includes('\0')) throw new CsvRefused('This is no text file. Save the table as CSV and choose that.')
  const rows = await parsed(text, delimiterOf(text))
  const [head, ...others] = rows
  if (!head) throw new CsvRefused('The file is empty.')
  return { headings: head.cells.map(cell => cell.trim()), rows: others }
}

function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(bytes, 'utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv.decode(bytes, 'utf-16be')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return iconv.decode(bytes, 'windows-1252')
  }
}

/** Whichever stands most often in the headings. */
function delimiterOf(text: string): string {
  const head = text.split(/\r\n|\n|\r/).find(line => line.trim() !== '') ?? ''
  const count = (delimiter: string) => head.split(delimiter).length
  return [',', ';', '\t'].sort((one, other) => count(other) - count(one))[0] ?? ','
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE)
}

async function parsed(text: string, delimiter: string): Promise<CsvRow[]> {
  const parser = parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    // Else a file that mixes them would be one long row.
    record_delimiter: ['\r\n', '\n', '\r'],
  })
  // Given the whole text it would read it in one go.
  Readable.from(pieces(Buffer.from(text))).pipe(parser)
  const rows: CsvRow[] = []
  let number = 0
  try {
    for await (const record of parser) {
      number++
      const cells = Array.isArray(record) ? record.map(String) : []
      if (cells.every(cell => cell.trim() === '')) continue
      rows.push({ number, cells })
      if (rows.length > MOST_ROWS + 1) {
        throw new CsvRefused(`The file has more than ${MOST_ROWS.toLocaleString('en-US')} rows. Split it.`)
      }
      if (number % LOT === 0) await nextTurn()
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new CsvRefused(`Row ${number + 1} can’t be read: a quotation mark is not closed, or the file is no CSV.`)
  }
  return rows
}
