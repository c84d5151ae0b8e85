/** The page Getting started in a browser: a step turns to done by itself; what to type is copied; read narrow and wide, light and dark. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MINUTE } from '../../src/clock/time.js'
import type { LineStanding } from '../../src/status/pbx.js'
import { addCall, endCall } from '../../src/store/calls.js'
import { setPin } from '../../src/store/pins.js'
import { LINE, type Office, openOffice, REFUSED_LINE } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page
let line: LineStanding
let complaints: string[]

const start = async (options: Parameters<typeof openPage>[0] = {}) => {
  page = await openPage(options)
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await signIn(page, office.url)
  await page.getByRole('link', { name: 'Getting started' }).click()
  await page.getByRole('heading', { name: 'Getting started' }).waitFor()
}

beforeEach(async () => {
  line = LINE
  complaints = []
  office = await openOffice({ line: () => line, dialInNumber: null })
  await office.addAdmin()
})

afterEach(() => office.close())

const step = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) })

it('a step that is taken turns to done on the open page, without a reload', async () => {
  await start()
  await page.getByText('Live', { exact: true }).waitFor()
  await step('First employee').getByText('To do').waitFor()
  const ann = await office.hire('Ann')
  await setPin(office.db, office.pinKey, { employeeId: ann, pin: '2468', actor: 'test' })
  await step('First employee').getByText('Done').waitFor()
  line = REFUSED_LINE
  await step('PBX').getByText('Wrong').waitFor()
  line = LINE
  await step('PBX').getByText('Done').waitFor()
  expect(complaints).toEqual([])
})

it('what is to be typed is copied, also after the page was brought up to date', async () => {
  await start({ permissions: ['clipboard-read', 'clipboard-write'] })
  await page.getByText('Live', { exact: true }).waitFor()
  await office.hire('Ann')
  await step('First employee').getByText('One employee is on the list').waitFor()
  await step('Dial-in number').getByRole('button', { name: 'Copy what to type for Dial-in number' }).click()
  await step('Dial-in number').getByText('Copied').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('DIAL_IN_NUMBER=+1 555 0100')
})

it('a clock that is minutes from the one of this computer is told', async () => {
  page = await openPage()
  await page.clock.setFixedTime(Date.now() - 7 * MINUTE)
  await signIn(page, office.url)
  await page.goto(`${office.url}/getting-started`)
  await page
    .getByText('The clock of Punchline’s machine is 7 minutes ahead of the one of this computer. Punches are made at')
    .waitFor()
})

it('works without JavaScript, and then shows no button that does nothing', async () => {
  await start({ javaScriptEnabled: false })
  await step('Trunk').getByText('Nobody has called yet.').waitFor()
  expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0)
  await page.getByRole('button', { name: 'Send me a test mail' }).click()
  await page.getByText('A test mail for office@example.com is on its way. “Test mail” says').waitFor()
  await step('Test mail').getByText('is on its way').waitFor()
})

it.each([
  [360, 'light'],
  [360, 'dark'],
  [1600, 'light'],
  [1600, 'dark'],
] as const)('at %i px, %s, nothing overflows and axe finds nothing, whatever is open', async (width, colorScheme) => {
  line = REFUSED_LINE
  const id = await addCall(office.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
  await endCall(office.db, id, 'hung-up', Date.now(), 'no-keys')
  await start({ colorScheme, viewport: { width, height: 900 } })
  await step('PBX').getByText('Wrong').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  expect(await violations(page)).toEqual([])
  if (process.env.SHOTS) {
    await page.screenshot({ path: `${process.env.SHOTS}/getting-started-${width}-${colorScheme}.png`, fullPage: true })
  }
})
