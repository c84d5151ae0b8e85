/** Signing in through an identity provider: a real one, on loopback, with the real pages. */
import { generateKeyPairSync } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import type { IdentityProviderSettings } from '../../src/identity-provider/identity-provider.js'
import { addAdmin } from '../../src/store/admins.js'
import { CLIENT_SECRET, NAME, TestProvider, type Ways } from './support/identity-provider.js'
import { answerThere, LedBrowser, signInThere } from './support/led-browser.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor } from './support/visitor.js'

const RETURN = '/sign-in/provider/return'

let provider: TestProvider
let office: Office
let browser: LedBrowser
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  provider = await TestProvider.open()
  await open()
  browser = new LedBrowser()
  provider.people.set('ann', { email: 'Ann@example.com', email_verified: true, groups: ['staff', 'payroll'] })
})

afterEach(async () => {
  await office.close()
  await provider.close()
})

async function open(changes: Partial<IdentityProviderSettings> = {}, how: Ways = {}): Promise<void> {
  const log = pino({ level: 'debug' }, { write: line => logged.push(line) })
  office = await openOffice({ log, identityProvider: provider.punchlinesSide(changes) })
  provider.register(office.url, how)
}

async function reopen(...how: Parameters<typeof open>): Promise<void> {
  await office.close()
  await open(...how)
}

const signIn = (who = 'ann') => signInThere(browser, office, who)
const said = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const admins = () =>
  office.db.selectFrom('admins').select(['email', 'role', 'issuer', 'subject', 'password_hash']).execute()
const events = () => office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).orderBy('id').execute()

/** The line of the log that says why somebody was refused. */
function refusal(): Record<string, unknown> | undefined {
  return logged.map(line => JSON.parse(line)).find(({ msg }) => msg === 'sign-in through the provider refused')
}

describe('somebody in a group that has a role', () => {
  it('signs in, and is an admin with that role from then on', async () => {
    const { status, url, html } = await signIn()
    expect([status, url.href]).toEqual([200, `${office.url}/`])
    expect(said(html)).toContain('ann@example.com Sign out')
    expect(await admins()).toEqual([
      { email: 'ann@example.com', role: 'admin', issuer: provider.issuer, subject: 'ann', password_hash: null },
    ])
  })

  it('is on record, by the provider that said so', async () => {
    await signIn()
    expect(await events()).toEqual([
      { actor: provider.issuer, action: 'admin added', detail: 'ann@example.com: admin' },
    ])
    expect(logged.map(line => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ msg: 'admin signed in', through: NAME, ip: '127.0.0.1' }),
    )
  })

  it.each([
    ['clock-owners', 'owner'],
    ['office', 'admin'],
    ['auditors', 'read-only'],
  ])('of the group %s is %s', async (group, role) => {
    provider.people.set('ann', { email: 'ann@example.com', email_verified: true, groups: [group] })
    await signIn()
    expect(await admins()).toMatchObject([{ role }])
  })

  it('in several has the role that may do most', async () => {
    provider.people.set('ann', { email: 'ann@example.com', email_verified: true, groups: ['auditors', 'clock-owners'] })
    await signIn()
    expect(await admins()).toMatchObject([{ role: 'owner' }])
  })

  it('is known by issuer and subject: a second sign-in makes no second admin, under another e-mail address either', async () => {
    await signIn()
    provider.people.set('ann', { email: 'married@example.com', email_verified: true, groups: ['payroll'] })
    browser = new LedBrowser()
    expect((await signIn()).url.pathname).toBe('/')
    expect(await admins()).toMatchObject([{ email: 'ann@example.com' }])
  })

  it('has another role at the next sign-in when the groups are others by then', async () => {
    await signIn()
    provider.people.set('ann', { email: 'ann@example.com', email_verified: true, groups: ['auditors'] })
    browser = new LedBrowser()
    await signIn()
    expect(await admins()).toMatchObject([{ role: 'read-only' }])
    expect((await events()).at(-1)).toEqual({
      actor: provider.issuer,
      action: 'role changed',
      detail: 'ann@example.com: read-only',
    })
  })

  it('is not asked for a second factor of Punchline’s', async () => {
    await signIn()
    const { id } = await office.db.selectFrom('admins').select('id').executeTakeFirstOrThrow()
    const factor = { admin_id: id, sealed_secret: 'x', confirmed_at: Date.now() }
    await office.db.insertInto('second_factors').values(factor).execute()
    browser = new LedBrowser()
    expect((await signIn()).url.pathname).toBe('/')
  })

  it('is out twelve hours after the sign-in, however busy: they may have been removed there', async () => {
    await signIn()
    const before = await office.db
      .selectFrom('sessions')
      .select(['expires_at', 'signed_in_at'])
      .executeTakeFirstOrThrow()
    expect(before.expires_at - before.signed_in_at).toBeLessThanOrEqual(12 * HOUR)
    await office.db
      .updateTable('sessions')
      .set({ expires_at: before.expires_at - HOUR })
      .execute()
    expect((await browser.open(`${office.url}/`)).url.pathname).toBe('/')
    const after = await office.db.selectFrom('sessions').select('expires_at').executeTakeFirstOrThrow()
    expect(after.expires_at).toBe(before.expires_at - HOUR)
  })

  it('who is no longer there can’t sign in any more', async () => {
    await signIn()
    provider.people.delete('ann')
    browser = new LedBrowser()
    const { url } = await signIn()
    expect(url.origin).toBe(provider.issuer)
  })

  it('may have it said in the ID token, or when asked for more', async () => {
    await signIn()
    expect(provider.asked).toContain('GET /me')
    provider.asked.length = 0
    await reopen({}, { inIdToken: true })
    browser = new LedBrowser()
    expect((await signIn()).url.pathname).toBe('/')
    expect(provider.asked).not.toContain('GET /me')
  })

  it('comes also by a provider that takes the client secret in the form alone', async () => {
    await reopen({}, { secretInForm: true })
    expect((await signIn()).url.pathname).toBe('/')
  })

  it('may be in one group alone, which some providers give without a list', async () => {
    provider.people.set('ann', { email: 'ann@example.com', email_verified: true, groups: 'payroll' })
    expect((await signIn()).url.pathname).toBe('/')
  })

  it('may have the groups in a claim of another name', async () => {
    await reopen({ groupsClaim: 'roles' })
    provider.people.set('ann', { email: 'ann@example.com', email_verified: true, roles: ['auditors'] })
    await signIn()
    expect(await admins()).toMatchObject([{ role: 'read-only' }])
  })
})

describe('refused with a sentence, and a line in the log, is', () => {
  const known = { email: 'ann@example.com', email_verified: true }

  it.each([
    [
      'somebody in no group that has a role',
      { ...known, groups: ['staff'] },
      'you are in no group that has a role here',
      'in no mapped group',
    ],
    [
      'somebody in no group at all',
      { ...known, groups: [] },
      'you are in no group that has a role here',
      'in no mapped group',
    ],
    ['a sign-in without the claim of the groups', known, 'did not say which groups you are in', 'no groups claim'],
    [
      'a number in place of groups',
      { ...known, groups: 7 },
      'in a way that can’t be read',
      'groups claim is no list of names',
    ],
    [
      'an object in place of groups',
      { ...known, groups: { payroll: true } },
      'in a way that can’t be read',
      'groups claim is no list of names',
    ],
    [
      'a list of objects',
      { ...known, groups: [{ name: 'payroll' }] },
      'in a way that can’t be read',
      'groups claim is no list of names',
    ],
    [
      'somebody without an e-mail address',
      { groups: ['payroll'] },
      'did not send your e-mail address',
      'no e-mail address',
    ],
    [
      'an e-mail address that is none',
      { email: 'ann', groups: ['payroll'] },
      'did not send your e-mail address',
      'no e-mail address',
    ],
    [
      'an e-mail address that is not verified',
      { email: 'ann@example.com', email_verified: false, groups: ['payroll'] },
      'has not verified your e-mail address',
      'e-mail address not verified',
    ],
  ])('%s', async (_who, person, sentence, why) => {
    provider.people.set('ann', person)
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([403, expect.stringContaining(sentence)])
    expect(refusal()).toMatchObject({ why, subject: 'ann', ip: '127.0.0.1', through: NAME })
    expect(await admins()).toEqual([])
  })

  it('a consent that was denied', async () => {
    const { url } = await browser.open(`${office.url}/sign-in/provider`)
    const { status, html } = await browser.open(`${url}/abort`)
    expect([status, said(html)]).toEqual([
      401,
      expect.stringContaining(`at ${NAME} it was cancelled, or is not allowed`),
    ])
    expect(refusal()).toMatchObject({ error: 'access_denied' })
  })

  it('a provider that is down', async () => {
    provider.isDown = true
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([503, expect.stringContaining(`${NAME} can’t be reached at the moment.`)])
    expect(refusal()).toHaveProperty('code')
    provider.isDown = false
    expect((await signIn()).url.pathname).toBe('/')
  })

  it('a provider that goes down in between', async () => {
    const page = await browser.open(`${office.url}/sign-in/provider`)
    const back = await answerThere(browser, page, 'ann', RETURN)
    provider.isDown = true
    expect((await browser.open(back.url)).status).toBe(503)
  })

  it('a wrong client secret', async () => {
    await reopen({ clientSecret: 'the one from before' })
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([
      502,
      expect.stringContaining('does not take Punchline’s own client ID and secret'),
    ])
    expect(refusal()).toMatchObject({ status: 401 })
  })

  it('another issuer than the one that was set', async () => {
    await reopen({ issuer: `${provider.issuer.replace('127.0.0.1', 'localhost')}` })
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([502, expect.stringContaining('calls itself otherwise than OIDC_ISSUER does')])
  })

  it('a clock that is ten minutes off', async () => {
    provider.behind = 10 * MINUTE
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([503, expect.stringContaining('differ by 10 minutes')])
    expect(refusal()).toMatchObject({ claim: 'exp', minutes: 10 })
  })

  it.each([
    ['for another audience', { aud: 'another application' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['with another nonce', { nonce: 'of another sign-in' }],
  ])('a token %s', async (_what, forged) => {
    provider.forged = forged
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([502, expect.stringContaining('not meant for Punchline')])
    expect(refusal()).toMatchObject({ code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' })
  })

  it('a token that somebody else has signed', async () => {
    provider.forged = {}
    provider.signedBy = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([502, expect.stringContaining('not signed by it')])
    expect(await admins()).toEqual([])
  })
})

describe('the way back from the provider', () => {
  const BEGIN_AGAIN =
    'was begun in another browser, took more than ten minutes, or has been used already. Begin it again.'

  async function comesBack(): Promise<URL> {
    const page = await browser.open(`${office.url}/sign-in/provider`)
    return (await answerThere(browser, page, 'ann', RETURN)).url
  }

  const refused = async (url: URL, by = browser) => {
    const { status, html } = await by.open(url)
    expect([status, said(html)]).toEqual([401, expect.stringContaining(BEGIN_AGAIN)])
  }

  it('counts once', async () => {
    const url = await comesBack()
    expect((await browser.open(url)).url.pathname).toBe('/')
    await refused(url)
  })

  it('counts once for the provider too, for somebody who has kept the cookie', async () => {
    const url = await comesBack()
    const token = browser.cookie(office.url, 'punchline-sign-in')
    await browser.open(url)
    const response = await new Visitor(office).get(url.pathname + url.search, { cookie: `punchline-sign-in=${token}` })
    expect([response.status, said(await response.text())]).toEqual([401, expect.stringContaining(BEGIN_AGAIN)])
    expect(refusal()).toMatchObject({ error: 'invalid_grant' })
  })

  it('leads nobody else in: another browser has not begun it', async () => {
    await refused(await comesBack(), new LedBrowser())
  })

  it('with another state, none, or two leads nowhere', async () => {
    for (const change of [
      (query: URLSearchParams) => query.set('state', 'x'),
      (query: URLSearchParams) => query.delete('state'),
      (query: URLSearchParams) => query.append('state', query.get('state') ?? ''),
    ]) {
      browser = new LedBrowser()
      const url = await comesBack()
      change(url.searchParams)
      await refused(url)
    }
    expect(await admins()).toEqual([])
  })

  it.each([
    '',
    '?code',
    '?code=a&code=b',
    '?error=%3Cscript%3E&error_description=%3Cscript%3E',
    '?state[]=x',
    '?iss=x&code=%00',
  ])('with “%s” gets a sentence', async query => {
    await browser.open(`${office.url}/sign-in/provider`)
    const { status, html } = await browser.open(`${office.url}${RETURN}${query}`)
    expect(status).toBe(401)
    expect(html).not.toContain('<script>')
  })

  it('with codes that the provider never gave is closed after fifty', async () => {
    await browser.open(`${office.url}/sign-in/provider`)
    const cookie = `punchline-sign-in=${browser.cookie(office.url, 'punchline-sign-in')}`
    const state = browser.visited.map(url => url.searchParams.get('state')).find(found => found !== null)
    const visitor = new Visitor(office)
    const query = new URLSearchParams({ code: 'a guess', state: state ?? '', iss: provider.issuer })
    const tries = Array.from({ length: 51 }, () => visitor.get(`${RETURN}?${query}`, { cookie }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter(status => status === 401)).toHaveLength(50)
    expect(statuses.filter(status => status === 429)).toHaveLength(1)
  })

  it('is given a cookie for http alone, for ten minutes, which the provider’s redirect brings along', async () => {
    const response = await new Visitor(office).get('/sign-in/provider')
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^punchline-sign-in=[\w-]{43}; Max-Age=600; Path=\/sign-in; Expires=.*; HttpOnly; SameSite=Lax$/,
      ),
    ])
  })

  it('is Secure, and leads back to https, behind a proxy that speaks it', async () => {
    const response = await new Visitor(office).get('/sign-in/provider', { 'x-forwarded-proto': 'https' })
    expect(response.headers.getSetCookie()[0]).toContain('; Secure')
    const asked = new URL(response.headers.get('location') ?? '').searchParams
    expect(asked.get('redirect_uri')).toBe(`${office.url.replace('http:', 'https:')}${RETURN}`)
    expect([asked.get('response_type'), asked.get('code_challenge_method')]).toEqual(['code', 'S256'])
  })
})

describe('an account with a password, of the same e-mail address', () => {
  let owner: Visitor

  beforeEach(async () => {
    provider.people.set('office', { email: EMAIL, email_verified: true, groups: ['payroll'] })
    await office.addAdmin()
    owner = new Visitor(office)
    await owner.signIn()
  })

  const allow = (choice: string, by = owner) => by.post('/admins/1/connect', new URLSearchParams({ allow: choice }))

  it('is not taken over: the page says how an owner connects it', async () => {
    const { status, html } = await signIn('office')
    expect([status, said(html)]).toEqual([
      403,
      expect.stringContaining(`is not connected with ${NAME}. An owner can let it be connected on the page “Admins”`),
    ])
    expect(await admins()).toMatchObject([{ email: EMAIL, role: 'owner', issuer: null }])
  })

  it('is connected where an owner has let it be; then groups decide on the role, and the password still works', async () => {
    expect(said(await (await owner.get('/admins')).text())).toContain('Let it be connected')
    expect((await allow('yes')).status).toBe(303)
    expect(said(await (await owner.get('/admins')).text())).toContain(`The next sign-in with ${NAME} as ${EMAIL}`)
    expect((await signIn('office')).url.pathname).toBe('/')
    expect(await admins()).toMatchObject([{ email: EMAIL, role: 'admin', issuer: provider.issuer, subject: 'office' }])
    expect((await events()).slice(-3)).toEqual([
      { actor: EMAIL, action: 'connecting allowed', detail: EMAIL },
      { actor: provider.issuer, action: 'account connected', detail: EMAIL },
      { actor: provider.issuer, action: 'role changed', detail: `${EMAIL}: admin` },
    ])
    expect((await new Visitor(office).signIn(EMAIL, PASSWORD)).headers.get('location')).toBe('/')
  })

  it('is not connected once an owner has thought better of it', async () => {
    await allow('yes')
    await allow('no')
    expect((await signIn('office')).status).toBe(403)
  })

  it('is connected once: the next of that address is somebody else', async () => {
    await allow('yes')
    await signIn('office')
    provider.people.set('impostor', { email: EMAIL, email_verified: true, groups: ['clock-owners'] })
    browser = new LedBrowser()
    expect((await signIn('impostor')).status).toBe(403)
    expect(await admins()).toHaveLength(1)
  })

  it('is connected by a verified e-mail address alone', async () => {
    await allow('yes')
    provider.people.set('office', { email: EMAIL, groups: ['clock-owners'] })
    const { status, html } = await signIn('office')
    expect([status, said(html)]).toEqual([403, expect.stringContaining('does not say that it has verified')])
    expect(await admins()).toMatchObject([{ issuer: null }])
  })

  it('is let be connected by owners alone', async () => {
    await addAdmin(office.db, { email: 'ben@example.com', password: PASSWORD, role: 'admin' }, 'test')
    const ben = new Visitor(office)
    await ben.signIn('ben@example.com')
    expect((await allow('yes', ben)).status).toBe(403)
  })

  it('there is nothing to connect with where no provider is set', async () => {
    const plain = await openOffice()
    await plain.addAdmin()
    const admin = new Visitor(plain)
    await admin.signIn()
    expect((await allow('yes', admin)).status).toBe(409)
    expect(said(await (await admin.get('/admins')).text())).not.toContain('Connect')
    await plain.close()
  })
})

describe('on the page of the admins, one of the provider', () => {
  let owner: Visitor
  const idOfAnn = async () =>
    (await office.db.selectFrom('admins').select('id').where('email', '=', 'ann@example.com').executeTakeFirstOrThrow())
      .id

  beforeEach(async () => {
    await signIn()
    await office.addAdmin()
    owner = new Visitor(office)
    await owner.signIn()
  })

  it('is shown with what they sign in with', async () => {
    const page = said(await (await owner.get('/admins')).text())
    expect(page).toMatch(new RegExp(`ann@example\\.com admin ${NAME} not here`))
    expect(page).toContain('office@example.com owner password off')
  })

  it('has a role that groups decide on, and no owner', async () => {
    const id = await idOfAnn()
    const response = await owner.post(`/admins/${id}/role`, new URLSearchParams({ role: 'owner' }))
    expect([response.status, said(await response.text())]).toEqual([
      409,
      expect.stringContaining(`Their groups at ${NAME} decide on the role, at each sign-in.`),
    ])
    expect(said(await (await owner.get('/admins')).text())).toContain(`Groups at ${NAME} decide on the role`)
  })

  it('who is removed may come back: the page says so', async () => {
    await owner.post(`/admins/${await idOfAnn()}/remove`)
    expect(said(await (await owner.get('/admins')).text())).toContain(
      `While a group at ${NAME} gives them a role, they become an admin again by signing in there.`,
    )
    expect((await browser.open(`${office.url}/account`)).url.pathname).toBe('/sign-in')
  })
})

it('the account of somebody without a password offers to change none, and no second factor', async () => {
  const { url } = await signIn()
  const page = said((await browser.open(new URL('/account', url))).html)
  expect(page).toContain(`You sign in with ${NAME}`)
  expect(page).not.toContain('Change the password')
  const tried = await browser.open(new URL('/account/second-factor', url))
  expect([tried.status, said(tried.html)]).toEqual([409, expect.stringContaining('has no password')])
})

describe('the sign-in page', () => {
  it('has the provider and the form', async () => {
    const { html } = await browser.open(`${office.url}/sign-in`)
    expect(said(html)).toContain(`Sign in with ${NAME}`)
    expect(html).toContain('type="password"')
  })

  it('has the form on a page of its own where IT wants it so; the emergency owner gets in there', async () => {
    await reopen({ passwordForm: 'apart' })
    await office.addAdmin()
    const { html } = await browser.open(`${office.url}/sign-in`)
    expect(html).not.toContain('type="password"')
    expect(html).toContain('<a href="/sign-in/password">')
    expect((await browser.open(`${office.url}/sign-in/password`)).html).toContain('type="password"')
    expect((await new Visitor(office).signIn(EMAIL, 'a wrong password')).status).toBe(401)
    expect((await new Visitor(office).signIn()).headers.get('location')).toBe('/')
  })

  it('without a provider has the form alone, and nothing leads to one', async () => {
    await office.close()
    office = await openOffice()
    expect(said((await browser.open(`${office.url}/sign-in`)).html)).not.toContain('Sign in with')
    expect((await browser.open(`${office.url}/sign-in/provider`)).status).toBe(404)
  })
})

it('no secret, code, token or name comes into the log, whatever goes wrong', async () => {
  await signIn()
  for (const spoil of [
    () => (provider.forged = { aud: 'another application' }),
    () => (provider.behind = 10 * MINUTE),
    () => provider.people.set('ann', { email: 'ann@example.com', groups: 7 }),
  ]) {
    provider.forged = null
    provider.behind = 0
    spoil()
    browser = new LedBrowser()
    await signIn()
  }
  const secrets = browser.visited.flatMap(url => ['code', 'state', 'nonce'].map(name => url.searchParams.get(name)))
  const all = logged.join('')
  expect(all).toContain('sign-in through the provider refused')
  for (const secret of [CLIENT_SECRET, 'ann@example.com', 'eyJ', ...secrets]) {
    if (secret !== null) expect(all).not.toContain(secret)
  }
  expect(all).not.toMatch(/at \S+ \(.*\.[jt]s/)
})

it('who asks at once for the provider has it asked once', async () => {
  await Promise.all([1, 2, 3].map(() => new Visitor(office).get('/sign-in/provider')))
  expect(provider.asked.filter(asked => asked === 'GET /.well-known/openid-configuration')).toHaveLength(1)
})
