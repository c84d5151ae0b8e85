/** Signing in through an identity provider, in a real browser: its cookies, its redirects, and the pages’ own policy. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { NAME, TestProvider } from '../web/support/identity-provider.js'
import { EMAIL, type Office, openOffice, PASSWORD } from '../web/support/office.js'
import { expectFit } from './support/accessibility.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let provider: TestProvider
let office: Office
let page: Page

beforeEach(async () => {
  provider = await TestProvider.open()
  office = await openOffice({ identityProvider: provider.punchlinesSide() })
  provider.register(office.url)
  provider.people.set('ann', { email: 'ann@example.com', email_verified: true, groups: ['clock-owners'] })
  provider.people.set('guest', { email: 'guest@example.com', email_verified: true, groups: [] })
  page = await openPage()
  // The provider’s own page asks for letters from elsewhere.
  await page.route(/^https:/, route => route.abort())
})

afterEach(async () => {
  await office.close()
  await provider.close()
})

async function signInThere(who: string): Promise<void> {
  await page.goto(office.url)
  await page.getByRole('link', { name: `Sign in with ${NAME}` }).click()
  await page.getByPlaceholder('Enter any login').fill(who)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

it('a click leads to the provider and back, signed in; at the next one the provider asks nothing', async () => {
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  await signInThere('ann')
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
  expect(page.url()).toBe(`${office.url}/`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: `Sign in with ${NAME}` }).click()
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
  expect(said.filter(text => /security policy|cookie/i.test(text))).toEqual([])
})

it('without JavaScript too, with the keyboard alone', async () => {
  page = await openPage({ javaScriptEnabled: false })
  await page.goto(office.url)
  for (let pressed = 0; pressed < 3; pressed++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByPlaceholder('Enter any login').waitFor()
})

it('who is refused reads why on the sign-in page, and can begin again as somebody else', async () => {
  await signInThere('guest')
  expect(await page.getByRole('alert').textContent()).toContain('you are in no group that has a role here')
  await page.context().clearCookies()
  await signInThere('ann')
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
})

describe.each([
  ['light', 1600],
  ['dark', 1600],
  ['light', 360],
  ['dark', 360],
] as const)('%s at %i pixels', (colorScheme, width) => {
  it('the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen', async () => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const fits = (what: string) => expectFit(page, what)
    await office.addAdmin()
    await addAdmin(office.db, { email: 'ben@example.com', password: PASSWORD, role: 'admin' }, 'test')
    await office.db.updateTable('admins').set({ may_connect: 1 }).where('email', '=', EMAIL).execute()
    await page.goto(`${office.url}/sign-in`)
    await fits('sign-in')
    await signInThere('guest')
    await fits('refused')
    await page.context().clearCookies()
    await signInThere('ann')
    await page.getByRole('link', { name: 'Admins' }).click()
    await fits('admins')
    await page.getByRole('link', { name: 'ann@example.com' }).click()
    await fits('account')
  })
})
