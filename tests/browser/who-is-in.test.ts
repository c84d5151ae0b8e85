import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { type Office, openOffice } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page
let complaints: string[]

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill(office)
  page = await openPage()
  complaints = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
})

afterEach(() => office.close())

it('who clocks in appears without a reload, while scroll and focus stay where they are', async () => {
  await page.setViewportSize({ width: 1600, height: 500 })
  await signIn(page, office.url)
  await page.getByText('Live', { exact: true }).waitFor()
  const bob = page.getByRole('rowheader', { name: 'Bob Jones' }).getByRole('link')
  await bob.focus()
  await bob.evaluate((link: { same?: string }) => {
    link.same = 'yes'
  })
  await page.evaluate('scrollTo(0, 120)')
  await office.call(await office.hire('Aaron First'), { at: Date.now() })
  await page.getByRole('rowheader', { name: 'Aaron First' }).waitFor()
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Bob Jones')
  expect(await page.evaluate('document.activeElement.same')).toBe('yes')
  expect(await page.evaluate('scrollY')).toBeGreaterThanOrEqual(120)
  expect(await page.getByRole('table', { name: 'In now: 4' }).count()).toBe(1)
  expect(complaints).toEqual([])
})

it('a new row is marked for a moment, unless motion is unwanted', async () => {
  await signIn(page, office.url)
  for (const [reducedMotion, marked] of [
    ['no-preference', 1],
    ['reduce', 0],
  ] as const) {
    await page.emulateMedia({ reducedMotion })
    await page.goto(office.url)
    await page.getByText('Live', { exact: true }).waitFor()
    await office.call(await office.hire(`New ${reducedMotion}`), { at: Date.now() })
    await page.getByRole('rowheader', { name: `New ${reducedMotion}` }).waitFor()
    expect(await page.locator('tr.is-new').count()).toBe(marked)
  }
})

it('while the server is away the page says so, and is live again by itself', async () => {
  await page.route('**/who-is-in/live', route => route.fulfill({ status: 502, body: 'Bad gateway' }))
  await signIn(page, office.url)
  await page.getByText('Not live, reconnecting').waitFor()
  expect(await page.getByRole('link', { name: 'Refresh' }).isVisible()).toBe(true)
  await page.unroute('**/who-is-in/live')
  await page.getByText('Live', { exact: true }).waitFor()
})
it('when the session ends the page leads to the sign-in', async () => {
  await signIn(page, office.url)
  await page.getByText('Live', { exact: true }).waitFor()
  await office.db.deleteFrom('sessions').execute()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

it('with JavaScript off the page is right when it is loaded, and has a Refresh', async () => {
  const plain = await openPage({ javaScriptEnabled: false })
  await signIn(plain, office.url)
  await plain.getByRole('link', { name: 'By job' }).click()
  await plain.getByRole('table', { name: 'Warehouse: 1' }).waitFor()
  await office.call(await office.hire('Dan New'), { at: Date.now() })
  await plain.getByRole('link', { name: 'Refresh' }).click()
  await plain.getByRole('rowheader', { name: 'Dan New' }).waitFor()
  expect(await plain.getByRole('table', { name: 'Warehouse: 1' }).count()).toBe(1)
})

it('the wall shows names in large type, and is live', async () => {
  await page.setViewportSize({ width: 1600, height: 900 })
  await signIn(page, office.url)
  await page.getByRole('link', { name: 'For the wall' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  expect(await page.getByRole('navigation').count()).toBe(0)
  const size = await page
    .getByText('Bob Jones')
    .evaluate('parseFloat(getComputedStyle(document.querySelector(".people .who")).fontSize)')
  expect(size).toBeGreaterThanOrEqual(24)
  await office.call(await office.hire('Dan New'), { at: Date.now() })
  await page.getByText('Dan New').waitFor()
})

it.each([
  ['light', 1600, ['/', '/?by=job', '/?wall=1', '/?by=job&wall=1']],
  ['dark', 360, ['/', '/?by=job&wall=1']],
  ['light', 768, ['/', '/?wall=1']],
] as const)(
  'the board meets WCAG 2.2 AA as far as axe can tell and fits the screen, %s at %i pixels',
  async (colorScheme, width, paths) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    await signIn(page, office.url)
    for (const path of paths) {
      await page.goto(office.url + path)
      await page.getByText('Live', { exact: true }).waitFor()
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
    }
  },
)

async function fill({ db, call, hire }: Office): Promise<void> {
  const jobId = await addJob(db, { name: 'Warehouse', phoneCode: '12' }, 'test')
  const now = Date.now()
  await call(await hire('Ann Smith'), { at: now - 125 * MINUTE, jobId })
  await call(await hire('Bob Jones'), { at: now - 3 * HOUR })
  await call(await hire('Cleo Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff'), { at: now - 30 * HOUR })
  await call(await hire('Eve Moore'), { at: now - 4 * HOUR })
}
