/** What the pages do with accounts of the identity provider, beside those with passwords. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { NAME, TestProvider } from './support/identity-provider.js'
import { LedBrowser, signInThere } from './support/led-browser.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor } from './support/visitor.js'

let provider: TestProvider
let office: Office
let browser: LedBrowser

beforeEach(async () => {
  provider = await TestProvider.open()
  office = await openOffice({ identityProvider: provider.punchlinesSide() })
  provider.register(office.url)
  browser = new LedBrowser()
  provider.people.set('ann', { email: 'ann@example.com', email_verified: true, groups: ['payroll'] })
})

afterEach(async () => {
  await office.close()
  await provider.close()
})

const signIn = (who = 'ann') => signInThere(browser, office, who)
const said = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const admins = () => office.db.selectFrom('admins').select(['email', 'role', 'issuer', 'subject']).execute()
const events = () => office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).orderBy('id').execute()

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
    await office.close()
    office = await openOffice({ identityProvider: provider.punchlinesSide({ passwordForm: 'apart' }) })
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
