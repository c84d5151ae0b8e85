/**
 * The documents for IT, followed word for word: a real Asterisk as a company has it, the commands as they stand there, and at
 * the end a call from the telephone company that clocks somebody in.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { until } from '../../scripts/rig/until.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { commandsIn } from './support/document.js'
import { type OwnAsterisk, type OwnOptions, startOwnAsterisk } from './support/own-asterisk.js'
import { callFrom, punchesOf } from './support/records.js'
import {
  CUSTOMER,
  type Line,
  startTelephoneCompany,
  type TelephoneCompany,
} from './telephone-company/telephone-company.js'

const NUMBER = '15550100'
let asterisk: OwnAsterisk
let company: TelephoneCompany
let punchline: ChildProcess | null = null
let workspace: Workspace | null = null

afterEach(async () => {
  if (punchline && punchline.exitCode === null) {
    const exited = once(punchline, 'exit')
    punchline.kill('SIGTERM')
    punchline.kill('SIGTERM')
    await exited
  }
  await workspace?.db.destroy()
  await company?.stop()
  await asterisk?.stop()
  punchline = null
  workspace = null
})

async function startBoth(options: OwnOptions = {}): Promise<void> {
  asterisk = await startOwnAsterisk(options)
  company = await startTelephoneCompany(asterisk)
}

/** As `scripts/start` does in the end: with the .env that IT has written, beside other tests on a port of its own. */
async function startPunchline(): Promise<void> {
  const { directory } = asterisk
  const port = await freePort()
  appendFileSync(join(directory, '.env'), `HTTP_PORT=${port}\n`)
  workspace = await openWorkspace(join(directory, 'data'))
  punchline = spawn('node', [resolve('dist/cli.js'), 'start'], {
    cwd: directory,
    env: { PATH: process.env.PATH, TIME_ZONE: 'America/New_York' },
    stdio: 'ignore',
  })
  await until(
    'Punchline is connected',
    async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))?.ok,
  )
}

/** Gives all that the commands of a document printed. Punchline is started when it has been told where Asterisk is. */
async function follow(document: string, words: Record<string, string>, section?: string): Promise<string> {
  const own = { '8088': String(asterisk.ariPort), '/etc/asterisk': asterisk.etc, ...words }
  let printed = ''
  for (const commands of commandsIn(`asterisk-config/${document}`, own, section)) {
    // What is asked for at the terminal is the trunk's password.
    printed += await asterisk.shell(commands, `${CUSTOMER.password}\n`)
    if (commands.includes('.env')) await startPunchline()
  }
  return printed
}

async function expectToClockIn(line: Line): Promise<void> {
  if (!workspace) throw new Error('The document did not say where Asterisk is.')
  const on = { workspace }
  const ann = await workspace.hire('Ann', '2468')
  await company.dialInHaste(NUMBER, { line, from: '+15550177', phoneClockId: ann.phoneClockId, pin: '2468' })
  const call = await until('the call is over', async () => {
    const latest = await callFrom(on, '+15550177')
    return latest?.outcome && latest
  })
  expect(await punchesOf(on, ann.id)).toMatchObject([{ direction: 'in', call_id: call.id }])
}

async function answerTo(number: string, line: Line): Promise<string> {
  await company.dialInHaste(number, { line, from: '+15550178', phoneClockId: '1', pin: '1' })
  return company.answerToLastInvite()
}

const textsIn = (etc: string, names: readonly string[]) => names.map(name => readFileSync(join(etc, name), 'utf8'))

describe('a hosted trunk', () => {
  it('known by addresses clocks in, on an Asterisk as its distribution delivers it, and nobody else gets through', async () => {
    await startBoth()
    const bind = `--bind ${asterisk.sipAddress}`
    const printed = await follow('trunk-by-address.md', { '203.0.113.10 203.0.113.11': `127.0.0.1 ${bind}` })
    expect(printed).toMatch(/Identify: +\S*punchline-provider-addresses\S*/)
    await expectToClockIn('ulaw')
    expect(await answerTo(NUMBER, 'elsewhere')).toMatch(/^40[13] /)
  })

  it('with user name and password clocks in, and the password is for Asterisk alone', async () => {
    await startBoth()
    const printed = await follow('trunk-by-registration.md', {
      'sip.example.com': company.sipAddress,
      '--did': `--bind ${asterisk.sipAddress} --did`,
    })
    expect(printed).not.toContain('horse')
    const file = statSync(join(asterisk.etc, 'punchline-site/pjsip.conf'))
    expect(file.mode & 0o777).toBe(0o640)
    expect(file.gid).toBe(statSync(join(asterisk.etc, 'asterisk.conf')).gid)
    await until('Asterisk is registered', async () =>
      /punchline-registration\S*\s+.*\sRegistered/.test(
        await asterisk.shell('asterisk -rx "pjsip show registrations"'),
      ),
    )
    await expectToClockIn('registered')
  })
})

describe('a hosted trunk on FreePBX', () => {
  it('known by addresses clocks in beside the trunk that FreePBX has', async () => {
    await startBoth({ files: 'tests/calls/freepbx' })
    await follow('trunk-by-address.md', {
      '203.0.113.10 203.0.113.11': '127.0.0.2',
      'asterisk -rx "core reload"': 'fwconsole reload',
    })
    await expectToClockIn('elsewhere')
    expect(await answerTo('15550199', 'ulaw')).toBe('404 Not Found')
  })
})

describe('a trunk that the company has', () => {
  it('on a bare Asterisk goes on to serve its other numbers, and all can be undone', async () => {
    await startBoth()
    writeFileSync(
      join(asterisk.etc, 'pjsip.conf'),
      `[transport]\ntype = transport\nbind = ${asterisk.sipAddress}\n
[provider]\ntype = endpoint\ncontext = from-provider\ndisallow = all\nallow = ulaw\nidentify_by = ip\n
[provider]\ntype = identify\nendpoint = provider\nmatch = 127.0.0.1\n`,
    )
    writeFileSync(join(asterisk.etc, 'extensions.conf'), '[from-provider]\nexten => 15550111,1,Hangup(17)\n')
    await asterisk.shell('asterisk -rx "core reload"')
    await follow('asterisk.md', {}, 'Over a trunk that you have')
    await expectToClockIn('ulaw')
    expect(await answerTo('15550111', 'ulaw')).toBe('486 Busy Here')

    await follow('asterisk.md', {}, 'To undo it')
    expect(await asterisk.shell('asterisk -rx "dialplan show punchline"')).toContain(
      "There is no existence of 'punchline' context",
    )
    expect(textsIn(asterisk.etc, ['extensions.conf'])).toEqual(['[from-provider]\nexten => 15550111,1,Hangup(17)\n\n'])
  })

  it('on FreePBX goes on to serve its other numbers, and no file that FreePBX generates is changed', async () => {
    await startBoth({ files: 'tests/calls/freepbx' })
    const generated = readdirSync('tests/calls/freepbx').filter(
      name => name.endsWith('.conf') && !name.includes('custom'),
    )
    const before = textsIn(asterisk.etc, generated)
    await follow('freepbx.md', {})
    await expectToClockIn('ulaw')
    expect(textsIn(asterisk.etc, generated)).toEqual(before)
    expect(await answerTo('15550199', 'ulaw')).toBe('404 Not Found')
  })
})
