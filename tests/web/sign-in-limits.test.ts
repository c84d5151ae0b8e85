/** Guessing at passwords. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

let office: Office

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
})

afterEach(() => office.close())

/** A form from an address of its own, as a proxy on this machine passes it on. */
const attempt = (from: string, email: string, password: string, visitor = new Visitor(office)) =>
  visitor.post('/sign-in', new URLSearchParams({ email, password }), { 'x-forwarded-for': from })
const guess = async (count: number, from: (i: number) => string, email: (i: number) => string) => {
  const statuses: number[] = []
  for (let i = 0; i < count; i++) statuses.push((await attempt(from(i), email(i), `guess number ${i}`)).status)
  return statuses
}

it('a machine that guesses at one account from many addresses is paused after ten', async () => {
  const statuses = await guess(
    12,
    i => `203.0.113.${i}`,
    () => EMAIL,
  )
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  const paused = await attempt('203.0.113.99', EMAIL, PASSWORD)
  expect(paused.status).toBe(429)
  expect(Number(paused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await words(paused)).toMatch(/Too many wrong tries\. Try again in 15 minutes\./)
})

it('an account that does not exist is paused just so', async () => {
  expect(
    await guess(
      11,
      () => '203.0.113.7',
      () => 'nobody@example.com',
    ),
  ).toEqual([...Array(10).fill(401), 429])
})

it('a machine that guesses at many accounts from one address is paused after fifty', async () => {
  const statuses = await guess(
    52,
    () => '203.0.113.7',
    i => `somebody${i}@example.com`,
  )
  expect(statuses).toEqual([...Array(50).fill(401), 429, 429])
})

it('the owner of an account that is guessed at goes on in the browser that they used before', async () => {
  const owner = new Visitor(office)
  await attempt('198.51.100.1', EMAIL, PASSWORD, owner)
  await guess(
    12,
    i => `203.0.113.${i}`,
    () => EMAIL,
  )
  expect((await attempt('198.51.100.1', EMAIL, PASSWORD)).status).toBe(429)
  expect((await attempt('198.51.100.1', EMAIL, 'mistyped', owner)).status).toBe(401)
  expect((await attempt('198.51.100.1', EMAIL, PASSWORD, owner)).headers.get('location')).toBe('/')
})

it('a browser that is known for one account guesses at others like any stranger', async () => {
  await addAdmin(office.db, { email: 'boss@example.com', password: PASSWORD, role: 'owner' }, 'test')
  const visitor = new Visitor(office)
  await attempt('198.51.100.1', EMAIL, PASSWORD, visitor)
  await guess(
    10,
    i => `203.0.113.${i}`,
    () => 'boss@example.com',
  )
  expect((await attempt('198.51.100.1', 'boss@example.com', 'one more guess', visitor)).status).toBe(429)
})

it('who is right has nothing counted against them', async () => {
  for (let i = 0; i < 60; i++) {
    expect((await attempt('198.51.100.1', EMAIL, PASSWORD)).headers.get('location')).toBe('/')
  }
})

it('the cookie of a known browser opens nothing, is sent to the sign-in alone, and is no more in the table than its hash', async () => {
  const response = await attempt('198.51.100.1', EMAIL, PASSWORD)
  const cookie = response.headers.getSetCookie().find(each => each.startsWith('punchline-browser='))
  expect(cookie).toMatch(/; Path=\/sign-in; .*HttpOnly; SameSite=Lax/)
  const [pair = ''] = cookie?.split(';') ?? []
  const visitor = new Visitor(office)
  expect((await visitor.get('/', { cookie: pair })).headers.get('location')).toBe('/sign-in')
  const table = JSON.stringify(await office.db.selectFrom('known_browsers').selectAll().execute())
  expect(table).not.toContain(pair.split('=')[1])
})
