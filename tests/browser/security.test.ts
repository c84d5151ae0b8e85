/** Second factor, audit, clock locations, locks and roles, as people see them. */
import { TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { addCall } from '../../src/store/calls.js'
import { addClockLocation } from '../../src/store/clock-locations.js'
import { beginAttempt } from '../../src/store/guessing.js'
import { setPin } from '../../src/store/pins.js'
import { changeSettings } from '../../src/store/settings.js'
import { EMAIL, type Office, openOffice, PASSWORD } from '../web/support/office.js'
import { expectFit } from './support/accessibility.js'
import { givePassword, signIn } from './support/admin.js'
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

const go = (path: string) => page.goto(office.url + path)
const codeOf = (key: string, secondsAhead = 0) =>
  new TOTP({ secret: key }).generate({ timestamp: Date.now() + secondsAhead * 1000 })

async function beginSecondFactor(): Promise<string> {
  await go('/account/second-factor')
  await page.getByLabel('Your password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByText('Or type the key').click()
  return ((await page.locator('code.key').textContent()) ?? '').replaceAll(' ', '')
}

async function wrongPins(): Promise<number> {
  await changeSettings(office.db, { strangersPerDay: 5 }, 'test')
  const id = await office.hire('Ann Baker')
  const phoneClockId = await setPin(office.db, office.pinKey, { employeeId: id, pin: '2468', actor: 'test' })
  await office.db.deleteFrom('unlocks').execute()
  await office.db.updateTable('pins').set({ set_at: 0 }).execute()
  for (let i = 0; i < 5; i++) {
    const callId = await addCall(office.db, { channel: 'test', callerNumber: '+15550199', answeredAt: Date.now() })
    await beginAttempt(office.db, { callId, callerNumber: '+15550199', phoneClockId }, id)
  }
  return id
}

it('an admin turns a second factor on with the code of their app, and signs in with it', async () => {
  await signIn(page, office.url)
  const key = await beginSecondFactor()
  expect(await page.evaluate('document.querySelector("img.qr").naturalWidth')).toBeGreaterThan(0)
  await page.getByLabel('Code', { exact: true }).fill(codeOf(key))
  await page.getByRole('button', { name: 'Turn on' }).click()
  expect(await page.locator('.recovery-codes li').count()).toBe(10)
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await givePassword(page, office.url)
  await page.getByLabel('Code that your authenticator app shows').fill(codeOf(key, 30))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
})

it('whoever is locked out is unlocked with the keyboard alone', async () => {
  const id = await wrongPins()
  await signIn(page, office.url)
  await go(`/phone-clocking/${id}`)
  await page.getByText('Locked after wrong PINs').waitFor()
  await page.getByRole('button', { name: 'Unlock' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Unlocked: Ann Baker can clock in and out from any phone.').waitFor()
})

it('whoever may only look is offered nothing that changes something, but for their own account', async () => {
  const id = await wrongPins()
  await addAdmin(office.db, { email: 'auditor@example.com', password: PASSWORD, role: 'read-only' }, 'test')
  await signIn(page, office.url, 'auditor@example.com')
  for (const path of [
    `/phone-clocking/${id}`,
    '/phone-clocking',
    `/employees/${id}`,
    '/jobs',
    '/settings',
    '/clock-locations',
  ]) {
    await go(path)
    const offered = await page.locator('main form[method="post"] button').filter({ visible: true }).allTextContents()
    expect([path, offered]).toEqual([path, []])
  }
  await go('/account')
  expect(await page.getByRole('button', { name: 'Change password' }).isVisible()).toBe(true)
})

it.each([
  ['light', 1600],
  ['dark', 768],
  ['light', 360],
] as const)(
  'the pages meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const fits = (what: string) => expectFit(page, what)
    const visit = async (what: string, path: string) => {
      await go(path)
      await fits(what)
    }
    const id = await wrongPins()
    await addClockLocation(office.db, { name: 'Depot behind the old railway station', number: '+15550102' }, EMAIL)
    await office.call(id, { at: Date.now() - 1000, from: '+15550102' })
    await office.db.updateTable('calls').set({ number_is_new: 1 }).execute()
    await signIn(page, office.url)
    await visit('phone clocking', '/phone-clocking')
    await visit('locked employee', `/phone-clocking/${id}`)
    await visit('clock locations', '/clock-locations')
    await visit('audit', '/audit')
    await visit('settings', '/settings')
    await visit('time entries', '/time-entries')
    await visit('time entry', '/time-entries/1')
    await visit('call', '/calls/6')
    await visit('second factor off', '/account/second-factor')
    const key = await beginSecondFactor()
    await fits('second factor being set up')
    await page.getByLabel('Code', { exact: true }).fill(codeOf(key))
    await page.getByRole('button', { name: 'Turn on' }).click()
    await fits('recovery codes')
    await visit('second factor on', '/account/second-factor')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await givePassword(page, office.url)
    await page.getByLabel('Code that your authenticator app shows').waitFor()
    await fits('code')
  },
)
