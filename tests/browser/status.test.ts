/** The page Status in a browser: read by eye and by a screen reader, narrow and wide, light and dark, and kept current. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LineStanding } from '../../src/status/pbx.js'
import { LINE, type Office, openOffice, REFUSED_LINE } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page
let line: LineStanding
let complaints: string[]

beforeEach(async () => {
  line = LINE
  office = await openOffice({ line: () => line })
  await office.addAdmin()
  page = await openPage()
  complaints = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await signIn(page, office.url)
  await page.getByRole('link', { name: 'Status' }).click()
  await page.getByRole('heading', { name: 'Status' }).waitFor()
})

afterEach(() => office.close())

it('a line that is lost, and comes back, is on the page without a reload', async () => {
  await page.getByText('Live', { exact: true }).waitFor()
  const pbx = page.getByRole('row', { name: /^PBX/ })
  line = REFUSED_LINE
  await pbx.getByText('Wrong').waitFor()
  expect(await pbx.textContent()).toContain('Asterisk refuses the ARI user')
  line = LINE
  await pbx.getByText('OK').waitFor()
  expect(complaints).toEqual([])
})

it.each([
  [360, 'light'],
  [360, 'dark'],
  [1600, 'light'],
  [1600, 'dark'],
] as const)(
  'at %i px, %s, nothing overflows and axe finds nothing, also when much is wrong',
  async (width, colorScheme) => {
    line = { ...REFUSED_LINE, keptCalls: 3 }
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    await page.reload()
    await page.getByRole('row', { name: /^PBX/ }).getByText('Wrong').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(await violations(page)).toEqual([])
    if (process.env.SHOTS) {
      await page.screenshot({ path: `${process.env.SHOTS}/status-${width}-${colorScheme}.png`, fullPage: true })
    }
  },
)
