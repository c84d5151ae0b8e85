import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { EMAIL, type Office, openOffice, PASSWORD } from '../web/support/office.js'
import { Visitor } from '../web/support/visitor.js'
import { expectFit } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { INTRANET, useBrowser } from './support/browser.js'

const LONG = 'a.name.that.is.long.for.payroll-and-office@subdomain.of.a.long.example.com'
const NEW = 'a longer new password'

const openPage = useBrowser()
let office: Office
let page: Page

beforeEach(async () => {
  office = await openOffice()
  await open({ locale: 'en-US' })
})

afterEach(() => office.close())

async function open(options: Parameters<Browser['newContext']>[0]): Promise<void> {
  page = await openPage(options)
}

/** The first admin's link, at the name that the intranet has for the machine. */
async function firstAdminLink(): Promise<string> {
  await office.firstAdminLink.offer(office.url)
  return readFileSync(office.firstAdminLink.file, 'utf8').trim().replace('127.0.0.1', INTRANET)
}

async function openElsewhere(): Promise<Visitor> {
  const elsewhere = new Visitor(office)
  await elsewhere.signIn()
  return elsewhere
}

it('the first admin opens the link on plain http, with the keyboard alone, and no address that is sent on has the token', async () => {
  const link = await firstAdminLink()
  const token = link.split('/').at(-1) ?? ''
  const referrers: (string | undefined)[] = []
  page.on('request', request => referrers.push(request.headers().referer))
  await page.goto(link)
  for (const typed of [EMAIL, 'short', 'short']) {
    await tabTo('INPUT')
    await page.keyboard.type(typed)
  }
  await page.keyboard.press('Enter')
  await page.locator('#password:focus').waitFor()
  expect(await page.getByRole('alert').textContent()).toContain('at least 12 characters')
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(EMAIL)
  await page.keyboard.type(PASSWORD)
  await tabTo('INPUT')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('You are signed in.').waitFor()
  await page.goto(link)
  await page.getByText('There is an admin already').waitFor()
  expect(referrers).toContain(`${new URL(link).origin}/`)
  for (const referrer of referrers) expect(referrer ?? '').not.toContain(token)
})

it('everything works without JavaScript', async () => {
  await open({ javaScriptEnabled: false })
  await page.goto(await firstAdminLink())
  await page.getByLabel('E-mail address').fill(EMAIL)
  await fillNew('Password', PASSWORD)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByRole('link', { name: 'Admins' }).click()
  await page.getByLabel('E-mail address').fill('ben@example.com')
  await fillNew('Password', NEW)
  await page.getByRole('button', { name: 'Add admin' }).click()
  await page.getByText('ben@example.com can sign in now').waitFor()
  await page.locator('summary').click()
  await page.getByRole('button', { name: 'Remove ben@example.com' }).click()
  await page.getByText('ben@example.com is no longer an admin').waitFor()
  const elsewhere = [await openElsewhere(), await openElsewhere()]
  await page.getByRole('link', { name: EMAIL }).click()
  await page
    .getByRole('button', { name: /^End the session/ })
    .first()
    .click()
  await page.getByText('That session is ended.').waitFor()
  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByText('1 other session is ended.').waitFor()
  for (const visitor of elsewhere) expect((await visitor.get('/')).status).toBe(303)
  await page.getByLabel('Current password').fill(PASSWORD)
  await fillNew('New password', NEW)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('Your password is changed.').waitFor()
})

it('the keyboard alone removes an admin', async () => {
  await office.addAdmin()
  await addAdmin(office.db, { email: LONG, password: PASSWORD, role: 'owner' }, 'test')
  await signIn(page, office.url)
  await page.goto(`${office.url}/admins`)
  await tabTo('SUMMARY')
  await page.keyboard.press('Enter')
  // The role, its button, the one that signs out everywhere, and then the one that removes.
  for (let stop = 0; stop < 4; stop++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText(`${LONG} is no longer an admin`).waitFor()
})

it.each([
  ['light', 1600],
  ['dark', 1600],
  ['light', 768],
  ['light', 360],
  ['dark', 360],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const fits = (what: string) => expectFit(page, what)
    const link = await firstAdminLink()
    await page.goto(link)
    await fits('first admin')
    await office.addAdmin()
    await page.goto(link)
    await fits('used link')
    await addAdmin(office.db, { email: LONG, password: PASSWORD, role: 'owner' }, 'test')
    await page.goto(office.url)
    await page.getByLabel('E-mail address').fill(LONG)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Admins' }).click()
    await fits('admins')
    await page.getByLabel('E-mail address').fill(LONG)
    await fillNew('Password', PASSWORD)
    await page.getByRole('button', { name: 'Add admin' }).click()
    await page.getByRole('alert').waitFor()
    await fits('admins, with a fault')
    await new Visitor(office).signIn(LONG)
    await page.getByRole('link', { name: LONG }).click()
    await page.getByLabel('Current password').fill('wrong')
    await fillNew('New password', NEW)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('alert').waitFor()
    await fits('account, with a fault')
  },
)

it('in print the header has no links', async () => {
  await office.addAdmin()
  await signIn(page, office.url)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('navigation').isVisible()).toBe(false)
  expect(await page.getByRole('link', { name: EMAIL }).isVisible()).toBe(false)
})

async function fillNew(label: string, password: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(password)
  await page.getByLabel(`${label} again`).fill(password)
}

/** Goes on with the Tab key to the next element of that kind. */
async function tabTo(tag: 'INPUT' | 'SUMMARY'): Promise<void> {
  for (let pressed = 0; pressed < 30; pressed++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate('document.activeElement.tagName')) === tag) return
  }
  throw new Error(`the Tab key reaches no ${tag}`)
}
