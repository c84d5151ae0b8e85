import type { BrowserContextOptions, Page, Route } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addJob } from '../../src/store/jobs.js'
import { setPin } from '../../src/store/pins.js'
import { type Office, openOffice } from '../web/support/office.js'
import { setupLinkFor } from '../web/support/setup-links.js'
import { violations } from './support/accessibility.js'
import { INTRANET, useBrowser } from './support/browser.js'

const PHONE: BrowserContextOptions = {
  locale: 'en-US',
  viewport: { width: 360, height: 740 },
  hasTouch: true,
  isMobile: true,
}

const openPage = useBrowser()
let office: Office
let page: Page
let link: string

beforeEach(async () => {
  office = await openOffice({ linkHttp: { host: '127.0.0.1', port: 0 } })
  await addJob(office.db, { name: 'Warehouse', phoneCode: '12' }, 'test')
  link = await linkFor('Cleo Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff')
  await open(PHONE)
})

afterEach(() => office.close())

it('an employee picks a PIN by touch on a phone', async () => {
  await page.goto(link)
  await page.getByLabel('PIN', { exact: true }).tap()
  await page.keyboard.type('80527')
  await page.getByLabel('PIN again').tap()
  await page.keyboard.type('80527')
  await page.getByRole('button', { name: 'Save PIN' }).tap()
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
  expect(await page.getByText('Enter your phone clock ID, then press').isVisible()).toBe(true)
  expect(await pins()).toHaveLength(1)
})

it('the keyboard alone picks a PIN', async () => {
  await page.goto(link)
  await page.getByLabel('PIN', { exact: true }).focus()
  await page.keyboard.type('80527')
  await page.keyboard.press('Tab')
  await page.keyboard.type('80527')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
})

it('on plain http in an intranet it works as well', async () => {
  await page.goto(link.replace('127.0.0.1', INTRANET))
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
})

it('two that differ: the sentence is read with the field, which has the focus and is empty', async () => {
  await page.goto(link)
  await pick('80527', '80537')
  const field = page.getByLabel('PIN', { exact: true })
  await page.locator('#pin:focus').waitFor()
  expect(await field.inputValue()).toBe('')
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  await page.getByRole('textbox', { name: 'PIN', exact: true, description: /The two PINs differ/ }).waitFor()
  expect(await page.getByText('The two PINs differ').isVisible()).toBe(true)
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
})

it('works with JavaScript off', async () => {
  await open({ ...PHONE, javaScriptEnabled: false })
  await page.goto(link)
  await pick('1234', '1234')
  await page.getByText('This PIN is easily guessed (a run of digits)').waitFor()
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
})

it('a second tap while the answer is on the way sends nothing more', async () => {
  const held: Route[] = []
  await page.goto(link)
  await page.route('**/setup/*', route => void held.push(route))
  const button = await page.getByRole('button', { name: 'Save PIN' }).boundingBox()
  await pick('80527', '80527')
  await expect.poll(() => held.length).toBe(1)
  await page.touchscreen.tap((button?.x ?? 0) + 50, (button?.y ?? 0) + 20)
  await held[0]?.continue()
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
  expect(held).toHaveLength(1)
})

it('a reload of “You are ready” says that whoever picked a PIN is ready', async () => {
  await page.goto(link)
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
  await page.reload()
  await page.getByText('If you picked your PIN with it a moment ago, you are ready.').waitFor()
})

it('open in two browsers, it works in the one where the PIN is picked first, and is dead in the other', async () => {
  await page.goto(link)
  const first = page
  await open(PHONE)
  await page.goto(link)
  const second = page
  page = first
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
  page = second
  await pick('61938', '61938')
  await page.getByRole('heading', { name: 'This link has been used' }).waitFor()
  expect(await pins()).toHaveLength(1)
})

it('the way back leaves no button dead', async () => {
  await page.goto(link)
  await pick('80527', '80537')
  await page.getByText('The two PINs differ').waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Pick your PIN' }).waitFor()
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'This link has been used' }).waitFor()
})

it('a page that the browser kept as it was left has no dead button either', async () => {
  await page.goto(link)
  await page.evaluate(`document.querySelector('form').toggleAttribute('data-sent', true)`)
  await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`)
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
})

it('a connection that was lost leaves no button dead', async () => {
  await page.clock.install()
  await page.goto(link)
  await page.route('**/setup/*', route => route.request().method() === 'POST' && route.abort('aborted'), { times: 1 })
  await pick('80527', '80527')
  await page.locator('form[data-sent]').waitFor()
  await page.clock.runFor(10_000)
  await page.locator('form:not([data-sent])').waitFor()
  await page.getByRole('button', { name: 'Save PIN' }).tap()
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
})

it('no field makes a phone zoom in, and all that is pressed is big enough for a cold finger', async () => {
  await page.goto(link)
  for (const pressed of await page.locator('input, button').all()) {
    expect((await pressed.boundingBox())?.height).toBeGreaterThanOrEqual(44)
  }
  for (const id of ['pin', 'pinAgain']) {
    const size = await page.evaluate<number>(`parseFloat(getComputedStyle(document.getElementById('${id}')).fontSize)`)
    expect(size).toBeGreaterThanOrEqual(16)
  }
  expect((await page.getByRole('link', { name: '+1 555 0100' }).boundingBox())?.height).toBeGreaterThanOrEqual(24)
})

it('the browser has nothing to complain of', async () => {
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(link)
  await pick('80527', '80527')
  await page.getByRole('heading', { name: 'You are ready' }).waitFor()
  expect(complaints).toEqual([])
})

it.each([360, 768, 1600])('no page is wider than a screen of %i pixels', async width => {
  await open({ viewport: { width, height: 800 } })
  for await (const heading of eachPage()) {
    expect([heading, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([heading, width])
  }
})

it.each([
  ['light', 360],
  ['dark', 360],
  ['light', 1600],
  ['dark', 1600],
] as const)('the pages meet WCAG 2.2 AA as far as axe can tell, %s at %i pixels', async (colorScheme, width) => {
  await open({ colorScheme, viewport: { width, height: 800 } })
  for await (const heading of eachPage()) expect([heading, await violations(page)]).toEqual([heading, []])
})

async function open(options: BrowserContextOptions): Promise<void> {
  page = await openPage(options)
}

let hired = 0

async function linkFor(name: string, hasPin = false): Promise<string> {
  const employeeId = await office.hire(name, `employee${++hired}@example.com`)
  if (hasPin) await setPin(office.db, office.pinKey, { employeeId, pin: '29468', actor: 'test' })
  return office.linkUrl + (await setupLinkFor(office, employeeId))
}

async function pick(pin: string, pinAgain: string): Promise<void> {
  await page.getByLabel(/^(New )?PIN$/).fill(pin)
  await page.getByLabel('PIN again').fill(pinAgain)
  await page.getByRole('button', { name: 'Save PIN' }).click({ noWaitAfter: true })
}

/** Each page once, open: form, reset, fault, ready, used, unknown, not found. */
async function* eachPage(): AsyncGenerator<string> {
  const opened = async (heading: string) => {
    await page.getByRole('heading', { name: heading }).waitFor()
    return heading
  }
  await page.goto(link)
  yield opened('Pick your PIN')
  await page.goto(await linkFor('Ann Smith', true))
  yield opened('Pick a new PIN')
  await pick('7878', '7878')
  await page.getByText('repeated digits').waitFor()
  yield opened('Pick a new PIN')
  await pick('80527', '80527')
  yield opened('You are ready')
  await page.goto(page.url())
  yield opened('This link has been used')
  await page.goto(link.slice(0, -1))
  yield opened('This link is not known')
  await page.goto(office.linkUrl)
  yield opened('Not found')
}

function pins() {
  return office.db.selectFrom('pins').select('employee_id').execute()
}
