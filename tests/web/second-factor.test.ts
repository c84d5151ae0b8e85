import { TOTP } from 'otpauth'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SECOND } from '../../src/clock/time.js'
import { addAdmin } from '../../src/store/admins.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(async () => {
  vi.useRealTimers()
  await office.close()
})

const PAGE = '/account/second-factor'
const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const nextStep = () => vi.setSystemTime(Date.now() + 30 * SECOND)

/** What an authenticator app shows now that was given the key. */
const shown = (key: string) => new TOTP({ secret: key }).generate({ timestamp: Date.now() })

async function begin(): Promise<string> {
  await admin.post(`${PAGE}/begin`, form({ current: PASSWORD }))
  const html = await (await admin.get(PAGE)).text()
  return (html.match(/class="key">([A-Z2-7 ]+)</)?.[1] ?? '').replaceAll(' ', '')
}

async function turnOn(): Promise<{ key: string; codes: string[] }> {
  const key = await begin()
  const html = await (await admin.post(`${PAGE}/confirm`, form({ code: shown(key) }))).text()
  nextStep()
  return { key, codes: [...html.matchAll(/<code>([A-Z2-9-]+)<\/code>/g)].map(match => match[1] ?? '') }
}

async function halfSignedIn(): Promise<Visitor> {
  const visitor = new Visitor(office)
  expect((await visitor.signIn()).headers.get('location')).toBe('/sign-in/code')
  return visitor
}

const typed = (visitor: Visitor, code: string) => visitor.post('/sign-in/code', form({ code }))
const isIn = async (visitor: Visitor) => (await visitor.get('/')).status === 200

describe('turning a second factor on', () => {
  it('needs the password again', async () => {
    const response = await admin.post(`${PAGE}/begin`, form({ current: 'a wrong password' }))
    expect(response.status).toBe(422)
    expect(await words(response)).toContain('This is not your password.')
    expect(await words(await admin.get(PAGE))).toContain('Turn it on Signing in then needs')
  })

  it('counts only from when a code was right, and gives ten recovery codes, once', async () => {
    const key = await begin()
    expect(key).toMatch(/^[A-Z2-7]{32}$/)
    expect((await admin.post(`${PAGE}/confirm`, form({ code: '000000' }))).status).toBe(422)
    expect((await new Visitor(office).signIn()).headers.get('location')).toBe('/')
    const page = await words(await admin.post(`${PAGE}/confirm`, form({ code: shown(key) })))
    expect(page).toContain('Your second factor is on')
    expect(page.match(/(?:[A-Z2-9]{4}-){5}[A-Z2-9]{4}/g)).toHaveLength(10)
    expect(await words(await admin.get(PAGE))).toContain('Recovery codes left: 10')
  })

  it('shows a QR code to its admin alone, and only while it is being set up', async () => {
    expect((await admin.get(`${PAGE}.svg`)).status).toBe(404)
    await begin()
    const picture = await admin.get(`${PAGE}.svg`)
    expect(picture.headers.get('content-type')).toContain('image/svg+xml')
    expect(picture.headers.get('cache-control')).toContain('no-store')
    expect((await new Visitor(office).get(`${PAGE}.svg`)).headers.get('location')).toBe('/sign-in')
    await turnOn()
    expect((await admin.get(`${PAGE}.svg`)).status).toBe(404)
  })

  it('leaves neither key nor recovery code readable in the database', async () => {
    const { key, codes } = await turnOn()
    const tables = JSON.stringify([
      await office.db.selectFrom('second_factors').selectAll().execute(),
      await office.db.selectFrom('recovery_codes').selectAll().execute(),
      await office.db.selectFrom('audit_events').selectAll().execute(),
    ])
    for (const secret of [key, ...codes, ...codes.map(code => code.replaceAll('-', ''))]) {
      expect(tables).not.toContain(secret)
    }
  })
})

describe('signing in with a second factor', () => {
  it('opens nothing with the password alone', async () => {
    await turnOn()
    const visitor = await halfSignedIn()
    expect(await isIn(visitor)).toBe(false)
    for (const path of ['/account', '/employees', '/admins', '/time-entries/export/entries.csv']) {
      expect((await visitor.get(path)).headers.get('location')).toBe('/sign-in')
    }
    expect(await (await visitor.get('/calls/live')).text()).toContain('event: signed-out')
    expect(await words(await admin.get('/account'))).toContain('Where you are signed in: 1')
  })

  it('takes the code that the app shows, under a new session', async () => {
    const { key } = await turnOn()
    const visitor = await halfSignedIn()
    const before = visitor.cookie
    expect((await typed(visitor, shown(key))).headers.get('location')).toBe('/')
    expect(visitor.cookie).not.toBe(before)
    expect(await isIn(visitor)).toBe(true)
  })

  it.each([
    ['of the step before', -30],
    ['of the next step', 30],
    ['with a space in it', 0],
  ])('takes a code %s', async (_, seconds) => {
    const { key } = await turnOn()
    nextStep()
    const code = new TOTP({ secret: key }).generate({ timestamp: Date.now() + seconds * SECOND })
    const visitor = await halfSignedIn()
    await typed(visitor, seconds === 0 ? `${code.slice(0, 3)} ${code.slice(3)}` : code)
    expect(await isIn(visitor)).toBe(true)
  })

  it('takes no code twice, whoever saw it', async () => {
    const { key } = await turnOn()
    const code = shown(key)
    await typed(await halfSignedIn(), code)
    const eavesdropper = await halfSignedIn()
    expect((await typed(eavesdropper, code)).status).toBe(401)
    expect(await isIn(eavesdropper)).toBe(false)
  })

  it('takes each recovery code once, however it is typed, and says on record that it was used', async () => {
    const { codes } = await turnOn()
    const [first = ''] = codes
    const visitor = await halfSignedIn()
    await typed(visitor, ` ${first.toLowerCase().replaceAll('-', ' ')} `)
    expect(await isIn(visitor)).toBe(true)
    expect((await typed(await halfSignedIn(), first)).status).toBe(401)
    expect(await words(await visitor.get(PAGE))).toContain('Recovery codes left: 9')
    const used = await office.db
      .selectFrom('audit_events')
      .select('actor')
      .where('action', '=', 'recovery code used')
      .execute()
    expect(used).toEqual([{ actor: EMAIL }])
  })

  it('pauses a machine that guesses codes, and its real owner’s browser goes on', async () => {
    const { key } = await turnOn()
    const machine = await halfSignedIn()
    const answers: number[] = []
    for (let i = 0; i < 12; i++) answers.push((await typed(machine, String(100_000 + i))).status)
    expect(answers.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(answers.slice(10)).toEqual([429, 429])
    expect((await typed(machine, shown(key))).status).toBe(429)
    const response = await admin.signIn()
    expect(response.headers.get('location')).toBe('/sign-in/code')
    expect((await typed(admin, shown(key))).headers.get('location')).toBe('/')
  })

  it('gives up after ten minutes', async () => {
    const { key } = await turnOn()
    const visitor = await halfSignedIn()
    vi.setSystemTime(Date.now() + 601 * SECOND)
    expect((await typed(visitor, shown(key))).headers.get('location')).toBe('/sign-in')
    expect(await isIn(visitor)).toBe(false)
  })
})

describe('turning it off', () => {
  it('needs the password, and is on record', async () => {
    await turnOn()
    expect((await admin.post(`${PAGE}/end`, form({ current: 'a wrong password' }))).status).toBe(422)
    await admin.post(`${PAGE}/end`, form({ current: PASSWORD }))
    expect(await words(await admin.get('/account'))).toContain('Your second factor is off.')
    expect((await new Visitor(office).signIn()).headers.get('location')).toBe('/')
  })

  it('is done by another owner for whoever lost phone and codes', async () => {
    await turnOn()
    await addAdmin(office.db, { email: 'boss@example.com', password: PASSWORD, role: 'owner' }, 'test')
    const boss = new Visitor(office)
    await boss.signIn('boss@example.com')
    await boss.post('/admins/1/second-factor/end')
    expect(await words(await boss.get('/admins'))).toContain(`${EMAIL} can sign in with the password alone`)
    expect((await new Visitor(office).signIn()).headers.get('location')).toBe('/')
  })
})
