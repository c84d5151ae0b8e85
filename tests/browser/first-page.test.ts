import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { EMAIL, type Office, openOffice, PASSWORD, SPOKEN } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn as signInAt } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page

beforeAll(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill(office)
})

afterAll(() => office?.close())

beforeEach(async () => {
  page = await openPage()
})

it('an admin signs in, sees who is in, and signs out', async () => {
  await signIn()
  expect(await page.title()).toBe('Who is in · Acme Roofing')
  const inNow = page.getByRole('table', { name: 'In now: 1' })
  const row = inNow.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Ann Smith' }) })
  expect(await row.getByRole('cell').allInnerTexts()).toEqual([
    'Warehouse',
    expect.stringMatching(/[AP]M$/),
    '2 h 5 min',
  ])
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto(office.url)
  expect(new URL(page.url()).pathname).toBe('/sign-in')
})

it('the way back after the sign-out shows nothing', async () => {
  await signIn()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goBack()
  expect(await page.getByText('Ann Smith').count()).toBe(0)
})

it('the keyboard alone signs in', async () => {
  await page.goto(office.url)
  await page.locator('#email:focus').waitFor()
  await page.keyboard.type(EMAIL)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Who is in' }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
})

it('a wrong password keeps the address and says what is wrong', async () => {
  await page.goto(office.url)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill('wrong password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect(await page.getByRole('alert').textContent()).toBe('E-mail address or password is wrong.')
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(EMAIL)
})

it('a voice check is loaded only when it is played, and plays from where the admin points', async () => {
  await signIn()
  await page.goto(`${office.url}/time-entries`)
  const fetched: string[] = []
  page.on('request', request => {
    const { pathname } = new URL(request.url())
    if (!pathname.startsWith('/assets/')) fetched.push(pathname)
  })
  const player = page.getByLabel('Voice check of Ann Smith, clock-in').first()
  expect(await player.evaluate((audio: Player) => audio.readyState)).toBe(0)
  expect(fetched).toEqual([])
  const played = await player.evaluate(async (audio: Player) => {
    audio.muted = true
    await audio.play()
    const happened = (event: string) => new Promise(done => audio.addEventListener(event, done, { once: true }))
    const sought = happened('seeked')
    audio.currentTime = 2
    await sought
    const { readyState, duration, currentTime } = audio
    await happened('ended')
    return { readyState, duration, currentTime, error: audio.error }
  })
  expect(played.readyState).toBeGreaterThan(1)
  expect(played.duration).toBeCloseTo(3, 1)
  expect(played.currentTime).toBeGreaterThanOrEqual(2)
  expect(played.error).toBeNull()
  expect(fetched[0]).toMatch(/^\/voice-checks\/\d+\/audio$/)
})

it.each([360, 768, 1600])('no page is wider than a screen of %i pixels', async width => {
  await page.setViewportSize({ width, height: 800 })
  for (const open of [() => page.goto(office.url), signIn]) {
    await open()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  }
})

it.each([
  ['light', 1600],
  ['dark', 1600],
  ['light', 360],
  ['dark', 360],
] as const)('the pages meet WCAG 2.2 AA as far as axe can tell, %s at %i pixels', async (colorScheme, width) => {
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width, height: 800 })
  for (const open of [() => page.goto(office.url), signIn, () => page.goto(`${office.url}/no-such-page`)]) {
    await open()
    expect(await violations(page)).toEqual([])
  }
})

it('the browser has nothing to complain of', async () => {
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  await signIn()
  await page.getByRole('heading', { name: 'In now: 1' }).waitFor()
  expect(complaints).toEqual([])
})

/** What the tests use of an <audio> in the page. */
interface Player {
  muted: boolean
  currentTime: number
  readonly readyState: number
  readonly duration: number
  readonly error: unknown
  play(): Promise<void>
  addEventListener(event: string, listener: (value: unknown) => void, options: { once: true }): void
}

const signIn = () => signInAt(page, office.url)

/** One of each: in, out, forgotten, silent, missing, and a name that is long. */
async function fill({ db, call, hire }: Office): Promise<void> {
  const jobId = await addJob(db, { name: 'Warehouse', phoneCode: '12' }, 'test')
  const now = Date.now()
  await call(await hire('Ann Smith'), { at: now - 2 * HOUR - 5 * MINUTE, jobId, voice: SPOKEN })
  await call(await hire('Bob Jones'), { at: now - 30 * HOUR, voice: { ...SPOKEN, hasSpeech: false } })
  const cleo = await hire('Cleo Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff')
  await call(cleo, { at: now - 12 * HOUR, voice: SPOKEN })
  await call(cleo, { at: now - 4 * HOUR })
}
