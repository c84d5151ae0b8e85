/** A CSV file as somebody uploads it: whatever a spreadsheet may have written. */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { CsvError, parse } from 'csv-parse'
import iconv from 'iconv-lite'
import { takingTurns } from '../turns.js'

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
const MOST_CELLS = 100
/** In bytes. A quotation mark that is never closed makes one row of all that follows. */
const LONGEST_ROW = 100_000

/**
 * Reads a table in UTF-8 (with or without a byte order mark), UTF-16 with one, or Windows-1252, its cells apart by comma,
 * semicolon or tab, which the headings tell. Empty rows are left out.
 * @throws CsvRefused
 */
export async function readCsv(file: Uint8Array): Promise<CsvTable> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (SPREADSHEETS.some(magic => bytes.subarray(0, magic.length).equals(magic))) {
    throw new CsvRefused('This is a spreadsheet file, not CSV, whatever its name says. Save it as CSV and choose that.')
  }
  const text = await toUtf8(bytes)
  if (text.includes(0)) throw new CsvRefused('This is no text file. Save the table as CSV and choose that.')
  const rows = await parsed(text)
  const [head, ...others] = rows
  if (!head) throw new CsvRefused('The file is empty.')
  return { headings: head.cells.map(cell => cell.trim()), rows: others }
}

/** How the files of today's spreadsheets begin, which are ZIP archives, and those of older ones. */
const SPREADSHEETS = [Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1')]

async function toUtf8(bytes: Buffer): Promise<Buffer> {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff
  if (!isLittle && !isBig) return isUtf8(bytes) ? bytes : transcoded(bytes, iconv.getDecoder('windows-1252'))
  const units = bytes.subarray(0, bytes.length - (bytes.length % 2))
  return transcoded(isLittle ? units : Buffer.from(units).swap16(), new StringDecoder('utf16le'))
}

async function transcoded(bytes: Buffer, decoder: { write(piece: Buffer): string }): Promise<Buffer> {
  const takeTurns = takingTurns()
  const text: Buffer[] = []
  for (const piece of pieces(bytes)) {
    text.push(Buffer.from(decoder.write(piece)))
    await takeTurns()
  }
  return Buffer.concat(text)
}

async function parsed(text: Buffer): Promise<CsvRow[]> {
  const parser = parse({
    delimiter: delimiterOf(text),
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    // Else a file that mixes them would be one long row.
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: LONGEST_ROW,
  })
  const takeTurns = takingTurns()
  const rows: CsvRow[] = []
  let number = 0
  try {
    for await (const record of Readable.from(pieces(text)).pipe(parser)) {
      number++
      const cells: string[] = Array.isArray(record) ? record.map(String) : []
      if (cells.length > MOST_CELLS) {
        throw new CsvRefused(`Row ${number} has ${cells.length} cells, and at most ${MOST_CELLS} are read.`)
      }
      if (cells.every(cell => cell.trim() === '')) continue
      rows.push({ number, cells })
      if (rows.length > MOST_ROWS + 1) {
        throw new CsvRefused(`The file has more than ${MOST_ROWS.toLocaleString('en-US')} rows. Split it.`)
      }
      await takeTurns()
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const row = parser.info.records + 1
    throw new CsvRefused(`Row ${row} can’t be read: a quotation mark is not closed, or the file is no CSV.`)
  }
  return rows
}

/** Small enough that the parser, which takes each at once, holds nothing up. */
function* pieces(text: Buffer): Generator<Buffer> {
  for (let start = 0; start < text.length; start += 32_768) yield text.subarray(start, start + 32_768)
}

/** Whichever stands most often in the headings. */
function delimiterOf(text: Buffer): string {
  const beginning = text
    .subarray(0, LONGEST_ROW)
    .toString()
    .replace(/"[^"]*"/g, '')
  const head = beginning.split(/[\r\n]/).find(line => line.trim() !== '') ?? ''
  const count = (delimiter: string) => head.split(delimiter).length
  return [',', ';', '\t'].sort((one, other) => count(other) - count(one))[0] ?? ','
}
