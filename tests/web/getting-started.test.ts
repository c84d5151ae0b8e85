/** The page Getting started: each step open and done, in its sentence, over HTTP and a real database. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MailServer, openMailServer } from '../../scripts/rig/mail-server.js'
import { until } from '../../scripts/rig/until.js'
import { Outbox } from '../../src/mail/outbox.js'
import { addAdmin } from '../../src/store/admins.js'
import { addCall, endCall } from '../../src/store/calls.js'
import { setPin } from '../../src/store/pins.js'
import type { SoundTrouble } from '../../src/store/schema.js'
import type { Site } from '../../src/web/server.js'
import { LiveStream } from './support/live-stream.js'
import { EMAIL, LINE, type Office, openOffice, PASSWORD, REFUSED_LINE } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

const open = async (changes: Partial<Site> = {}) => {
  office = await openOffice(changes)
  admin = await signedInAdmin(office)
}

afterEach(() => office.close())

const page = async () => words(await admin.get('/getting-started'))

/** A call that is over. */
async function call(trouble: SoundTrouble | null = null, dialledNumber: string | null = '5550100'): Promise<number> {
  const id = await addCall(office.db, { channel: 'test', callerNumber: null, answeredAt: Date.now(), dialledNumber })
  await endCall(office.db, id, 'hung-up', Date.now(), trouble)
  return id
}

async function callWithKeys(): Promise<void> {
  const callId = await call()
  await office.db
    .insertInto('pin_attempts')
    .values({
      call_id: callId,
      phone_clock_id: null,
      caller_number: null,
      caller: 'stranger',
      at: 0,
      verdict: 'unknown',
    })
    .execute()
}

describe('of an installation that is new, the page', () => {
  beforeEach(() => open({ dialInNumber: null, mail: null }))

  it('says of each step what is open and what to do', async () => {
    const said = await page()
    expect(said).toMatch(/\d of 11 steps are open\./)
    expect(said).toContain('Database Done Takes writes.')
    expect(said).toMatch(/PBX Done Connected since/)
    expect(said).toMatch(/Time of day \w+( \w+)? On this machine it is \w+, \w+ \d+, .* \(America\/New_York\)\./)
    expect(said).toContain(
      'Dial-in number To do Not set: pages, mails and cards can’t say what to call. Write it into the file .env beside README.md as it is to be shown, and start Punchline again: DIAL_IN_NUMBER=+1 555 0100 Copy',
    )
    expect(said).toContain('Trunk To do Nobody has called yet. Call the dial-in number.')
    expect(said).toContain('Sound To do Not known yet: nobody has called and keyed in an ID and a PIN.')
    expect(said).toContain('Keys To do Not known yet:')
    expect(said).toContain(
      'Test mail Optional Mail is not set up: setup links can’t be emailed, and PINs are set by hand.',
    )
    expect(said).toContain('SMTP_URL=smtp://clock:secret@mail.example.com:587 MAIL_FROM=')
    expect(said).toMatch(
      /Backup To do There is none yet\. One is made each night\. Make one now: .* npx punchline backup Copy/,
    )
    expect(said).toContain('First employee To do There is no employee yet. Add one, or import them from a CSV file.')
    expect(said).toContain('First punch To do Nobody has clocked in by phone yet. Call the dial-in number, key in')
  })

  it('offers no test mail, and refuses one', async () => {
    expect(await page()).not.toContain('Send me a test mail')
    const response = await admin.post('/getting-started/test-mail')
    expect(response.status).toBe(409)
    expect(await words(response)).toContain('Mail is not set up: IT sets SMTP_URL')
  })
})

describe('a step', () => {
  it('PBX says what is wrong with the line and what to type', async () => {
    await open({ line: () => REFUSED_LINE })
    expect(await page()).toMatch(
      /PBX Wrong Calls can’t be taken since .* Asterisk refuses the ARI user .* asterisk -rx &#34;module reload res_ari\.so&#34; Copy/,
    )
  })

  it('Dial-in number is done once calls come in for it, however the trunk writes it', async () => {
    await open()
    expect(await page()).toContain(
      'Dial-in number To do Employees are told to call +1 555 0100. No call has come in yet.',
    )
    await call(null, '0100')
    expect(await page()).toContain('Dial-in number Done Employees are told to call +1 555 0100. Calls come in.')
  })

  it('Dial-in number tells of calls that come in for another', async () => {
    await open()
    await call(null, '+15550199')
    expect(await page()).toMatch(
      /Dial-in number To do .* The latest calls came in for \+15550199\. .* DIAL_IN_NUMBER=\+15550199 Copy/,
    )
  })

  it.each([
    ['no-sound', /Sound Wrong On the call of .* no sound came from the caller/, /Keys To do Not known: on the call/],
    [
      'no-sign',
      /Sound To do On the call of .* nothing shows that the caller heard/,
      /Keys To do On the call of .* no key came\./,
    ],
    [
      'no-keys',
      /Sound Done Heard in both directions/,
      /Keys To do On the call of .* the caller heard the clock, and no key came\./,
    ],
  ] as const)(
    'Sound and Keys tell of a call with %s, until a later one keys an ID and a PIN',
    async (trouble, sound, keys) => {
      await open()
      await callWithKeys()
      await call(trouble)
      await call()
      expect(await page()).toMatch(sound)
      expect(await page()).toMatch(keys)
      await callWithKeys()
      expect(await page()).toMatch(/Sound Done Heard in both directions.* Keys Done Keys came on the call of/)
    },
  )

  it('Backup tells of a place that can’t be written to', async () => {
    await open({ backup: { directory: '/dev/null/backups', hour: 2 } })
    expect(await page()).toMatch(
      /Backup Wrong Backups can’t be written to \/dev\/null\/backups: \/dev\/null is a file\. Make it a directory/,
    )
  })

  it('Backup says where they are, and is optional where IT makes its own', async () => {
    await open({ lastBackup: async () => ({ at: Date.now() }) })
    expect(await page()).toMatch(
      /Backup Done The latest is of .* on the disk of the data itself: BACKUP_DIR puts them onto another\./,
    )
    await office.close()
    await open({ backup: { directory: '/tmp/backups', hour: null } })
    expect(await page()).toContain('Backup Optional There is none yet. None is made by itself: BACKUP_HOUR is off.')
  })

  it('First employee and First punch are done with the first PIN and the first call that clocks in', async () => {
    await open()
    const ann = await office.hire('Ann')
    expect(await page()).toContain('First employee To do One employee is on the list, and none has a PIN.')
    await setPin(office.db, office.pinKey, { employeeId: ann, pin: '2468', actor: 'test' })
    expect(await page()).toContain('First employee Done One employee can clock in.')
    await office.call(ann, { at: Date.now() })
    expect(await page()).toMatch(/First punch Done The first was made on /)
  })

  it('that is taken turns to done on the open page by itself', async () => {
    await open()
    const stream = await LiveStream.open(admin, '/getting-started/live')
    await stream.until('There is no employee yet.')
    const ann = await office.hire('Ann')
    await setPin(office.db, office.pinKey, { employeeId: ann, pin: '2468', actor: 'test' })
    await stream.until('One employee can clock in.')
    await stream.close()
  })
})

describe('a test mail', () => {
  let server: MailServer
  let outbox: Outbox

  beforeEach(async () => {
    server = await openMailServer()
    await open({ mail: { wake: () => outbox.wake(), tryNow: () => outbox.tryNow() } })
    const mail = { smtpUrl: server.url, from: 'clock@example.com', publicUrl: 'https://clock.example.com' }
    const log = pino({ level: 'silent' })
    const timeStyle = { timeZone: 'America/New_York', hours: 12 } as const
    outbox = new Outbox({ ...office, companyName: 'Acme Roofing', dialInNumber: null, timeStyle, mail, log })
    outbox.start()
  })

  afterEach(async () => {
    await outbox.stop()
    await server.close()
  })

  const press = () => admin.post('/getting-started/test-mail')
  const says = (text: RegExp) => until(`the page says ${text}`, async () => text.test(await page()))

  it('goes to the admin who asks for it, and its acceptance is said', async () => {
    expect(await page()).toContain(
      'Test mail To do No mail was sent yet. Send yourself a test mail, here or by: npx punchline',
    )
    expect((await press()).headers.get('location')).toBe('/getting-started')
    const [mail] = await server.received(1)
    expect(mail).toMatchObject({ to: EMAIL, subject: 'Acme Roofing: mail from the phone clock works' })
    await says(/Test mail Done The mail server took a (test )?mail/)
  })

  it('that the server refuses says why, and another that it takes sets it right', async () => {
    server.refuse(EMAIL, '550 5.7.1 relaying denied')
    await press()
    await says(
      /Test mail Wrong The test mail for office@example\.com was not sent\. The mail server refused office@example\.com: 550 5\.7\.1 relaying denied Set that right/,
    )
    server.refuse(EMAIL, null)
    await press()
    await says(/Test mail Done/)
  })

  it('that can’t be sent since the server is away says so; another tries at once when it is back', async () => {
    await server.goDown()
    await press()
    await says(
      /Test mail Wrong A test mail for office@example\.com waits\. The mail server can&#39;t be reached: connect ECONNREFUSED/,
    )
    await server.comeUp()
    await press()
    await says(/Test mail Done/)
    expect(server.mails).toHaveLength(1)
  })
})

describe('the navigation', () => {
  const leadsThere = async (visitor: Visitor) => (await words(await visitor.get('/'))).includes('Getting started')

  it('leads owners there while something is open, and nobody else', async () => {
    await open()
    await addAdmin(office.db, { email: 'pay@example.com', password: PASSWORD, role: 'admin' }, 'test')
    const other = new Visitor(office)
    await other.signIn('pay@example.com')
    expect(await leadsThere(admin)).toBe(true)
    expect(await leadsThere(other)).toBe(false)
    expect((await other.get('/getting-started')).status).toBe(200)
  })

  it('leads nobody there once all was done, whatever comes later; Status still does', async () => {
    let line = LINE
    await open({ mail: null, line: () => line, lastBackup: async () => ({ at: Date.now() }) })
    mkdirSync(join(office.directory, 'backups'))
    const ann = await office.hire('Ann')
    await setPin(office.db, office.pinKey, { employeeId: ann, pin: '2468', actor: 'test' })
    await callWithKeys()
    await office.call(ann, { at: Date.now() })
    await until('nothing is open', async () => !(await leadsThere(admin)), 8_000)
    expect(await page()).toContain('All is in place: employees can clock in.')
    line = REFUSED_LINE
    await office.restart()
    expect(await leadsThere(admin)).toBe(false)
    expect(await words(await admin.get('/status'))).toContain('Getting started')
    expect(await page()).toMatch(/1 of 11 steps is open\. .* PBX Wrong/)
  })
})
