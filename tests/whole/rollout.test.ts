/** The whole rollout: an admin at a browser, a real mail server, employees with phones, a real Asterisk, real calls. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { type MailServer, openMailServer, type ReceivedMail } from '../../scripts/rig/mail-server.js'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { addAdmin } from '../../src/store/admins.js'
import { addEmployee } from '../../src/store/employees.js'
import { readRoster } from '../../src/store/roster.js'
import { signIn } from '../browser/support/admin.js'
import { openBrowser } from '../browser/support/browser.js'
import { type Punchline, startPunchline } from '../calls/support/punchline.js'
import { punchesOf } from '../calls/support/records.js'
import { EMAIL, PASSWORD } from '../web/support/office.js'

const STAFF = 25
const addressOf = (n: number) => `employee${n}@example.com`
/** Of twelve digits, so that no time, port or identifier in a log holds one by chance. */
const pinOf = (n: number) => String(406_172_913_058 + 1_213 * n)

let browser: Browser
let mailServer: MailServer
let pbx: Pbx
let punchline: Punchline
let admin: Page
let phone: Page

beforeAll(async () => {
  browser = await openBrowser()
  mailServer = await openMailServer()
  pbx = await startPbx('test')
  const linkPort = await freePort()
  punchline = await startPunchline(pbx, {
    COMPANY_NAME: 'Acme Roofing',
    DIAL_IN_NUMBER: '+1 555 0100',
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Time clock <clock@example.com>',
    PUBLIC_URL: `http://127.0.0.1:${linkPort}`,
    LINK_PORT: String(linkPort),
  })
  const { db } = punchline.workspace
  await addAdmin(db, { email: EMAIL, password: PASSWORD, role: 'owner' }, 'test')
  for (let n = 1; n <= STAFF; n++) await addEmployee(db, { name: `Employee ${n}`, email: addressOf(n) }, 'test')
  admin = await (await browser.newContext({ locale: 'en-US' })).newPage()
  phone = await (await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true })).newPage()
  await signIn(admin, punchline.url)
})

afterAll(async () => {
  await browser?.close()
  await punchline?.close()
  await pbx?.stop()
  await mailServer?.close()
})

it('one press emails 25 setup links, once each', async () => {
  await admin.goto(`${punchline.url}/phone-clocking`)
  await admin.getByRole('button', { name: `Email ${STAFF} setup links` }).dblclick()
  await admin.getByText(`${STAFF} of ${STAFF} sent`).waitFor()
  expect(mailServer.mails.map(mail => mail.to).sort()).toEqual(
    Array.from({ length: STAFF }, (_, i) => addressOf(i + 1)).sort(),
  )
  await admin.reload()
  expect(await admin.getByRole('button', { name: 'Email 0 setup links' }).isDisabled()).toBe(true)
  expect(await admin.getByRole('link', { name: `Link sent ${STAFF}` }).count()).toBe(1)
  expect(mailServer.mails).toHaveLength(STAFF)
})

it('every employee picks a PIN on a phone, and all are Ready', async () => {
  for (let n = 1; n <= STAFF; n++) await pickPin(latestMailTo(n), pinOf(n))
  await admin.goto(`${punchline.url}/phone-clocking`)
  expect(await admin.getByRole('link', { name: `Ready ${STAFF}` }).count()).toBe(1)
})

it('a real call with a PIN that was picked clocks in', async () => {
  const { id, phoneClockId } = await employee(1)
  expect(await verdictOn(`${phoneClockId}#${pinOf(1)}#`)).toBe('clocked-in-at')
  expect(await punchesOf(punchline, id)).toMatchObject([{ direction: 'in' }])
})

it('a reset link leaves the PIN working on the phone until it is used', async () => {
  const { phoneClockId } = await employee(2)
  await emailLinkTo(2, 'Email reset link')
  expect(await verdictOn(`${phoneClockId}#${pinOf(2)}#`)).toBe('clocked-in-at')
  await pickPin(latestMailTo(2), '80527')
  expect(await verdictOn(`${phoneClockId}#${pinOf(2)}#`)).toBe('id-and-pin-do-not-match')
  expect(await verdictOn(`${phoneClockId}#80527#`)).toBe('you-clocked-in-at')
})

it('a new link replaces the one before it', async () => {
  await emailLinkTo(3, 'Email reset link')
  const first = latestMailTo(3)
  await emailLinkTo(3, 'Email reset link')
  const gone = await phone.goto(first.link?.href ?? '')
  expect(gone?.status()).toBe(410)
  await phone.getByRole('heading', { name: 'There is a newer link' }).waitFor()
  await pickPin(latestMailTo(3), '80527')
})

it('Remove PIN ends PIN and ID on the phone at once, and the next setup gets a fresh ID', async () => {
  const before = await employee(4)
  await admin.goto(`${punchline.url}/phone-clocking/${before.id}`)
  await admin.locator('summary', { hasText: 'Remove PIN' }).click()
  await admin.getByRole('button', { name: 'Yes, remove PIN and ID' }).click()
  await admin.getByText('Employee 4 can no longer clock in.').waitFor()
  expect(await verdictOn(`${before.phoneClockId}#${pinOf(4)}#`)).toBe('id-and-pin-do-not-match')
  await emailLinkTo(4, 'Email setup link')
  await pickPin(latestMailTo(4), pinOf(4))
  const after = await employee(4)
  expect(after.phoneClockId).not.toBe(before.phoneClockId)
  expect(await verdictOn(`${after.phoneClockId}#${pinOf(4)}#`)).toBe('clocked-in-at')
})

it('no PIN and no token of all this is in the log', () => {
  const log = punchline.log()
  expect(log).toContain('mail sent')
  for (const mail of mailServer.mails) expect(log).not.toContain(mail.link?.pathname.split('/').at(-1))
  for (let n = 1; n <= STAFF; n++) expect(log).not.toContain(pinOf(n))
})

async function pickPin(mail: ReceivedMail, pin: string): Promise<void> {
  await phone.goto(mail.link?.href ?? '')
  await phone.getByLabel(/^(New )?PIN$/).fill(pin)
  await phone.getByLabel('PIN again').fill(pin)
  await phone.getByRole('button').click()
  await phone.getByRole('heading', { name: 'You are ready' }).waitFor()
}

async function emailLinkTo(n: number, button: string): Promise<void> {
  const { id } = await employee(n)
  const before = mailServer.mails.length
  await admin.goto(`${punchline.url}/phone-clocking/${id}`)
  await admin.getByRole('button', { name: button }).click()
  await admin.getByText('is on its way').waitFor()
  await mailServer.received(before + 1)
}

function latestMailTo(n: number): ReceivedMail {
  const mail = mailServer.mails.filter(({ to }) => to === addressOf(n)).at(-1)
  if (!mail) throw new Error(`no mail has come to ${addressOf(n)}`)
  return mail
}

async function employee(n: number): Promise<{ id: number; phoneClockId: string }> {
  const roster = await readRoster(punchline.workspace.db, Date.now())
  const found = roster.find(({ email }) => email === addressOf(n))
  return { id: found?.employeeId ?? 0, phoneClockId: found?.phoneClockId ?? '' }
}

const VERDICTS = new Set(['clocked-in-at', 'id-and-pin-do-not-match', 'you-clocked-in-at'])

/** Calls with all keys at once, and gives the prompt that judges them. */
async function verdictOn(keysAtAnswer: string): Promise<string> {
  const call = await punchline.call({ keysAtAnswer })
  const { prompt } = await until('a verdict is heard', () => call.heard().find(heard => VERDICTS.has(heard.prompt)))
  await call.hangUp()
  return prompt
}
