import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, it } from 'vitest'
import { type Office, openOffice } from '../web/support/office.js'
import { expectFit } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const LONG = `https://timekeeping.subdomain.of.a.long.example.com/${'receive-punches-'.repeat(8)}?company=12`

const openPage = useBrowser()
let office: Office
let page: Page

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
})

afterEach(() => office.close())

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  page = await openPage(options)
  await signIn(page, office.url)
  await page.goto(`${office.url}/webhooks`)
}

async function add(): Promise<void> {
  await page.getByLabel('Address').fill(LONG)
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByText('Each punch from now on').waitFor()
}

/** Three punches: one that arrived, one that was given up, one that waits. */
async function send(): Promise<void> {
  for (const name of ['Ann Baker', 'Maximiliane von Hohenlohe-Langenburg', 'Cid']) {
    await office.call(await office.hire(name), { at: Date.now() })
  }
  const set = (id: number, values: object) =>
    office.db.updateTable('webhook_deliveries').set(values).where('id', '=', id).execute()
  const now = Date.now()
  const fault = 'The receiver could not be reached (connection refused).'
  await set(1, { state: 'delivered', attempts: 1, settled_at: now })
  await set(2, { state: 'failed', attempts: 300, settled_at: now, fault: `Given up after 3 days. ${fault}` })
  await set(3, { attempts: 9, next_attempt_at: now + 900_000, fault })
}

it('without JavaScript the admin adds a webhook, reads its secret, sends again and removes it', async () => {
  await open({ javaScriptEnabled: false })
  await page.getByText('Punches are sent nowhere yet.').waitFor()
  await add()
  await send()
  await page.getByText('Show the secret').click()
  await page.getByText(/^whsec_.{44}$/).waitFor()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('The test was not taken.').waitFor()
  await page.getByRole('button', { name: /^Send again Maximiliane/ }).click()
  await page.getByText('1 punch is sent again.').waitFor()
  await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'hidden' })
  await page.locator('summary', { hasText: 'Remove' }).click()
  await page.getByRole('button', { name: 'Yes, remove the webhook' }).click()
  await page.getByText('The webhook is removed.').waitFor()
})

it.each([
  ['light', 1600],
  ['dark', 1600],
  ['light', 768],
  ['dark', 360],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await open({ colorScheme, viewport: { width, height: 800 } })
    const fits = async (what: string) => {
      await expectFit(page, what)
      if (process.env.SCREENSHOTS) {
        await page.screenshot({
          path: `${process.env.SCREENSHOTS}/${what}-${colorScheme}-${width}.png`,
          fullPage: true,
        })
      }
    }
    await add()
    await send()
    await page.reload()
    await fits('one')
    await page.goto(`${office.url}/webhooks`)
    await page.getByLabel('Address').fill('ftp://example.com')
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await page.getByRole('alert').waitFor()
    await fits('list')
  },
)
