import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/clock/time.js'
import { addJob } from '../../src/store/jobs.js'
import { keepKeptCall } from '../../src/store/kept-calls.js'
import { setPin } from '../../src/store/pins.js'
import { assignUnclaimedPunch } from '../../src/store/unclaimed-punches.js'
import { judgeVoiceCheck } from '../../src/store/voice-checks.js'
import { EMAIL, type Office, openOffice, SPOKEN } from '../web/support/office.js'
import { failedCall } from '../web/support/unclaimed.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill()
  page = await openPage()
})

afterEach(() => office.close())

const open = async (path: string) => {
  await signIn(page, office.url)
  await page.goto(office.url + path)
}
const selected = () => page.locator('tr[aria-current]').getAttribute('id')
const verdicts = async () => {
  const rows = await office.db.selectFrom('voice_checks').select(['id', 'verdict']).orderBy('id').execute()
  return rows.map(({ verdict }) => verdict)
}
const isPlaying = (id: number) =>
  page.locator(`#check-${id} audio`).evaluate(audio => 'paused' in audio && !audio.paused)

it('one key plays, one marks and goes on to the next, which plays', async () => {
  await open('/voice-checks')
  await page.keyboard.press('j')
  expect(await selected()).toBe('check-2')
  await page.keyboard.press('p')
  await expect.poll(() => isPlaying(2)).toBe(true)
  await page.keyboard.press('d')
  expect(await selected()).toBe('check-1')
  await expect.poll(() => isPlaying(1)).toBe(true)
  expect(await isPlaying(2)).toBe(false)
  await page.keyboard.press('h')
  await expect.poll(verdicts).toEqual(['heard', 'doubtful', null])
  await page.keyboard.press('k')
  expect(await selected()).toBe('check-1')
  await page.keyboard.press('ArrowUp')
  expect(await selected()).toBe('check-2')
  await page.keyboard.press('h')
  await expect.poll(verdicts).toEqual(['heard', 'heard', null])
})

it('after the last one of the page the queue goes on by itself', async () => {
  await open('/voice-checks')
  for (const key of 'jhhh') await page.keyboard.press(key)
  await page.getByText('Every voice check has been listened to.').waitFor()
  expect(await verdicts()).toEqual(['heard', 'heard', 'heard'])
})

it('the keys can be turned off, which the browser remembers', async () => {
  await open('/voice-checks')
  await page.getByLabel('Keys').uncheck()
  await page.reload()
  for (const key of 'jh') await page.keyboard.press(key)
  expect(await page.locator('tr[aria-current]').count()).toBe(0)
  expect(await verdicts()).toEqual([null, null, null])
})

it('the keys leave alone what is worked with them', async () => {
  await open('/voice-checks')
  await page.getByRole('button', { name: 'Heard' }).first().focus()
  await page.keyboard.press(' ')
  await page.getByText('is marked heard').waitFor()
  expect(await verdicts()).toEqual([null, 'heard', null])
})

it('on one voice check’s page the keys mark it and lead to its neighbours', async () => {
  await open('/voice-checks/2')
  await page.keyboard.press('j')
  await page.waitForURL('**/voice-checks/1')
  await page.keyboard.press('k')
  await page.waitForURL('**/voice-checks/2')
  await page.keyboard.press('d')
  await page.getByText('Ann Smith is marked doubtful.').waitFor()
  expect(new URL(page.url()).pathname).toBe('/voice-checks/1')
})

it('a verdict that can’t be saved says so in its row', async () => {
  await open('/voice-checks')
  await page.route('**/verdict', route => route.abort())
  for (const key of 'jh') await page.keyboard.press(key)
  await page.locator('#check-2').getByText('not saved').waitFor()
})

it('one can jump to any place in a recording', async () => {
  await open('/voice-checks')
  const audio = 'document.querySelector("#check-1 audio")'
  const ranges: (string | undefined)[] = []
  page.on('request', request => {
    if (request.url().endsWith('/audio')) ranges.push(request.headers().range)
  })
  await page.evaluate(`${audio}.preload = 'metadata', ${audio}.load()`)
  await expect.poll(() => page.evaluate(`${audio}.readyState`)).toBeGreaterThan(0)
  await page.evaluate(`${audio}.currentTime = 2`)
  await expect.poll(() => page.evaluate(`${audio}.seeking || ${audio}.currentTime`)).toBe(2)
  expect(ranges[0]).toBe('bytes=0-')
})

it('without JavaScript everything but the keys works', async () => {
  page = await openPage({ javaScriptEnabled: false })
  await open('/voice-checks')
  expect(await page.getByText('Keys').isVisible()).toBe(false)
  await page.getByRole('button', { name: 'Doubtful' }).first().click()
  await page.getByText('Ann Smith is marked doubtful.').waitFor()
  await page.goto(`${office.url}/unclaimed-punches`)
  await page.getByRole('link', { name: 'Assign or refuse' }).first().click()
  await page.getByLabel(/name, payroll number/).fill('bob')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Bob Jones' }).click()
  await page.getByRole('button', { name: 'Assign' }).click()
  await page.getByText('The call is Bob Jones’s clock-in now.').waitFor()
  await page.goto(`${office.url}/settings`)
  await page.getByLabel('Days that calls are kept').fill('100')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
})

it.each([
  ['light', [1600]],
  ['dark', [360, 768]],
] as const)('the pages are accessible and as wide as the screen, in %s at %j pixels', async (colorScheme, widths) => {
  await page.emulateMedia({ colorScheme })
  await fillMore()
  await signIn(page, office.url)
  for (const path of PATHS) {
    await page.goto(office.url + path)
    await page.evaluate('document.querySelectorAll("details").forEach(each => { each.open = true })')
    if (path === '/voice-checks') await page.keyboard.press('j')
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 })
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
    }
    expect([path, await violations(page)]).toEqual([path, []])
  }
})

const PATHS = [
  '/voice-checks',
  '/voice-checks?list=heard',
  '/voice-checks/4',
  '/unclaimed-punches',
  '/unclaimed-punches?list=kept',
  '/unclaimed-punches?list=settled',
  '/unclaimed-punches/1?q=o&employee=1',
  '/settings',
]

/** Three in the queue, a silent one with a new number first, and two calls that failed. */
async function fill(): Promise<void> {
  const jobId = await addJob(office.db, { name: 'Warehouse night shift, north yard', phoneCode: '12' }, 'test')
  const ann = await office.hire('Ann Smith')
  const bob = await office.hire('Bob Jones')
  await office.call(ann, { at: Date.now() - 3 * HOUR, voice: SPOKEN, from: '+1 555 0101', jobId })
  await office.call(ann, {
    at: Date.now() - 2 * HOUR,
    voice: { ...SPOKEN, hasSpeech: false },
    from: '+1 555 0102',
  })
  await office.call(bob, { at: Date.now() - HOUR, voice: SPOKEN })
  await failedCall(office, { at: Date.now() - 5 * HOUR, from: '+1 555 0103' })
  await failedCall(office, { at: Date.now() - HOUR + MINUTE, employeeId: ann })
}

/** More for the eye: verdicts of both kinds, a doubtful one that is kept longer, one assigned, two kept by the PBX. */
async function fillMore(): Promise<void> {
  const cleo = await office.hire('Cleo Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff')
  for (const days of [120, 119]) await office.call(cleo, { at: Date.now() - days * DAY, voice: SPOKEN })
  await judgeVoiceCheck(office.db, { id: 4, verdict: 'doubtful', actor: EMAIL })
  await judgeVoiceCheck(office.db, { id: 5, verdict: 'heard', actor: EMAIL })
  const { id } = await failedCall(office, { at: Date.now() - 3 * DAY })
  await assignUnclaimedPunch(office.db, { id, employeeId: cleo, direction: 'in', jobId: null, actor: EMAIL })
  const keyedId = await setPin(office.db, office.pinKey, { employeeId: cleo, pin: '2468', actor: EMAIL })
  for (const [channel, keyed] of [
    ['kept.1', keyedId],
    ['kept.2', '99999'],
  ] as const) {
    const kept = { channel, callerNumber: '+1 555 0104', answeredAt: Date.now() - 6 * HOUR, keyedId: keyed }
    await keepKeptCall(office.db, office.recordings, kept, SPOKEN)
  }
}
