import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { addCallSteps } from '../../src/store/call-steps.js'
import { addCall, endCall, setCallEmployee } from '../../src/store/calls.js'
import { punch } from '../../src/store/punches.js'
import { keepVoiceCheck, RecordingFolder } from '../../src/store/recordings.js'
import { type Office, openOffice, SPOKEN } from '../web/support/office.js'
import { violations } from './support/accessibility.js'
import { signIn } from './support/admin.js'
import { useBrowser } from './support/browser.js'

const openPage = useBrowser()
let office: Office
let page: Page
let clockedIn: number
let inProgress: number

beforeEach(async () => {
  office = await openOffice()
  await office.addAdmin()
  await fill(office)
  page = await openPage()
})

afterEach(() => office.close())

it('a call in progress is followed step by step, without a reload', async () => {
  await signIn(page, office.url)
  await page.goto(`${office.url}/calls`)
  const calling = page.getByRole('table', { name: 'In progress: 1' })
  await calling.getByRole('cell', { name: 'phone clock ID entered' }).waitFor()
  await step(inProgress, 'PIN entered')
  await calling.getByRole('cell', { name: 'PIN entered', exact: true }).waitFor()
  await endCall(office.db, inProgress, 'hung-up')
  await page.getByText('Nobody is calling.').waitFor()
  await page.getByRole('cell', { name: 'Hung up before a punch' }).waitFor()
})

it('what is played in a call’s page goes on while its steps come in', async () => {
  await signIn(page, office.url)
  await endLater()
  await page.goto(`${office.url}/calls/${clockedIn}`)
  await page.getByText('Live', { exact: true }).waitFor()
  const player = page.getByLabel('Voice check')
  await player.evaluate(async (audio: { muted: boolean; loop: boolean; play(): Promise<void> }) => {
    audio.muted = true
    audio.loop = true
    await audio.play()
  })
  await step(clockedIn, 'Punchline hung up')
  await page.getByRole('rowheader', { name: 'Punchline hung up' }).waitFor()
  expect(await player.evaluate((audio: { paused: boolean }) => audio.paused)).toBe(false)
})

it('with JavaScript off a call is found by its last digits', async () => {
  const plain = await openPage({ javaScriptEnabled: false })
  await signIn(plain, office.url)
  await plain.goto(`${office.url}/calls`)
  await plain.getByLabel('Number or employee').fill('55 01 02')
  await plain.getByRole('button', { name: 'Search' }).click()
  await plain.getByRole('table', { name: 'Calls that match “55 01 02”' }).getByRole('link').click()
  await plain.getByRole('heading', { name: /^Call of/ }).waitFor()
  await plain.getByRole('rowheader', { name: 'clocked in' }).waitFor()
})

it.each([
  ['light', 1600],
  ['dark', 360],
  ['light', 768],
] as const)(
  'the pages of calls meet WCAG 2.2 AA as far as axe can tell and fit the screen, %s at %i pixels',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    await signIn(page, office.url)
    for (const path of ['/calls', '/calls?q=ann', `/calls/${clockedIn}`]) {
      await page.goto(office.url + path)
      expect([path, await violations(page)]).toEqual([path, []])
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width])
    }
  },
)

async function step(callId: number, step: string, detail: string | null = null): Promise<void> {
  await addCallSteps(office.db, [{ callId, at: Date.now(), step, detail }])
}

/** The call that clocked in has not ended yet. */
async function endLater(): Promise<void> {
  await office.db.updateTable('calls').set({ ended_at: null, outcome: null }).where('id', '=', clockedIn).execute()
}

/** One of each: clocked in with a voice check, hung up with a withheld number, and one that goes on. */
async function fill({ db, directory, hire }: Office): Promise<void> {
  const at = Date.now() - HOUR
  const ann = await hire('Ann Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff')
  clockedIn = await addCall(db, { channel: 'test', callerNumber: '+15550102', answeredAt: at })
  await setCallEmployee(db, clockedIn, { employeeId: ann, numberIsNew: false })
  const request = { callId: clockedIn, employeeId: ann, answeredAt: at, secondPunchConfirmed: true, jobId: null }
  const done = await punch(db, request)
  if (done.kind === 'too-soon') throw new Error('a confirmed punch is never too soon')
  await keepVoiceCheck(db, new RecordingFolder(directory), { punchId: done.punchId, recordedAt: at, taped: SPOKEN })
  const steps = ['answered', 'phone clock ID entered', 'PIN entered', 'ID and PIN accepted', 'clocked in']
  for (const [index, step] of steps.entries()) {
    await addCallSteps(db, [{ callId: clockedIn, at: at + index * 2 * SECOND, step, detail: null }])
  }
  await endCall(db, clockedIn, 'clocked-in')
  const withheld = await addCall(db, { channel: 'test', callerNumber: null, answeredAt: at - MINUTE })
  await endCall(db, withheld, 'handed-back')
  inProgress = await addCall(db, { channel: 'test', callerNumber: '+15550203', answeredAt: Date.now() })
  await addCallSteps(db, [{ callId: inProgress, at: Date.now(), step: 'phone clock ID entered', detail: null }])
}
