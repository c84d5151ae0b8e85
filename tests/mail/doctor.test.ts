/** `punchline doctor` about mail, as IT runs it: a real process, a real mail server. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type MailServer, openMailServer } from '../../scripts/rig/mail-server.js'
import { readMailSigns } from '../../src/store/mail-outbox.js'
import { openWorkspace } from '../support/workspace.js'

const execute = promisify(execFile)

let server: MailServer

beforeEach(async () => {
  server = await openMailServer({ user: 'clock', password: 'right-horse' })
})

afterEach(() => server.close())

/** What the command prints, and its exit code. */
async function doctor(args: string[], smtpUrl: string | null = server.url): Promise<[string, number]> {
  const mail = { SMTP_URL: smtpUrl ?? '', MAIL_FROM: 'clock@example.com', PUBLIC_URL: 'https://clock.example.com' }
  const env = { PATH: process.env.PATH, COMPANY_NAME: 'Acme & Sons', TIME_ZONE: 'UTC', ...(smtpUrl !== null && mail) }
  return execute('node', ['dist/cli.js', 'doctor', ...args], { env }).then(
    ({ stdout, stderr }) => [stdout + stderr, 0],
    ({ stdout, stderr, code }) => [stdout + stderr, code],
  )
}

describe('the check "mail"', () => {
  const check = (smtpUrl?: string | null) => doctor(['--only', 'mail'], smtpUrl)

  it('is ok without mail, and says what is missing then', async () => {
    expect(await check(null)).toEqual([
      "ok     mail         not set up: setup links can't be emailed (SMTP_URL, MAIL_FROM, PUBLIC_URL)\n",
      0,
    ])
  })

  it('connects and logs in, and sends nothing', async () => {
    expect(await check()).toEqual([
      `ok     mail         127.0.0.1:${server.port} lets Punchline in, as clock@example.com\n`,
      0,
    ])
    expect(server.mails).toEqual([])
  })

  it('names a login that is refused, without the password', async () => {
    const [out, exit] = await check(server.url.replace('right-horse', 'wrong-horse'))
    expect(out).toBe('WRONG  mail         The mail server refuses the login: 535 5.7.8 wrong user or password\n')
    expect(exit).toBe(1)
  })

  it('names a server that does not answer', async () => {
    await server.goDown()
    const fault = `The mail server can't be reached: connect ECONNREFUSED 127.0.0.1:${server.port}`
    expect(await check()).toEqual([`WRONG  mail         ${fault}\n`, 1])
  })
})

describe('a test mail', () => {
  it('is sent to the address that is named', async () => {
    const said = 'The mail server took a test mail for it@example.com: 250 2.0.0 taken'
    expect(await doctor(['--mail', 'it@example.com'])).toEqual([`ok     mail         ${said}\n`, 0])
    const [mail] = await server.received(1)
    expect(mail).toMatchObject({ to: 'it@example.com', subject: 'Acme & Sons: mail from the phone clock works' })
    expect(mail?.text).toContain('Mail from the phone clock of Acme & Sons works')
    expect(mail?.html).toContain('Acme &#38; Sons works')
  })

  it('is known to the page Getting started afterwards', async () => {
    const workspace = await openWorkspace()
    onTestFinished(() => workspace.close())
    const mail = { SMTP_URL: server.url, MAIL_FROM: 'clock@example.com', PUBLIC_URL: 'https://clock.example.com' }
    const env = { PATH: process.env.PATH, DATA_DIR: workspace.directory, ...mail }
    const send = () => execute('node', ['dist/cli.js', 'doctor', '--mail', 'it@example.com'], { env })
    await send()
    expect((await readMailSigns(workspace.db)).test).toMatchObject({ address: 'it@example.com', state: 'sent' })
    server.refuse('it@example.com', '550 5.7.1 relaying denied')
    await send().catch(() => {})
    expect((await readMailSigns(workspace.db)).test).toMatchObject({
      state: 'failed',
      fault: 'The mail server refused it@example.com: 550 5.7.1 relaying denied',
    })
  })

  it('that is refused shows what the server said', async () => {
    server.refuse('it@example.com', '550 5.7.1 relaying denied')
    const said = 'The mail server refused it@example.com: 550 5.7.1 relaying denied'
    expect(await doctor(['--mail', 'it@example.com'])).toEqual([`WRONG  mail         ${said}\n`, 1])
  })

  it('needs an address', async () => {
    expect(await doctor(['--mail', 'it at example.com'])).toEqual([
      '"it at example.com" is not an e-mail address.\n',
      1,
    ])
  })

  it('needs mail to be set up', async () => {
    const sentence = 'Mail is not set up: set SMTP_URL, MAIL_FROM and PUBLIC_URL.\n'
    expect(await doctor(['--mail', 'it@example.com'], null)).toEqual([sentence, 1])
  })
})
