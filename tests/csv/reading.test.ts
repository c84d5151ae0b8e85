import iconv from 'iconv-lite'
import { expect, it } from 'vitest'
import { type CsvRow, readCsv } from '../../src/csv/reading.js'

const ANN = { number: 2, cells: ['Ann', 'ann@example.com'] }
const BEN = { number: 3, cells: ['Ben', 'ben@example.com'] }

it.each([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
])('a %s may stand between cells', async (_name, delimiter) => {
  const text = 'Name,E-mail\nAnn,ann@example.com\nBen,ben@example.com\n'.replaceAll(',', delimiter)
  expect(await read(text)).toEqual({ headings: ['Name', 'E-mail'], rows: [ANN, BEN] })
})

it('the headings tell what stands between cells, not the commas within them or in the rows', async () => {
  const { headings, rows } = await read('"Name, first, last";E-mail\nMüller, Ann, Dr.;a@example.com\n')
  expect(headings).toEqual(['Name, first, last', 'E-mail'])
  expect(cells(rows)).toEqual([['Müller, Ann, Dr.', 'a@example.com']])
})

it('one column needs nothing between cells', async () => {
  expect(cells((await read('Name\nAnn\nBen\n')).rows)).toEqual([['Ann'], ['Ben']])
})

it.each([
  ['UTF-8', Buffer.from('Name;Note\nZoë Müller;€ 5\n')],
  ['UTF-8 with a byte order mark', Buffer.from('\uFEFFName;Note\nZoë Müller;€ 5\n')],
  ['Windows-1252', iconv.encode('Name;Note\nZoë Müller;€ 5\n', 'windows-1252')],
  ['UTF-16LE with a byte order mark', iconv.encode('Name;Note\nZoë Müller;€ 5\n', 'utf-16le', { addBOM: true })],
  ['UTF-16BE with a byte order mark', iconv.encode('Name;Note\nZoë Müller;€ 5\n', 'utf-16be', { addBOM: true })],
])('%s is read', async (_encoding, file) => {
  const { headings, rows } = await readCsv(file)
  expect(headings).toEqual(['Name', 'Note'])
  expect(rows).toEqual([{ number: 2, cells: ['Zoë Müller', '€ 5'] }])
})

it('a letter or a line end that falls between two pieces of a large file is not broken', async () => {
  for (const shift of [0, 1, 2, 3]) {
    const rows = Array.from({ length: 9000 }, (_, i) => `${'x'.repeat(shift)}😀ë${i},"a\r\nb"`)
    const table = await read(`Name,Note\r\n${rows.join('\r\n')}`)
    expect(table.rows).toHaveLength(rows.length)
    for (const [i, row] of table.rows.entries()) {
      expect(row).toEqual({ number: i + 2, cells: [`${'x'.repeat(shift)}😀ë${i}`, 'a\r\nb'] })
    }
  }
})

it.each(['utf-16le', 'utf-16be'])('nor is one of %s', async encoding => {
  const rows = Array.from({ length: 9000 }, (_, i) => `${'x'.repeat(i % 4)}😀😀ë${i}`)
  const table = await readCsv(iconv.encode(`Name\r\n${rows.join('\r\n')}`, encoding, { addBOM: true }))
  expect(cells(table.rows)).toEqual(rows.map(row => [row]))
})

it('quotes hold delimiters, doubled quotes and line breaks, and the row after them has its number', async () => {
  const { rows } = await read('Name,Note\n"Smith, Ann","says ""hi""\non two lines"\nBen,x\n')
  expect(rows).toEqual([
    { number: 2, cells: ['Smith, Ann', 'says "hi"\non two lines'] },
    { number: 3, cells: ['Ben', 'x'] },
  ])
})

it('quotes inside a cell that does not begin with one are text', async () => {
  expect(cells((await read('Name,Note\nAnn,a 5" pipe\n')).rows)).toEqual([['Ann', 'a 5" pipe']])
})

it.each([
  ['CRLF', 'Name,Note\r\nAnn,x\r\nBen,y\r\n'],
  ['LF', 'Name,Note\nAnn,x\nBen,y\n'],
  ['CR', 'Name,Note\rAnn,x\rBen,y\r'],
  ['a mixture', 'Name,Note\r\nAnn,x\nBen,y'],
])('lines may end with %s', async (_name, text) => {
  const { headings, rows } = await read(text)
  expect(headings).toEqual(['Name', 'Note'])
  expect(cells(rows)).toEqual([
    ['Ann', 'x'],
    ['Ben', 'y'],
  ])
})

it('empty rows are left out, and the others keep the number that a spreadsheet shows', async () => {
  const { headings, rows } = await read('\n \nName,Note\n\nAnn,x\n,\n ; \n\nBen,y\n\n')
  expect(headings).toEqual(['Name', 'Note'])
  expect(rows).toEqual([
    { number: 5, cells: ['Ann', 'x'] },
    { number: 7, cells: [' ; '] },
    { number: 9, cells: ['Ben', 'y'] },
  ])
})

it('rows with more or fewer cells than headings are given as they are', async () => {
  expect(cells((await read('Name,Note\nAnn\nBen,x,y\n')).rows)).toEqual([['Ann'], ['Ben', 'x', 'y']])
})

it.each([
  ['nothing', ''],
  ['a byte order mark alone', '\uFEFF'],
  ['spaces and empty lines alone', ' \n\n , \n'],
])('a file of %s is refused as empty', async (_name, text) => {
  await expect(read(text)).rejects.toThrow('The file is empty.')
})

it.each([
  ['XLSX', Buffer.from('PK\x03\x04\x14\x00\x06\x00\x08\x00', 'latin1')],
  ['XLS', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00', 'latin1')],
])('a spreadsheet file (%s) is called so, whatever its name', async (_name, file) => {
  await expect(readCsv(file)).rejects.toThrow('This is a spreadsheet file, not CSV, whatever its name says.')
})

it('a file that begins with the letters PK is no spreadsheet file for that', async () => {
  expect((await read('PKW,Name\nx,Ann\n')).headings).toEqual(['PKW', 'Name'])
})

it.each([
  ['NUL bytes', Buffer.from('Name\nAnn\0Smith\n')],
  ['UTF-16 without a byte order mark', iconv.encode('Name\nAnn\n', 'utf-16le')],
  ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')],
])('%s: no text file', async (_name, file) => {
  await expect(readCsv(file)).rejects.toThrow('This is no text file. Save the table as CSV and choose that.')
})

it('a quotation mark that is not closed is told with its row', async () => {
  await expect(read('Name,Note\nAnn,x\nBen,"y\nCleo,z\n')).rejects.toThrow(
    'Row 3 can’t be read: a quotation mark is not closed, or the file is no CSV.',
  )
})

it('a quotation mark that is not closed is told with its row in a large file too', async () => {
  const row = (i: number) => `Employee ${i},e${i}@example.com\n`
  const rows = Array.from({ length: 20_000 }, (_, i) => row(i)).join('')
  await expect(read(`Name,E-mail\nAnn,a\nBen,"b\n${rows}`)).rejects.toThrow('Row 3 can’t be read')
})

it('50,000 rows are read, and one more is refused', async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `Employee ${i}\n`).join('')
  expect((await read(`Name\n${rows}`)).rows).toHaveLength(50_000)
  await expect(read(`Name\n${rows}One more\n`)).rejects.toThrow('The file has more than 50,000 rows. Split it.')
})

it('rows of a thousand cells are refused before they fill the memory', async () => {
  await expect(read(`Name${',x'.repeat(1000)}\n`)).rejects.toThrow('Row 1 has 1001 cells, and at most 100 are read.')
})

function read(text: string) {
  return readCsv(Buffer.from(text))
}

function cells(rows: readonly CsvRow[]) {
  return rows.map(row => row.cells)
}
