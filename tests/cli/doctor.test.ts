/** What `punchline doctor` warns of that needs no Asterisk to see. A warning is no failure. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { passwordFault } from '../../src/cli/doctor/ari-password.js'
import { dangersAmong, surplusModules } from '../../src/cli/doctor/pbx.js'
import { CLIENT_SECRET, TestProvider } from '../web/support/identity-provider.js'

let directory: string
let passwordFile: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  passwordFile = join(directory, 'ari-password')
})

afterEach(() => rmSync(directory, { recursive: true }))

/** What the check of that name prints; rejects when it fails. */
async function check(name: string, variables: Record<string, string> = {}): Promise<string> {
  const env = { PATH: process.env.PATH, TIME_ZONE: 'UTC', DATA_DIR: directory, ...variables }
  return (await promisify(execFile)('node', ['dist/cli.js', 'doctor', '--only', name], { env })).stdout
}

describe('the check "ARI password"', () => {
  const password = (text: string, mode = 0o600) => {
    writeFileSync(passwordFile, `${text}\n`)
    chmodSync(passwordFile, mode)
    return check('ARI password')
  }

  it('is ok for a long one that only its owner can read', async () => {
    expect(await password('0f'.repeat(32))).toBe(
      `ok     ARI password long, and only its owner can read ${passwordFile}\n`,
    )
  })

  it('warns of one that everybody tries first', async () => {
    expect(await password('asterisk')).toMatch(
      /^warn {3}ARI password The password in \S+ is one that everybody tries first\. Make another, and its hash/,
    )
  })

  it('warns of one that others on the machine can read', async () => {
    expect(await password('0f'.repeat(32), 0o644)).toBe(
      `warn   ARI password Others on this machine can read ${passwordFile}. Run: chmod 600 ${passwordFile}\n`,
    )
  })

  it.each([
    ['punchline', 'is one that everybody tries first'],
    ['Secret123', 'is one that everybody tries first'],
    ['change-me!', 'is one that everybody tries first'],
    ['the-user', 'is one that everybody tries first'],
    ['f3b0-99d1', 'has only 9 characters'],
    ['$6$replace-this-by-the-hash', 'is a hash. The hash belongs into ari.conf'],
    ['$6$rounds=1000$punchline$x.y', 'is a hash. The hash belongs into ari.conf'],
  ])('says of "%s" that it %s', (text, fault) => {
    expect(passwordFault(text, 'the-user')).toContain(fault)
  })
})

describe('the check "ARI network"', () => {
  it('warns of a password that goes to another machine in the clear', async () => {
    expect(await check('ARI network', { ARI_URL: 'http://pbx.example.com:8088' })).toMatch(
      /^warn {3}ARI network {2}ARI's password goes to pbx\.example\.com in the clear\. Switch on TLS there, .* set ARI_URL to https/,
    )
  })

  it('is ok with TLS', async () => {
    expect(await check('ARI network', { ARI_URL: 'https://pbx.example.com:8089' })).toBe(
      'ok     ARI network  encrypted, to pbx.example.com\n',
    )
  })
})

describe('the check "pages"', () => {
  it('is ok on loopback', async () => {
    expect(await check('pages')).toBe('ok     pages        on loopback alone\n')
  })

  it('warns of pages that are open to the network', async () => {
    expect(await check('pages', { HTTP_HOST: '0.0.0.0' })).toBe(
      'warn   pages        The pages are open to the network at 0.0.0.0:8080 without TLS: passwords and PINs can be read on ' +
        'the way. Set HTTP_HOST=127.0.0.1 and put a proxy with a certificate before it on this machine.\n',
    )
  })

  it('warns of setup links that are', async () => {
    expect(await check('pages', { LINK_HOST: '192.0.2.7', LINK_PORT: '8081' })).toMatch(
      /^warn {3}pages {8}The setup links are open to the network at 192\.0\.2\.7:8081 .* Set LINK_HOST=127\.0\.0\.1/,
    )
  })

  it('warns of monitoring that is', async () => {
    expect(await check('pages', { MONITOR_PORT: '9464' })).toBe('ok     pages        on loopback alone\n')
    expect(await check('pages', { MONITOR_HOST: '192.0.2.7', MONITOR_PORT: '9464' })).toMatch(
      /^warn {3}pages {8}The monitoring is open to the network at 192\.0\.2\.7:9464: .* set MONITOR_HOST=127\.0\.0\.1/,
    )
  })
})

describe('the check "sign-in"', () => {
  let provider: TestProvider
  const checkDown = () => {
    provider.isDown = true
    return checkProvider(CLIENT_SECRET)
  }
  const checkProvider = (secret: string, mode = 0o600) => {
    const file = join(directory, 'oidc-client-secret')
    writeFileSync(file, `${secret}\n`)
    chmodSync(file, mode)
    return check('sign-in', { OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'punchline', OIDC_OWNER_GROUPS: 'bosses' })
  }

  beforeEach(async () => {
    provider = await TestProvider.open()
    provider.register('https://clock.example.com')
  })

  afterEach(() => provider.close())

  it('without an identity provider has nothing to find', async () => {
    expect(await check('sign-in')).toBe('ok     sign-in      by password: no identity provider is set (OIDC_ISSUER)\n')
  })

  it('is ok when the provider answers and takes the client secret', async () => {
    expect(await checkProvider(CLIENT_SECRET)).toBe(
      `ok     sign-in      ${provider.issuer} answers, and takes Punchline's client ID and secret\n`,
    )
  })

  it('warns of a client secret that others on the machine can read', async () => {
    expect(await checkProvider(CLIENT_SECRET, 0o640)).toMatch(/^warn {3}sign-in {6}Others on this machine can read/)
  })

  it.each([
    ['a wrong client secret', () => checkProvider('wrong'), /does not take Punchline’s own client ID and secret/],
    ['a provider that is down', checkDown, /can’t be reached at the moment\..* \(code \w+\)\n$/],
  ])('is wrong with %s', async (_what, run, sentence) => {
    await expect(run()).rejects.toMatchObject({ stdout: expect.stringMatching(sentence) })
  })
})

describe('the modules of Asterisk', () => {
  const conf = '; calls\nload = chan_pjsip.so\nload = res_ari.so\n'

  it('that are too many are those that no line loads', () => {
    expect(surplusModules(['chan_pjsip.so', 'app_dial.so', 'res_ari.so'], conf)).toEqual(['app_dial.so'])
  })

  it('are named by their danger, the worst first, and four at most', () => {
    expect(dangersAmong(['func_math.so'])).toBe('')
    expect(dangersAmong(['chan_iax2.so', 'app_system.so'])).toBe(
      ', among them app_system (runs commands), chan_iax2 (takes calls by another protocol)',
    )
    expect(
      dangersAmong(['app_dial.so', 'chan_iax2.so', 'app_disa.so', 'func_shell.so', 'res_agi.so', 'pbx_spool.so']),
    ).toMatch(/^, among them func_shell .*, res_agi .*, app_disa .*, chan_iax2 \([^)]+\) and 2 more of that kind$/)
  })
})
