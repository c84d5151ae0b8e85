/** Floods and guessing at setup links. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Office, openOffice } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { Visitor, words } from './support/visitor.js'

let office: Office
let path: string

beforeEach(async () => {
  office = await openOffice()
  path = await setupLinkFor(office, await office.hire('Ann', 'ann@example.com'))
})

afterEach(() => office.close())

const ask = (where: string, from: string) => new Visitor(office).get(where, { 'x-forwarded-for': from })
const guess = (from: string) => ask(`/setup/${randomBytes(32).toString('base64url')}`, from)

it('a machine that guesses at links is turned away after twenty, and told nothing of whether one is right', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 22; i++) statuses.push((await guess('203.0.113.7')).status)
  expect(statuses).toEqual([...Array(20).fill(404), 429, 429])
  const refused = await guess('203.0.113.7')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500)
  expect(refused.headers.get('referrer-policy')).toBe('no-referrer')
  expect(await words(refused)).toContain('Wait ten minutes, then open the link in your mail again.')
})

it('addresses that are no token at all count too', async () => {
  for (let i = 0; i < 20; i++) await ask(['/setup/x', '/setup', '/setup/%', '/setup/a/b'][i % 4] ?? '', '203.0.113.7')
  expect((await guess('203.0.113.7')).status).toBe(429)
})

it('a network of IPv6 addresses counts as one', async () => {
  for (let i = 0; i < 20; i++) await guess(`2001:db8:1:2::${i}`)
  expect((await guess('2001:db8:1:2:9::1')).status).toBe(429)
  expect((await guess('2001:db8:1:3::1')).status).toBe(404)
})

it('whoever shares the address with a guesser still opens their link, and picks their PIN', async () => {
  for (let i = 0; i < 25; i++) await guess('203.0.113.7')
  expect((await ask(path, '203.0.113.7')).status).toBe(200)
  const form = new URLSearchParams({ pin: '2468', pinAgain: '2468' })
  expect((await new Visitor(office).post(path, form, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(200)
})

it('an office with one address opens two hundred links within a minute', async () => {
  for (let i = 0; i < 200; i++) expect((await ask(path, '203.0.113.7')).status).toBe(200)
})

it('a flood is turned away, links that there are among it', async () => {
  const statuses = await Promise.all(Array.from({ length: 320 }, async () => (await ask(path, '203.0.113.7')).status))
  expect(statuses.filter(status => status === 429)).toHaveLength(20)
  expect((await ask(path, '203.0.113.8')).status).toBe(200)
})
