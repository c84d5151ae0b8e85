/** The `punchline` command as IT uses it: a real process, a real data directory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

interface Run {
  readonly out: string
  readonly err: string
  readonly exit: number | null
}

async function punchline(
  args: string[],
  options: { input?: string; variables?: Record<string, string> } = {},
): Promise<Run> {
  const child = spawn('node', ['dist/cli.js', ...args], {
    env: { PATH: process.env.PATH, TIME_ZONE: 'America/New_York', DATA_DIR: directory, ...options.variables },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', text => {
    out += text
  })
  child.stderr.on('data', text => {
    err += text
  })
  child.stdin.end(options.input ?? '')
  const [exit] = await once(child, 'close')
  return { out, err, exit }
}

const refused = (sentence: string) => ({ out: '', err: `${sentence}\n`, exit: 1 })

describe('employees, PINs and jobs', () => {
  it('go from nothing to ready in two commands', async () => {
    expect((await punchline(['employees', 'add', '--name', 'Ann Baker', '--email', 'ann@example.com'])).out).toBe(
      'Ann Baker is employee 1. To let them clock in: punchline pin set 1\n',
    )
    const { out, exit } = await punchline(['pin', 'set', 'ann@example.com'], { input: '2468\n' })
    expect(exit).toBe(0)
    expect(out).toMatch(/^[1-9]\d{4}\n$/)
    const listed = JSON.parse((await punchline(['employees', 'list', '--json'])).out)
    expect(listed).toEqual([
      { id: 1, name: 'Ann Baker', email: 'ann@example.com', phoneClockId: out.trim(), status: 'Ready' },
    ])
    expect((await punchline(['pin', 'remove', out.trim()])).out).toBe('Ann Baker can no longer clock in.\n')
  })

  it.each([
    ['123', 'A PIN has 4 to 12 digits; this one has 3.'],
    ['1234567890123', 'A PIN has 4 to 12 digits; this one has 13.'],
    ['24a8', 'A PIN has digits only, 0 to 9.'],
    ['7777', 'This PIN is easily guessed (repeated digits). Choose another.'],
    ['', 'A PIN has 4 to 12 digits; this one has 0.'],
  ])('refuse the PIN "%s" with a sentence', async (pin, sentence) => {
    await punchline(['employees', 'add', '--name', 'Ann'])
    expect(await punchline(['pin', 'set', 'Ann'], { input: `${pin}\n` })).toEqual(refused(sentence))
  })

  it('deactivate an employee for good, and delete one but for a number', async () => {
    await punchline(['employees', 'add', '--name', 'Ann Baker', '--email', 'ann@example.com'])
    await punchline(['employees', 'add', '--name', 'Ben Carter'])
    await punchline(['pin', 'set', 'Ann Baker'], { input: '2468\n' })
    expect((await punchline(['employees', 'delete', 'Ann Baker'])).out).toBe(
      'Ann Baker is forgotten: what they clocked stays under "Deleted employee 1".\n',
    )
    expect((await punchline(['employees', 'deactivate', '2'])).out).toBe(
      'Ben Carter can no longer clock in and is off the lists.\n',
    )
    expect(JSON.parse((await punchline(['employees', 'list', '--json'])).out)).toEqual([])
  })

  it('say when nobody, or more than one, is meant', async () => {
    expect((await punchline(['pin', 'set', 'Zoe'], { input: '2468\n' })).err).toContain('No active employee has')
    await punchline(['employees', 'add', '--name', 'Ann'])
    await punchline(['employees', 'add', '--name', 'Ann'])
    expect(await punchline(['pin', 'set', 'Ann'], { input: '2468\n' })).toEqual(
      refused('Several employees are called "Ann". Name one by number: 1, 2'),
    )
  })

  it('keep phone codes apart', async () => {
    expect((await punchline(['jobs', 'add', 'Roof', '--code', '12'])).out).toBe('Roof is job 1, phone code 12.\n')
    expect((await punchline(['jobs', 'add', 'Cellar', '--code', '123'])).exit).toBe(0)
    expect(await punchline(['jobs', 'add', 'Wall', '--code', '12'])).toEqual(
      refused('Another active job has the phone code 12.'),
    )
    expect(await punchline(['jobs', 'add', 'Wall', '--code', '12a'])).toEqual(
      refused('A phone code has 1 to 8 digits and nothing else.'),
    )
  })
})

describe('admins', () => {
  it('are added with a password from standard input', async () => {
    const { out, exit } = await punchline(['admin', 'add', 'it@example.com'], { input: 'correct horse battery\n' })
    expect([out, exit]).toEqual(['it@example.com can sign in now, as owner.\n', 0])
    expect((await punchline(['admin', 'add', 'IT@example.com'], { input: 'correct horse battery\n' })).err).toBe(
      'IT@example.com is an admin already.\n',
    )
  })

  it('have roles, which are listed and changed; after the first owner they are admins unless it is said otherwise', async () => {
    const input = 'correct horse battery\n'
    await punchline(['admin', 'add', 'it@example.com'], { input })
    expect((await punchline(['admin', 'add', 'pay@example.com'], { input })).out).toContain('as admin.')
    expect((await punchline(['admin', 'add', 'audit@example.com', '--role', 'read-only'], { input })).exit).toBe(0)
    await punchline(['admin', 'role', 'pay@example.com', 'owner'])
    expect((await punchline(['admin', 'list'])).out).toMatch(
      /audit@example\.com +read-only +no\nit@example\.com +owner +no\npay@example\.com +owner +no\n/,
    )
    expect(await punchline(['admin', 'role', 'pay@example.com', 'king'])).toEqual(
      refused('"king" is no role. Roles are: owner, admin, read-only.'),
    )
    expect(await punchline(['admin', 'role', 'nobody@example.com', 'owner'])).toEqual(
      refused('nobody@example.com is no admin.'),
    )
    expect((await punchline(['admin', 'end-second-factor', 'it@example.com'])).out).toBe(
      'it@example.com had no second factor.\n',
    )
  })

  it('who forgot their password are given another', async () => {
    await punchline(['admin', 'add', 'it@example.com'], { input: 'correct horse battery\n' })
    const { out, exit } = await punchline(['admin', 'password', 'IT@example.com'], { input: 'staple lamp ocean\n' })
    expect([out, exit]).toEqual(['it@example.com signs in with the new password from now on.\n', 0])
    expect(await punchline(['admin', 'password', 'nobody@example.com'], { input: 'staple lamp ocean\n' })).toEqual(
      refused('nobody@example.com is no admin. See: punchline admin list'),
    )
  })

  it.each([
    ['add', 'short', 'A password has at least 12 characters; this one has 5.'],
    ['add', 'password1234', expect.stringContaining('one of the first that would be guessed')],
    ['password', 'it-it-it-it-it', expect.stringContaining('one of the first that would be guessed')],
  ])('are refused a weak password by %s: %s', async (command, weak, sentence) => {
    if (command === 'password')
      await punchline(['admin', 'add', 'it@example.com'], { input: 'correct horse battery\n' })
    const { err, exit } = await punchline(['admin', command, 'it@example.com'], { input: `${weak}\n` })
    expect([err.trim(), exit]).toEqual([sentence, 1])
  })
})

describe('the audit', () => {
  it('is verified, by a hash that was noted too', async () => {
    await punchline(['jobs', 'add', 'Roof'])
    const { out, exit } = await punchline(['audit', 'verify'])
    expect([out, exit]).toEqual([expect.stringMatching(/^All 1 events are as they were written\./), 0])
    const hash = out.match(/[0-9a-f]{64}/)?.[0] ?? ''
    await punchline(['jobs', 'add', 'Wall'])
    expect((await punchline(['audit', 'verify', '--includes', hash])).exit).toBe(0)
    expect(await punchline(['audit', 'verify', '--includes', 'ab'.repeat(32)])).toMatchObject({ exit: 1 })
  })
})

describe('settings and entries', () => {
  it('are changed and listed', async () => {
    await punchline(['settings', 'set', 'job-required', 'yes'])
    expect((await punchline(['settings', 'list'])).out).toBe(
      [
        'job-required          yes',
        'forgotten-after-hours 16',
        'recording-days        90',
        'call-days             365',
        'pay-periods           two weeks',
        'pay-period-start      2026-01-05',
        'wrong-pins-in-a-row   5',
        'longest-lock-minutes  60',
        'wrong-pins-per-month  100',
        'strangers-per-day     20',
        'strangers-per-month   40',
        '',
      ].join('\n'),
    )
    expect((await punchline(['settings', 'set', 'forgotten-after-hours', '0'])).exit).toBe(1)
    expect((await punchline(['entries', 'list', '--json'])).out).toBe('[]\n')
  })

  it('refuse a day that does not exist', async () => {
    expect(await punchline(['entries', 'list', '--from', '2026-02-30'])).toEqual(
      refused('"2026-02-30" is not a day. Write it as year-month-day, such as 2026-11-23.'),
    )
  })
})

describe('starting', () => {
  const withPassword = () => writeFileSync(join(directory, 'ari-password'), 'secret\n')

  it('with a faulty configuration names every fault and starts nothing', async () => {
    const variables = { HTTP_PORT: '99999', TIME_ZONE: 'Mars/Olympus', ARI_URL: 'asterisk', TIME_FORMAT: '13' }
    expect(await punchline(['start'], { variables })).toEqual(
      refused(
        [
          'The configuration has faults:',
          '  TIME_ZONE: found "Mars/Olympus", allowed is an IANA time zone, such as America/New_York.',
          '  TIME_FORMAT: found "13", allowed is 12 or 24.',
          '  ARI_URL: found "asterisk", allowed is a URL, such as http://127.0.0.1:8088.',
          '  HTTP_PORT: found "99999", allowed is a port, 1 to 65535.',
        ].join('\n'),
      ),
    )
    expect(readdirSync(directory)).toEqual([])
  })

  it('with faults in what it needs for mail names each, and never shows a password', async () => {
    const variables = {
      SMTP_URL: 'clock:correct horse@mail.example.com',
      MAIL_FROM: 'Time clock',
      PUBLIC_URL: 'https://clock.example.com/pins',
      LINK_HOST: 'clock',
      LINK_PORT: '0',
    }
    expect(await punchline(['start'], { variables })).toEqual(
      refused(
        [
          'The configuration has faults:',
          '  LINK_HOST: found "clock", allowed is an IP address to listen on, such as 127.0.0.1.',
          '  LINK_PORT: found "0", allowed is a port, 1 to 65535.',
          '  PUBLIC_URL: found "https://clock.example.com/pins", allowed is scheme, host and port alone, such as https://clock.example.com.',
          '  SMTP_URL: found something else (not shown: it may have a password), allowed is the mail server, such as smtp://user:password@mail.example.com:587.',
          '  MAIL_FROM: found "Time clock", allowed is a sender, such as Time clock <clock@example.com>.',
        ].join('\n'),
      ),
    )
  })

  it('with a mail server alone names what else mail needs', async () => {
    const variables = { SMTP_URL: 'smtp://clock:horse@mail.example.com' }
    expect(await punchline(['start'], { variables })).toEqual(
      refused(
        [
          'The configuration has faults:',
          '  MAIL_FROM: unset, but SMTP_URL needs it: a sender, such as Time clock <clock@example.com>.',
          '  PUBLIC_URL: unset, but SMTP_URL needs it: where employees reach the setup links, such as https://clock.example.com.',
        ].join('\n'),
      ),
    )
  })

  it('with faults in what it needs for the identity provider names each', async () => {
    const variables = {
      OIDC_ISSUER: 'http://id.example.com/realms/acme',
      OIDC_SCOPES: 'email groups',
      OIDC_PASSWORD_FORM: 'no',
    }
    expect(await punchline(['start'], { variables })).toEqual(
      refused(
        [
          'The configuration has faults:',
          '  OIDC_ISSUER: found "http://id.example.com/realms/acme", allowed is an https address without ? and #; http is for this machine alone.',
          '  OIDC_SCOPES: found "email groups", allowed is openid first, then others with a space between them, such as openid email groups.',
          '  OIDC_PASSWORD_FORM: found "no", allowed is beside or apart.',
        ].join('\n'),
      ),
    )
  })

  it('with an identity provider alone names what else that needs', async () => {
    expect(await punchline(['start'], { variables: { OIDC_ISSUER: 'https://id.example.com' } })).toEqual(
      refused(
        [
          'The configuration has faults:',
          '  OIDC_CLIENT_ID: unset, but OIDC_ISSUER needs it: what the provider calls Punchline.',
          '  OIDC_OWNER_GROUPS: unset, like OIDC_ADMIN_GROUPS and OIDC_READ_ONLY_GROUPS, but OIDC_ISSUER needs one of them: whoever is in none of their groups is refused.',
        ].join('\n'),
      ),
    )
  })

  it('without the client secret says which file it looked for', async () => {
    withPassword()
    const variables = {
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_CLIENT_ID: 'punchline',
      OIDC_OWNER_GROUPS: 'cn=clock,dc=acme; bosses',
    }
    const { err, exit } = await punchline(['start'], { variables })
    expect(exit).toBe(1)
    expect(err).toContain(
      `OIDC_CLIENT_SECRET_FILE: found ${join(directory, 'oidc-client-secret')}, which can't be read`,
    )
  })

  it('without the ARI password says which file it looked for', async () => {
    const { err, exit } = await punchline(['start'])
    expect(exit).toBe(1)
    expect(err).toContain(`ARI_PASSWORD_FILE: found ${join(directory, 'ari-password')}, which can't be read`)
  })

  it('on a port that is taken says so', async () => {
    withPassword()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { err, exit } = await punchline(['start'], { variables: { HTTP_PORT: String(port) } })
    server.close()
    expect([err, exit]).toEqual([
      `Port ${port} on 127.0.0.1 is taken by another program. Stop it, or set HTTP_PORT.\n`,
      1,
    ])
  })

  it('in a data directory that is a file says so', async () => {
    withPassword()
    const file = join(directory, 'file')
    writeFileSync(file, '')
    const variables = { DATA_DIR: file, ARI_PASSWORD_FILE: join(directory, 'ari-password') }
    const { err, exit } = await punchline(['start'], { variables })
    expect(err).toMatch(/^The database .*file\/punchline\.db can't be used: .+\n$/)
    expect(exit).toBe(1)
  })

  it('with a PIN key that is none says so', async () => {
    withPassword()
    writeFileSync(join(directory, 'pin.key'), 'spoilt')
    const { err, exit } = await punchline(['start'])
    expect(err).toBe(`${join(directory, 'pin.key')} is not a key (64 hexadecimal digits). Restore it from a backup.\n`)
    expect(exit).toBe(1)
  })

  it('with another PIN key than the PINs were made with says so', async () => {
    await punchline(['employees', 'add', '--name', 'Ann'])
    await punchline(['pin', 'set', 'Ann'], { input: '2468\n' })
    chmodSync(join(directory, 'pin.key'), 0o600)
    writeFileSync(join(directory, 'pin.key'), 'ab'.repeat(32))
    withPassword()
    const { err, exit } = await punchline(['start'])
    expect(err).toMatch(/^1 PINs were made with another key than .*pin\.key\. Restore the key/)
    expect(exit).toBe(1)
  })
})

describe('doctor', () => {
  it('names what is wrong, a line each, and exits with 1', async () => {
    writeFileSync(join(directory, 'ari-password'), 'secret\n')
    const variables = { ARI_URL: 'http://127.0.0.1:1', HTTP_PORT: '1' }
    const { out, exit } = await punchline(['doctor'], { variables })
    expect(out.trim().split('\n')).toEqual([
      `WRONG  database     There is none in ${directory} yet. The first start makes it.`,
      expect.stringContaining('WRONG  ARI          Asterisk does not answer at http://127.0.0.1:1'),
      expect.stringContaining('warn   ARI password The password in'),
      'ok     ARI network  on loopback alone',
      expect.stringContaining('WRONG  Stasis app   Punchline is not running: nothing answers at http://127.0.0.1:1'),
      expect.stringContaining('WRONG  prompts      Asterisk does not answer'),
      expect.stringContaining('WRONG  anonymous    Asterisk does not answer'),
      expect.stringContaining('WRONG  modules      Asterisk does not answer'),
      'ok     pages        on loopback alone',
      'ok     sign-in      by password: no identity provider is set (OIDC_ISSUER)',
      'ok     PIN hashing  what suits this machine is measured at the first start',
      expect.stringMatching(/^(ok|warn|WRONG) +free disk +.*iB free/),
      expect.stringMatching(/^ok +mail +not set up/),
    ])
    expect(exit).toBe(1)
  })
})
