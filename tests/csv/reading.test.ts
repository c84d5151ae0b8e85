import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { CsvRefused, MOST_ROWS, readCsv } from '../../src/csv/reading.js'

const read = (file: string | Uint8Array) => readCsv(typeof file === 'string' ? Buffer.from(file) : file)
const cellsOf = async (file: string | Uint8Array) => (await read(file)).rows.map(({ cells }) => cells)

describe('a table is read', () => {
  it.each([
    ['comma', 'Name,Note\nAnn,"Roof, yard"\n'],
    ['semicolon', 'Name;Note\nAnn;Roof, yard\n'],
    ['tab', 'Name\tNote\nAnn\tRoof, yard\n'],
  ])('with its cells apart by %s', async (_, file) => {
    expect(await read(file)).toEqual({
      headings: ['Name', 'Note'],
      rows: [{ number: 2, cells: ['Ann', 'Roof, yard'] }],
    })
  })

  it.each([
    ['UTF-8', Buffer.from('Name\nZoë Ångström')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFFName\nZoë Ångström')],
    ['Windows-1252', iconv.encode('Name\nZoë Ångström', 'windows-1252')],
    ['UTF-16 as Excel saves “Unicode text”', iconv.encode('Name\nZoë Ångström', 'utf-16le', { addBOM: true })],
    ['UTF-16, the other way round', iconv.encode('Name\nZoë Ångström', 'utf-16be', { addBOM: true })],
  ])('in %s', async (_, file) => {
    expect(await read(file)).toEqual({ headings: ['Name'], rows: [{ number: 2, cells: ['Zoë Ångström'] }] })
  })

  it.each([
    ['Unix', '\n'],
    ['Windows', '\r\n'],
    ['an old Mac', '\r'],
  ])('with the line ends of %s', async (_, end) => {
    expect(await cellsOf(['Name,Note', 'Ann,1', 'Ben,2'].join(end))).toEqual([
      ['Ann', '1'],
      ['Ben', '2'],
    ])
  })

  it('with line breaks and quotation marks within a cell', async () => {
    expect(await cellsOf('Name,Note\n"Ann ""Annie"" Baker","two\nlines"\n')).toEqual([
      ['Ann "Annie" Baker', 'two\nlines'],
    ])
  })

  it('without its empty rows, and the others keep the numbers that a spreadsheet shows', async () => {
    const { rows } = await read('Name,Note\n\nAnn,1\n,\n  ,\nBen,2\n')
    expect(rows.map(({ number, cells }) => [number, cells[0]])).toEqual([
      [3, 'Ann'],
      [6, 'Ben'],
    ])
  })

  it('with rows that are too short or too long, for whoever judges them', async () => {
    expect(await cellsOf('Name,Note\nAnn\nBen,1,2\n')).toEqual([['Ann'], ['Ben', '1', '2']])
  })
})

describe('a sentence says what is wrong with', () => {
  it.each([
    ['a spreadsheet renamed to .csv', Buffer.from('PK\x03\x04rest of a zip'), /spreadsheet file, not CSV/],
    [
      'a spreadsheet of the old kind',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]),
      /Save .* as CSV/,
    ],
    ['a file that is no text', Buffer.from([0x41, 0, 0x42, 0x0a, 0]), /no text file/],
    ['an empty file', '', /empty/],
    ['a file of empty rows', '\n\n,,\n', /empty/],
    ['a quotation mark that is never closed', 'Name,Note\nAnn,"open\nBen,2\n', /quotation mark is not closed/],
    ['too many rows', `Name\n${'Ann\n'.repeat(MOST_ROWS + 1)}`, /more than 50,000 rows/],
  ])('%s', async (_, file, sentence) => {
    const reading = read(file)
    await expect(reading).rejects.toThrow(CsvRefused)
    await expect(reading).rejects.toThrow(sentence)
  })

  it('and 50,000 rows are not too many', async () => {
    expect((await read(`Name\n${'Ann\n'.repeat(MOST_ROWS)}`)).rows).toHaveLength(MOST_ROWS)
  })
})
