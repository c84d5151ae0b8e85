import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/clock/time.js'
import { EMAIL, type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor
let logged: string

beforeEach(async () => {
  logged = ''
  const sink = new Writable({
    write(line, _encoding, done) {
      logged += line
      done()
    },
  })
  office = await openOffice({ log: pino({ level: 'debug' }, sink) })
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const make = (name: string) => admin.post('/api-tokens', new URLSearchParams({ name }))
const tokenIn = (text: string) => text.match(/punchline_[\w-]{43}/)?.[0] ?? ''
const made = async (name = 'Payroll') => tokenIn(await (await make(name)).text())
const read = (token: string) =>
  fetch(`${office.url}/api/v1/employees`, { headers: { authorization: `Bearer ${token}` } })

it('whoever is not signed in makes none and sees none', async () => {
  const visitor = new Visitor(office)
  for (const response of [
    await visitor.get('/api-tokens'),
    await visitor.post('/api-tokens', new URLSearchParams({ name: 'x' })),
    await visitor.post('/api-tokens/1/revoke'),
  ]) {
    expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in'])
  }
  expect(await office.db.selectFrom('api_tokens').selectAll().execute()).toEqual([])
})

it('a token is shown once, on the page that answers, which nothing keeps', async () => {
  const response = await make('Payroll')
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
  const token = tokenIn(await response.text())
  expect(token).not.toBe('')
  expect((await read(token)).status).toBe(200)
  const page = await (await admin.get('/api-tokens')).text()
  expect(page).toContain('Payroll')
  expect(tokenIn(page)).toBe('')
})

it('a token is in no log and in no column', async () => {
  const token = await made()
  await read(token)
  await read(`${token}x`)
  await admin.get('/api-tokens')
  const secret = token.slice('punchline_'.length)
  expect(logged).toContain('API token made')
  expect(logged).not.toContain(secret)
  const tables = await office.db.introspection.getTables()
  for (const { name } of tables) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(office.db)
    expect(JSON.stringify(rows)).not.toContain(secret)
  }
})

it('the list says who made a token and when it was last used, to the minute', async () => {
  const token = await made()
  expect(await words(await admin.get('/api-tokens'))).toMatch(new RegExp(`Payroll .*, by ${EMAIL} never`))
  await read(token)
  expect(await words(await admin.get('/api-tokens'))).toMatch(
    /, by office@example.com \w{3}, \w{3} \d+, \d+:\d\d [AP]M/,
  )
})

it('a token that reads all the time is written once a minute', async () => {
  const token = await made()
  const used = async () => (await office.db.selectFrom('api_tokens').select('used_at').executeTakeFirst())?.used_at
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date'], now })
  try {
    await read(token)
    vi.setSystemTime(now + MINUTE - 1)
    await read(token)
    expect(await used()).toBe(now)
    vi.setSystemTime(now + MINUTE)
    await read(token)
    expect(await used()).toBe(now + MINUTE)
  } finally {
    vi.useRealTimers()
  }
})

it('a revoked token is refused at once, and the list and the record say by whom', async () => {
  const token = await made()
  expect((await read(token)).status).toBe(200)
  await admin.post('/api-tokens/1/revoke')
  expect((await read(token)).status).toBe(401)
  expect(await words(await admin.get('/api-tokens'))).toMatch(
    /opens nothing any more.*Revoked .*, by office@example.com/,
  )
  await admin.post('/api-tokens/1/revoke')
  expect(await words(await admin.get('/api-tokens'))).toContain('That token had been revoked already.')
  const audited = await office.db.selectFrom('audit_events').select(['action', 'detail', 'actor']).execute()
  expect(audited.slice(-2)).toEqual([
    { action: 'API token made', detail: 'Payroll', actor: EMAIL },
    { action: 'API token revoked', detail: 'Payroll', actor: EMAIL },
  ])
})

it('the same form sent twice makes one token', async () => {
  const [one, other] = await Promise.all([make('Payroll'), make('Payroll')])
  expect([one.status, other.status].sort()).toEqual([200, 422])
  expect(await office.db.selectFrom('api_tokens').selectAll().execute()).toHaveLength(1)
})

it('the name of a revoked token can be used again', async () => {
  await made()
  await admin.post('/api-tokens/1/revoke')
  expect(await made()).not.toBe('')
})

it.each([
  ['no name', ' ', 'A token needs a name'],
  ['a name that is too long', 'x'.repeat(101), 'A name has at most 100 characters.'],
])('%s is refused with a sentence', async (_what, name, sentence) => {
  const response = await make(name)
  expect([response.status, await words(response)]).toEqual([422, expect.stringContaining(sentence)])
})

it('a form that is none is refused with a sentence', async () => {
  const response = await admin.post(
    '/api-tokens',
    new URLSearchParams([
      ['name', 'a'],
      ['name', 'b'],
    ]),
  )
  expect([response.status, await words(response)]).toEqual([400, expect.stringContaining('Use the form on the page.')])
})

it('a name in angle brackets is text', async () => {
  expect(await (await make('<b>Payroll</b>')).text()).toContain('&lt;b&gt;Payroll&lt;/b&gt;')
})
