/** A working day: employees at phones, a real Asterisk, an admin at a browser, payroll's file, another system's webhook. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { HOUR, MINUTE, SECOND } from '../../src/clock/time.js'
import { addAdmin } from '../../src/store/admins.js'
import { addJob } from '../../src/store/jobs.js'
import { signIn } from '../browser/support/admin.js'
import { openBrowser } from '../browser/support/browser.js'
import { type Punchline, startPunchline } from '../calls/support/punchline.js'
import { clockedInAt, punchesOf } from '../calls/support/records.js'
import { openWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js'
import { EMAIL, PASSWORD } from '../web/support/office.js'

/** A zone whose clocks never change, so that any day of the year will do. */
const TIME_ZONE = 'America/Phoenix'

interface Hired {
  readonly id: number
  readonly phoneClockId: string
  readonly pin: string
}

let browser: Browser
let receiver: WebhookReceiver
let pbx: Pbx
let punchline: Punchline
let board: Page
let page: Page
let hired = 0
let ann: Hired
let ben: Hired
let cleo: Hired
let dora: Hired

beforeAll(async () => {
  browser = await openBrowser()
  receiver = await openWebhookReceiver()
  pbx = await startPbx('test')
  punchline = await startPunchline(pbx, { COMPANY_NAME: 'Acme Roofing', DIAL_IN_NUMBER: '+1 555 0100', TIME_ZONE })
  const { db } = punchline.workspace
  await addAdmin(db, { email: EMAIL, password: PASSWORD, role: 'owner' }, 'test')
  await addJob(db, { name: 'Roof', phoneCode: '12' }, 'test')
  ann = await hire('Ann Baker')
  ben = await hire('Ben Carter')
  cleo = await hire('Cleo Dunn')
  dora = await hire('Dora Ellis')
  await clockedInAt(punchline, cleo.id, Date.now() - 8 * HOUR)
  const context = await browser.newContext({ locale: 'en-US', timezoneId: TIME_ZONE })
  board = await context.newPage()
  await signIn(board, punchline.url)
  page = await context.newPage()
})

afterAll(async () => {
  await browser?.close()
  await punchline?.close()
  await pbx?.stop()
  await receiver?.close()
})

async function hire(name: string): Promise<Hired> {
  // Of twelve digits, so that no time, port or identifier in a log holds one by chance.
  const pin = String(406_172_913_058 + 111_111_111_111 * hired++)
  return { pin, ...(await punchline.workspace.hire(name, pin)) }
}

const open = (path: string) => page.goto(punchline.url + path)

it('an admin adds the webhook of the company’s own timekeeping', async () => {
  await open('/webhooks')
  await page.getByLabel('Address').fill(receiver.url)
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByText(receiver.url, { exact: true }).waitFor()
})

it('a call is followed as it happens, and its punch is on the board within a second and at the webhook within two', async () => {
  await board.getByText('Live', { exact: true }).waitFor()
  await open('/calls')
  const calling = page.getByRole('table', { name: 'In progress: 1' })
  const call = await punchline.call({ from: '+15550177' })
  await call.hears('enter-phone-clock-id')
  await call.press(`${ann.phoneClockId}#`)
  await calling.getByRole('cell', { name: 'phone clock ID entered' }).waitFor()
  await call.hears('enter-pin')
  await call.press(`${ann.pin}#`)
  await call.hears('enter-job-code-or-skip')
  await calling.getByRole('cell', { name: 'Ann Baker' }).waitFor()
  await call.press('12#')

  await board.getByRole('table', { name: 'In now: 2' }).getByRole('cell', { name: 'Roof' }).waitFor()
  const seenAt = Date.now()
  await receiver.reached(1)
  const [punch] = await punchesOf(punchline, ann.id)
  expect(seenAt - (punch?.committed_at ?? 0)).toBeLessThan(SECOND)
  const sent = receiver.received.find(({ body }) => body.includes('Ann Baker'))
  expect((sent?.at ?? Number.NaN) - (punch?.committed_at ?? 0)).toBeLessThan(2 * SECOND)
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({
    type: 'punch',
    data: { employee: 'Ann Baker', job: 'Roof', direction: 'in', at: new Date(punch?.at ?? 0).toISOString() },
  })

  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(1_500)
  await call.press('#')
  await call.ended
  await page.getByText('Nobody is calling.').waitFor()
  await page.getByRole('row').filter({ hasText: 'Ann Baker' }).filter({ hasText: 'Clocked in' }).waitFor()
})

it('the call’s page has each step, and plays what was said', async () => {
  await page.getByRole('rowheader').getByRole('link').first().click()
  for (const step of ['answered', 'phone clock ID entered', 'ID and PIN accepted', 'job chosen', 'clocked in']) {
    await page.getByText(step, { exact: true }).first().waitFor()
  }
  expect(await durationOf('Voice check')).toBeGreaterThan(1)
})

it('the voice check waits to be heard; one key marks it doubtful, and the entry says so', async () => {
  await open('/voice-checks')
  await page.getByRole('rowheader', { name: 'Ann Baker' }).waitFor()
  for (const key of 'jd') await page.keyboard.press(key)
  await page.getByText('Every voice check has been listened to.').waitFor()
  await open('/time-entries')
  await page.getByRole('row').filter({ hasText: 'Ann Baker' }).getByText('doubtful').waitFor()
})

it('who failed three times and said a name is assigned to an employee at the call’s time, and is in', async () => {
  const call = await punchline.call({ from: '+15550188' })
  for (const opening of ['enter-phone-clock-id', 'id-and-pin-do-not-match', 'id-and-pin-do-not-match']) {
    await call.hears(opening)
    await call.press(`${ben.phoneClockId}#1357#`)
  }
  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(2_000)
  await call.press('#')
  await call.ended

  await open('/unclaimed-punches')
  await page.getByRole('link', { name: /^Assign or refuse/ }).click()
  expect(await durationOf('Name and site said')).toBeGreaterThan(1)
  await page.getByLabel('Employee: name').fill('carter')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Ben Carter' }).click()
  await page.getByRole('radio', { name: /^Clock-in at/ }).check()
  await page.getByRole('button', { name: 'Assign' }).click()
  await page.getByText('No call waits to be assigned.').waitFor()
  await board.getByRole('table', { name: 'In now: 3' }).getByRole('rowheader', { name: 'Ben Carter' }).waitFor()
  const [punch] = await punchesOf(punchline, ben.id)
  const answered = await punchline.workspace.db
    .selectFrom('calls')
    .select('answered_at')
    .where('caller_number', '=', '+15550188')
    .executeTakeFirstOrThrow()
  expect(punch?.at).toBe(answered.answered_at)
})

it('who clocks out leaves the board', async () => {
  const call = await punchline.call({ keysAtAnswer: `${cleo.phoneClockId}#${cleo.pin}##` })
  await call.hears('clocked-out-at')
  await board.getByRole('table', { name: 'In now: 2' }).waitFor()
  await call.hangUp()
})

it('a correction tells why, shows from what to what, and leaves the punches of the calls as they were', async () => {
  const before = await punchesOf(punchline, cleo.id)
  await open(`/time-entries?employee=${cleo.id}&from=${localDay(Date.now() - 9 * HOUR)}&to=${localDay(Date.now())}`)
  await page.getByRole('link', { name: /^Open the entry/ }).click()
  const clockIn = page.getByLabel('Clock-in')
  await clockIn.fill(localTime(Date.now() - 8 * HOUR - 15 * MINUTE))
  await page.getByLabel('Reason', { exact: true }).fill('The phone was dead until then')
  await page.getByRole('button', { name: 'Correct the entry' }).click()
  const change = page.getByRole('table', { name: 'History' }).getByRole('row').nth(1)
  await change.getByText(/^clock-in: .* → .*$/).waitFor()
  await change.getByText('The phone was dead until then').waitFor()
  expect(await punchesOf(punchline, cleo.id)).toEqual(before)
})

it('payroll’s file has the corrected time, on the page as on the command line', async () => {
  const range = { from: localDay(Date.now() - 9 * HOUR), to: localDay(Date.now()) }
  await open(`/time-entries?${new URLSearchParams(range)}`)
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export entries' }).click()
  const file = readFileSync(await (await downloading).path(), 'utf8').replace(/^\uFEFF/, '')
  expect(file.split('\r\n').filter(row => row.includes('Cleo Dunn'))).toEqual([
    expect.stringMatching(/-07:00,.*-07:00,closed,49[3-7],/),
  ])
  const printed = execFileSync('node', ['dist/cli.js', 'export', 'entries', '--from', range.from, '--to', range.to], {
    env: { ...process.env, DATA_DIR: punchline.workspace.directory, TIME_ZONE },
    encoding: 'utf8',
  })
  expect(printed).toBe(file)
})

it('a required job, and a phone code that ended, count from the next call on', async () => {
  await open('/jobs')
  await page.getByRole('button', { name: 'Require a job' }).click()
  await page.getByRole('heading', { name: 'Require a job on each entry: yes' }).waitFor()
  expect(await verdictOn(dora)).toBe('enter-job-code')
  await page.getByRole('link', { name: 'Edit Roof' }).click()
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('No active job has a phone code, so nobody is asked for one').waitFor()
  expect(await verdictOn(dora)).toBe('clocked-in-at')
})

it('whoever is deactivated can’t clock out by phone any more, and what they clocked stays', async () => {
  await open(`/employees/${ann.id}`)
  await page.locator('summary', { hasText: 'Deactivate' }).click()
  await page.getByRole('button', { name: 'Yes, deactivate' }).click()
  await page.getByText('not active').waitFor()
  expect(await verdictOn(ann)).toBe('id-and-pin-do-not-match')
  expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
  await board.getByRole('rowheader', { name: 'Ann Baker' }).waitFor()
})

it('no PIN of all this is in the log', () => {
  for (const { pin } of [ann, ben, cleo, dora]) expect(punchline.log()).not.toContain(pin)
})

const VERDICTS = new Set(['clocked-in-at', 'id-and-pin-do-not-match', 'enter-job-code'])

/** Calls with ID and PIN at once, and gives the prompt that they lead to. */
async function verdictOn({ phoneClockId, pin }: Hired): Promise<string> {
  const call = await punchline.call({ keysAtAnswer: `${phoneClockId}#${pin}#` })
  const { prompt } = await until('a verdict is heard', () => call.heard().find(heard => VERDICTS.has(heard.prompt)))
  await call.hangUp()
  return prompt
}

/** How long a recording is, in seconds, as the browser reads it. */
async function durationOf(label: string): Promise<number> {
  return page
    .getByLabel(label)
    .first()
    .evaluate(async (audio: { muted: boolean; duration: number; play(): Promise<void> }) => {
      audio.muted = true
      await audio.play()
      return audio.duration
    })
}

/** The day and the minute as a form has them, in a zone that is always seven hours behind. */
function localTime(instant: number): string {
  return new Date(instant - 7 * HOUR).toISOString().slice(0, 16)
}

function localDay(instant: number): string {
  return localTime(instant).slice(0, 10)
}
