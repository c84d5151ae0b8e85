import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

let office: Office
let visitor: Visitor
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  office = await openOffice({ log: pino({ level: 'debug' }, { write: line => logged.push(line) }) })
  visitor = new Visitor(office)
})

afterEach(() => office.close())

it('without an admin the sign-in says how to add one', async () => {
  expect(await words(await visitor.get('/sign-in'))).toContain('npx punchline admin add you@example.com')
  await office.addAdmin()
  expect(await words(await visitor.get('/sign-in'))).not.toContain('npx punchline')
})

it('the first page leads whoever is not signed in to the sign-in, and gives no cookie', async () => {
  const response = await visitor.get('/')
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe('/sign-in')
  expect(response.headers.get('set-cookie')).toBeNull()
})

it('an admin signs in, in whatever case the address is typed, and signs out', async () => {
  await office.addAdmin()
  const response = await visitor.signIn('Office@Example.com')
  expect([response.status, response.headers.get('location')]).toEqual([303, '/'])
  expect(await words(await visitor.get('/'))).toContain(`${EMAIL} Sign out`)
  const kept = visitor.cookie
  expect((await visitor.post('/sign-out')).headers.get('location')).toBe('/sign-in')
  visitor.cookie = kept
  expect((await visitor.get('/')).status).toBe(303)
})

it('a wrong password and an unknown address get the same sentence', async () => {
  await office.addAdmin()
  const wrong = await visitor.signIn(EMAIL, 'wrong password')
  const unknown = await visitor.signIn('nobody@example.com')
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  expect(await words(wrong)).toContain('E-mail address or password is wrong.')
  expect(await words(unknown)).toContain('E-mail address or password is wrong.')
  expect(visitor.cookie).toBeNull()
})

it('no password and no session id comes into the log or the database', async () => {
  await office.addAdmin()
  await visitor.signIn(EMAIL, 'a wrong password')
  await visitor.signIn()
  const [session] = await office.db.selectFrom('sessions').selectAll().execute()
  const id = decodeURIComponent(visitor.cookie ?? '').match(/=s:([^.]+)\./)?.[1] ?? ''
  expect(id).not.toBe('')
  expect(session?.id_hash).toBe(createHash('sha256').update(id).digest('hex'))
  expect(JSON.stringify(session)).not.toContain(id)
  expect(logged.join('')).toContain('sign-in refused')
  for (const secret of [PASSWORD, 'a wrong password', id]) expect(logged.join('')).not.toContain(secret)
})

it('the cookie is for http alone, for this site alone, and works without https', async () => {
  await office.addAdmin()
  const cookie = (await visitor.signIn()).headers.get('set-cookie')
  expect(cookie).toMatch(/; HttpOnly/)
  expect(cookie).toMatch(/; SameSite=Lax/)
  expect(cookie).not.toMatch(/Secure/)
})

it('the cookie is Secure when a proxy on this machine speaks https', async () => {
  await office.addAdmin()
  const form = new URLSearchParams({ email: EMAIL, password: PASSWORD })
  const response = await visitor.post('/sign-in', form, { 'x-forwarded-proto': 'https' })
  expect(response.headers.get('set-cookie')).toMatch(/; Secure/)
})

it('each sign-in gets an id of its own', async () => {
  await office.addAdmin()
  await visitor.signIn()
  const first = visitor.cookie
  await visitor.signIn()
  expect(visitor.cookie).not.toBe(first)
  visitor.cookie = first
  expect((await visitor.get('/')).status).toBe(303)
})

it('a session outlives a restart, by a key that its owner alone can read', async () => {
  await office.addAdmin()
  await visitor.signIn()
  await office.restart()
  expect((await visitor.get('/')).status).toBe(200)
  expect(statSync(join(office.directory, 'session.key')).mode & 0o777).toBe(0o600)
})

it('a session ends when its admin is gone', async () => {
  await office.addAdmin()
  await visitor.signIn()
  await office.db.deleteFrom('admins').execute()
  expect((await visitor.get('/')).status).toBe(303)
})

it('an expired session opens nothing and is swept away', async () => {
  await office.addAdmin()
  await visitor.signIn()
  await office.db.updateTable('sessions').set({ expires_at: Date.now() }).execute()
  expect((await visitor.get('/')).status).toBe(303)
  await office.restart()
  await visitor.get('/sign-in')
  expect(await office.db.selectFrom('sessions').select('id_hash').execute()).toEqual([])
})

it.each([
  ['two addresses', 'email=a@example.com&email=b@example.com&password=x', 'application/x-www-form-urlencoded', 400],
  ['no password', 'email=a@example.com', 'application/x-www-form-urlencoded', 400],
  ['an object', 'email[a]=b&password[$ne]=', 'application/x-www-form-urlencoded', 400],
  ['JSON', '{"email":"a@example.com","password":"x"}', 'application/json', 400],
  ['a megabyte', `email=a@example.com&password=${'x'.repeat(1_000_000)}`, 'application/x-www-form-urlencoded', 413],
  ['an unknown charset', 'email=a', 'application/x-www-form-urlencoded; charset=klingon', 415],
])('%s in place of the form gets a sentence', async (_what, body, type, status) => {
  await office.addAdmin()
  const response = await visitor.post('/sign-in', body, { 'content-type': type })
  expect(response.status).toBe(status)
  const said = await words(response)
  expect(said).toMatch(/(Send one e-mail|What was sent)[^.]*\./)
  expect(said).not.toMatch(/ at .*\.[jt]s/)
})

it('a flood of passwords is turned away before it keeps the machine busy', async () => {
  const flood = Array.from({ length: 80 }, (_, i) => {
    const form = new URLSearchParams({ email: `somebody${i}@example.com`, password: `guess ${i}` })
    return new Visitor(office).post('/sign-in', form, { 'x-forwarded-for': `203.0.113.${i}` })
  })
  const turnedAway = (await Promise.all(flood)).filter(({ status }) => status === 503)
  expect(turnedAway.length).toBeGreaterThan(0)
  for (const response of turnedAway) expect(await words(response)).toContain('Try again in a minute.')
})

it('a form of another site, or of another port of this machine, does nothing', async () => {
  await office.addAdmin()
  await visitor.signIn()
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:9' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: office.url },
  ]) {
    const response = await visitor.post('/sign-out', null, headers)
    expect(response.status).toBe(403)
    expect(await words(response)).toContain('another site')
  }
  expect((await visitor.get('/')).status).toBe(200)
  expect((await visitor.post('/sign-out', null, { origin: office.url })).status).toBe(303)
})
