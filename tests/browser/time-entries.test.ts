import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock/time.js'
import { addEntry, correctEntry } from '../../src/store/corrections.js'
import { addJob } from '../../src/store/jobs.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

/** A Monday evening in New York. */
const MONDAY = Date.parse('2026-11-16T18:00:00-05:00')
const WEEK = 'from=2026-11-16&to=2026-11-22'

const openPage = useBrowser()
let office: Office
let page: Page

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill(office)
})

afterEach(() => office.close())

/** Signs in and opens a page. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
  page = await openPage(options)
  await signIn(page, office.url)
  await page.goto(office.url + path)
}

it.each([true, false])('an entry is found, corrected and voided, with JavaScript: %s', async javaScriptEnabled => {
  await open(`/time-entries?${WEEK}`, { javaScriptEnabled })
  await page.getByLabel('Employee', { exact: true }).fill('ann')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByText('Ann Smith', { exact: true }).first().waitFor()
  await page.getByRole('link', { name: 'Open the entry of Ann Smith, Mon, Nov 16, 9:00 AM' }).click()
  await page.getByLabel('Clock-out', { exact: true }).fill('2026-11-16T08:00')
  await page.getByLabel('Reason', { exact: true }).fill('Stayed longer')
  await page.getByRole('button', { name: 'Correct the entry' }).click()
  expect(await page.getByRole('alert').textContent()).toBe('The clock-out is before the clock-in.')
  expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('Stayed longer')
  await page.getByLabel('Clock-out', { exact: true }).fill('2026-11-16T18:30')
  await page.getByRole('button', { name: 'Correct the entry' }).click()
  await page.getByText('The entry is corrected.').waitFor()
  await page.getByText('clock-out: Mon, Nov 16, 6:00 PM → Mon, Nov 16, 6:30 PM').waitFor()
  await page.getByLabel('Reason to void it').fill('Was her brother')
  await page.getByRole('button', { name: 'Void the entry' }).click()
  await page.getByText('The entry is void.').waitFor()
})

it('an entry is added with the keyboard alone', async () => {
  await open('/time-entries/new?who=bob')
  await page.getByRole('link', { name: 'Bob Jones' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('Clock-in').waitFor()
  await page.getByLabel('Clock-in').fill('2026-11-18T08:00')
  await page.getByLabel('Clock-out').fill('2026-11-18T12:00')
  await page.getByLabel('Reason').focus()
  await page.keyboard.type('Forgot the phone')
  await page.keyboard.press('Enter')
  await page.getByText('An entry for Bob Jones is added.').waitFor()
})

it('the range is picked, and the totals follow', async () => {
  await open('/time-entries')
  await page.getByLabel('First day').fill('2026-11-16')
  await page.getByLabel('Last day').fill('2026-11-22')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.getByText('26 h 0 min', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'By employee' }).click()
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Ann Smith' }) })
  expect(await row.getByRole('cell').allInnerTexts()).toEqual(['9 h 0 min', '9.00'])
  await page.getByRole('link', { name: 'By day' }).click()
  await page.getByRole('rowheader', { name: 'Monday, November 16, 2026' }).waitFor()
})

it.each([
  ['light', 1600],
  ['dark', 768],
  ['light', 360],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await open('/', { colorScheme, viewport: { width, height: 800 } })
    const lists = ['entries&voided=yes', 'employees', 'jobs', 'days'].map(view => `?${WEEK}&view=${view}`)
    for (const path of [...lists, '?who=o', '/missing', '/4', '/new?employee=1', '/export']) {
      await page.goto(`${office.url}/time-entries${path}`)
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
      if (process.env.SCREENSHOTS) {
        const name = `time-entries${path.replaceAll(/\W+/g, '-')}-${colorScheme}-${width}.png`
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}`, fullPage: true })
      }
    }
  },
)

async function fill({ db, call, hire }: Office): Promise<void> {
  const jobId = await addJob(db, { name: 'Warehouse', phoneCode: '12' }, 'test')
  const ann = await hire('Ann Smith')
  const bob = await hire('Bob Jones')
  const cleo = await hire('Cleo Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff')
  await call(ann, { at: MONDAY - 9 * HOUR, jobId, voice: SPOKEN })
  await call(ann, { at: MONDAY, voice: { ...SPOKEN, hasSpeech: false } })
  await call(bob, { at: MONDAY + 4 * HOUR, voice: SPOKEN })
  await call(bob, { at: MONDAY + 13 * HOUR, voice: SPOKEN })
  await call(cleo, { at: MONDAY + DAY })
  await call(cleo, { at: Date.now() - 5 * MINUTE })
  const asking = { actor: 'office@example.com', reason: 'The phone was broken', now: Date.now() }
  const times = { clockInAt: MONDAY + 2 * DAY - 8 * HOUR, clockOutAt: MONDAY + 2 * DAY, jobId }
  const added = await addEntry(db, cleo, { ...times, clockOutAt: MONDAY + 2 * DAY - HOUR }, asking)
  if (added.kind === 'done') await correctEntry(db, added.entryId, 1, times, { ...asking, reason: 'Stayed longer' })
}
