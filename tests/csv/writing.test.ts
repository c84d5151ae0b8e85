import { parse } from 'csv-parse/sync'
import { expect, it } from 'vitest'
import { csvText, type Row } from '../../src/csv/writing.js'

async function written(lots: Row[][], byteOrderMark = false): Promise<string> {
  let text = ''
  for await (const piece of csvText(['name', 'minutes'], lots, { byteOrderMark })) text += piece
  return text
}

it('a file without rows has its headings', async () => {
  expect(await written([])).toBe('name,minutes\r\n')
})

it('lines end with CRLF, and cells are quoted only where they must be', async () => {
  expect(await written([[['Ann', 5]], [['Baker, Ben', 6]]])).toBe('name,minutes\r\nAnn,5\r\n"Baker, Ben",6\r\n')
})

it('quotes, commas, line breaks and emoji come back as they were', async () => {
  const names = ['Ann "Annie" Baker', 'Baker, Ann', 'Ann\nBaker', 'Ann\r\nBaker', '👩🏽‍🏭 Zoë', ' spaced ']
  const text = await written([names.map((name): Row => [name, 1])])
  expect(parse(text)).toEqual([['name', 'minutes'], ...names.map(name => [name, '1'])])
})

it('the byte order mark comes first, once, where it is asked for', async () => {
  const text = await written([[['Zoë', 1]], [['Émile', 2]]], true)
  expect([text.indexOf('\uFEFF'), text.lastIndexOf('\uFEFF')]).toEqual([0, 0])
})
