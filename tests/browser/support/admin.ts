/** An admin at a browser. */
import type { Page } from 'playwright-core'
import { EMAIL, PASSWORD } from '../../web/support/office.js'

export async function signIn(page: Page, url: string, email = EMAIL): Promise<void> {
  await givePassword(page, url, email)
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
}

/** The first half, where there is a second factor. */
export async function givePassword(page: Page, url: string, email = EMAIL): Promise<void> {
  await page.goto(url)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
