/** An admin at a browser. */
import type { Page } from 'playwright-core'
import { EMAIL, PASSWORD } from '../../web/support/office.js'

export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
}
