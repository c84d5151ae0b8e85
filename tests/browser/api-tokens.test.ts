import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addApiToken, revokeApiToken } from '../../src/store/api-tokens.js'
import { EMAIL, type Office, openOffice } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  page = await openPage()
})

afterEach(() => office.close())

const read = (token: string) =>
  fetch(`${office.url}/api/v1/entries`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status)

it('an admin makes a token, copies it, and revokes it, with the keyboard alone', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/api-tokens`)
  await page.getByLabel('Name').focus()
  await page.keyboard.type('Payroll')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'The token Payroll is made' }).waitFor()
  const token = await page.locator('#token').innerText()
  await page.getByRole('button', { name: 'Copy token' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Copied').waitFor()
  expect(page.url()).toBe(`${office.url}/api-tokens`)
  expect(await read(token)).toBe(200)
  await page.goto(`${office.url}/api-tokens`)
  expect(await page.content()).not.toContain(token)
  expect(await page.getByRole('button', { name: 'Yes, revoke Payroll' }).isVisible()).toBe(false)
  await page.locator('summary', { hasText: 'Revoke' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Yes, revoke Payroll' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('The token Payroll opens nothing any more.').waitFor()
  expect(await read(token)).toBe(401)
})

it('a double click makes one token, and shows it', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/api-tokens`)
  await page.getByLabel('Name').fill('Payroll')
  await page.getByRole('button', { name: 'Make token' }).dblclick()
  await page.getByRole('heading', { name: 'The token Payroll is made' }).waitFor()
  expect(await office.db.selectFrom('api_tokens').selectAll().execute()).toHaveLength(1)
})

it.each([
  ['light', 1600],
  ['dark', 360],
  ['light', 768],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await signIn(page, office.url)
    await addApiToken(office.db, 'Old payroll of Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff & Sons', EMAIL)
    await revokeApiToken(office.db, 1, EMAIL)
    await addApiToken(office.db, 'Timekeeping', EMAIL)
    const check = async (what: string) => {
      await page.evaluate('document.querySelectorAll("details").forEach(each => { each.open = true })')
      expect([what, await violations(page)]).toEqual([what, []])
      expect([what, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([what, width])
      if (process.env.SHOTS)
        await page.screenshot({ path: `${process.env.SHOTS}/${what}-${colorScheme}-${width}.png`, fullPage: true })
    }
    await page.goto(`${office.url}/time-entries/export`)
    await check('columns')
    await page.goto(`${office.url}/api-tokens`)
    await page.getByLabel('Name').fill('Payroll')
    await page.getByRole('button', { name: 'Make token' }).click()
    await page.getByRole('heading', { name: 'The token Payroll is made' }).waitFor()
    await check('made')
    await page.getByLabel('Name').fill('Payroll')
    await page.getByRole('button', { name: 'Make token' }).click()
    await page.getByText('There is a token named Payroll already.').waitFor()
    await check('refused')
  },
)
