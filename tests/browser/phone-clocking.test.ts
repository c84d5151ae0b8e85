import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DAY } from '../../src/clock/time.js'
import { dueMails, giveUp, handOver, markSent } from '../../src/store/mail-outbox.js'
import { setPin } from '../../src/store/pins.js'
import { emailSetupLinks } from '../../src/store/setup-links.js'
import { EMAIL, type Office, openOffice } from '../web/support/office.js'
import { latestSetupLinkOf, setupLinkFor } from '../web/support/setup-links.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { INTRANET, useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page
let ready: number
let notSetUp: number

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill()
  page = await openPage()
})

afterEach(() => office.close())

it('Copy number copies on plain http in the intranet, where browsers keep the clipboard back', async () => {
  const intranet = office.url.replace('127.0.0.1', INTRANET)
  await signIn(page, intranet)
  await page.goto(`${intranet}/phone-clocking`)
  expect(await page.evaluate('isSecureContext')).toBe(false)
  await page.getByRole('button', { name: 'Copy number' }).click()
  await page.getByText('Copied').waitFor()
  await page.getByLabel('Name, phone clock ID or e-mail address').focus()
  await page.keyboard.press('Control+V')
  expect(await page.getByLabel('Name, phone clock ID or e-mail address').inputValue()).toBe('+1 555 0100')
})

it('an admin finds one employee and sets a PIN, with the keyboard alone', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/phone-clocking`)
  await page.getByLabel('Name, phone clock ID or e-mail address').focus()
  await page.keyboard.type('hana')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Set up Hana Sato' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Hana Sato' }).waitFor()
  await page.getByLabel('PIN', { exact: true }).focus()
  await page.keyboard.type('8052')
  await page.keyboard.press('Tab')
  await page.keyboard.type('8052')
  await page.keyboard.press('Enter')
  await page.getByText(/Hana Sato can clock in now, with phone clock ID \d{5}/).waitFor()
})

it('the progress of the sending keeps itself current until all is sent', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/phone-clocking`)
  await page.getByRole('button', { name: 'Email 2 setup links' }).click()
  await page.getByText('2 setup links are on their way.').waitFor()
  await page.getByText('0 of 2 sent').waitFor()
  await sendAll()
  await page.getByText('2 of 2 sent').waitFor()
})

it('a double click on Email setup links mails nobody twice', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/phone-clocking`)
  await page.getByRole('button', { name: 'Email 2 setup links' }).dblclick()
  await page.getByText(/on their way|nothing was sent/).waitFor()
  expect(await dueMails(office.db, Date.now(), 100)).toHaveLength(2)
})

it('Remove PIN asks once, and then it is gone', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/phone-clocking/${ready}`)
  expect(await page.getByRole('button', { name: 'Yes, remove PIN and ID' }).isVisible()).toBe(false)
  await page.locator('summary', { hasText: 'Remove PIN' }).click()
  await page.getByRole('button', { name: 'Yes, remove PIN and ID' }).click()
  await page.getByText(/Ann Smith can no longer clock in. Phone clock ID \d{5} is gone for good./).waitFor()
})

it('a link that nobody used within seven days is expired for the employee and the admin, and the next press sends another', async () => {
  const path = await setupLinkFor(office, notSetUp)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * DAY })
  try {
    await page.goto(office.url + path)
    await page.getByRole('heading', { name: 'This link has expired' }).waitFor()
    await signIn(page, office.url)
    await page.goto(`${office.url}/phone-clocking?q=hana`)
    await page.getByRole('link', { name: 'Link expired 1' }).waitFor()
    await page.getByRole('button', { name: /^Email \d setup links$/ }).click()
    await page.getByText('setup links are on their way.').waitFor()
    await page.goto(office.url + (await latestSetupLinkOf(office, notSetUp)))
    await page.getByRole('heading', { name: 'Pick your PIN' }).waitFor()
  } finally {
    vi.useRealTimers()
  }
})

it('everything works with JavaScript off', async () => {
  const plain = await openPage({ javaScriptEnabled: false })
  await signIn(plain, office.url)
  await plain.goto(`${office.url}/phone-clocking`)
  expect(await plain.getByRole('button', { name: 'Copy number' }).isVisible()).toBe(false)
  await plain.getByRole('button', { name: 'Email 2 setup links' }).click()
  await plain.getByText('2 setup links are on their way.').waitFor()
  await plain.goto(`${office.url}/phone-clocking/${ready}`)
  await plain.locator('summary', { hasText: 'Remove PIN' }).click()
  await plain.getByRole('button', { name: 'Yes, remove PIN and ID' }).click()
  await plain.getByText('Ann Smith can no longer clock in.').waitFor()
})

it.each([
  ['light', 1600],
  ['dark', 1600],
  ['light', 360],
  ['dark', 360],
  ['light', 768],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await signIn(page, office.url)
    for (const path of ['', `/${ready}`, `/${notSetUp}`, '/sheet', '/cards', '?q=nobody']) {
      await page.goto(`${office.url}/phone-clocking${path}`)
      await page.evaluate('document.querySelectorAll("details").forEach(each => { each.open = true })')
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
    }
  },
)

it('the browser has nothing to complain of', async () => {
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await signIn(page, office.url)
  for (const path of ['', `/${ready}`, '/sheet', '/cards']) {
    await page.goto(`${office.url}/phone-clocking${path}`, { waitUntil: 'networkidle' })
  }
  expect(complaints).toEqual([])
})

it('in print the sheet has the number and the steps, and nothing of the page around it', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/phone-clocking/sheet`)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByText('Enter your phone clock ID').isVisible()).toBe(true)
  for (const name of ['Sign out', 'Print']) expect(await page.getByRole('button', { name }).isVisible()).toBe(false)
})

/** One of each status, one without an address, one whose mail was refused. */
async function fill(): Promise<void> {
  const hire = (name: string, email: string | null) => office.hire(name, email)
  ready = await hire('Ann Smith', 'ann@example.com')
  await setPin(office.db, office.pinKey, { employeeId: ready, pin: '2468', actor: EMAIL })
  await hire('Ben Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff', 'ben@example.com')
  const cleo = await hire('Cleo Diaz', 'cleo@example.com')
  const dora = await hire('Dora Müller', 'dora@example.com')
  await hire('Gus Green', null)
  await emailSetupLinks(office.db, office.linkKey, { actor: EMAIL, atMost: 9 })
  await sendAll('dora@example.com')
  await sql`update setup_links set expires_at = ${Date.now()} where employee_id = ${cleo}`.execute(office.db)
  await setPin(office.db, office.pinKey, { employeeId: dora, pin: '80527', actor: EMAIL })
  notSetUp = await hire('Hana Sato', 'hana@example.com')
}

async function sendAll(refused?: string): Promise<void> {
  for (const { id, address } of await dueMails(office.db, Date.now(), 100)) {
    if (address === refused) {
      await giveUp(office.db, id, `The mail server refused ${address}: 550 no such user`)
    } else {
      await handOver(office.db, id)
      await markSent(office.db, id)
    }
  }
}
