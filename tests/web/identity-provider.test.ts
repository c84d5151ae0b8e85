/** Signing in through an identity provider: a real one, on loopback, with the real pages. */
import { generateKeyPairSync } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import type { IdentityProviderSettings } from '../../src/identity-provider/identity-provider.js'
import { CLIENT_SECRET, NAME, TestProvider, type Ways } from './support/identity-provider.js'
import { answerThere, LedBrowser, signInThere } from './support/led-browser.js'
import { type Office, openOffice } from './support/office.js'
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

  it('a clock that is ten minutes off the other way', async () => {
    const later = Math.round((Date.now() + 10 * MINUTE) / 1000)
    provider.forged = { iat: later, nbf: later, exp: later + 300 }
    const { status, html } = await signIn()
    expect([status, said(html)]).toEqual([503, expect.stringContaining('differ by 10 minutes')])
    expect(refusal()).toMatchObject({ claim: 'nbf', minutes: 10 })
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
