/** What stands in the way on a PBX, said in a sentence before anything is written; and what is worth knowing. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type AsteriskDirectory, freePbx, plainAsterisk } from './support/asterisk-directory.js'

const IP = ['--trunk', 'ip', '--address', '203.0.113.10', '--write']
const EXISTING = ['--trunk', 'existing', '--did', '15550100', '--context', 'from-provider', '--write']
const NOBODY = 65_534

async function expectRefusal(
  asterisk: AsteriskDirectory,
  args: readonly string[],
  sentence: string | RegExp,
): Promise<void> {
  const before = asterisk.content()
  const { refusal } = await asterisk.pbxConfig(args)
  expect(refusal).toMatch(sentence)
  expect(refusal).not.toContain('\n')
  expect(asterisk.content()).toEqual(before)
}

describe('it refuses', () => {
  it.each([
    ['an address that is none', ['--trunk', 'ip', '--address', '203.0.113'], /^"203\.0\.113" is not an address\./],
    ['a number with spaces', [...IP, '--did', '555 0100'], /^"555 0100" is no number as providers send it\./],
    ['to guess how calls come in', [], /^How calls come in \(ip, registration, existing\): say it with --trunk\.$/m],
    ['to guess addresses', ['--trunk', 'ip'], /^Where the provider’s calls come from: say it with --address\.$/m],
    [
      'options of another kind of trunk',
      [...IP, '--password-file', 'x'],
      /^--password-file says nothing of --trunk ip\. Leave it out\.$/m,
    ],
    ['a context without a number', ['--trunk', 'existing', '--context', 'x'], /^--context needs --did/],
  ])('%s', async (_, args, sentence) => {
    await expectRefusal(plainAsterisk(), args, sentence)
  })

  it('a directory without Asterisk', async () => {
    const asterisk = plainAsterisk()
    await expectRefusal(asterisk, [...IP, '--etc', '/nowhere'], /^There is no Asterisk in \/nowhere: no asterisk\.conf/)
  })

  it('a directory that it may not write to, with nothing half-written', async () => {
    const asterisk = plainAsterisk()
    chmodSync(join(asterisk.etc, '..'), 0o755)
    chownSync(asterisk.data, NOBODY, NOBODY)
    const before = asterisk.content()
    const { err, exit } = await asterisk.command(IP, { uid: NOBODY })
    expect(err).toMatch(/can't be written: EACCES.* Nothing was changed\. Run this as root\.\n$/)
    expect([exit, asterisk.content(), readdirSync(asterisk.data)]).toEqual([1, before, []])
  })

  it('to leave half of it written when a file turns out to be in the way', async () => {
    const asterisk = plainAsterisk()
    rmSync(join(asterisk.etc, 'http.conf'))
    mkdirSync(join(asterisk.etc, 'http.conf'))
    await expectRefusal(asterisk, IP, /http\.conf can't be written: .* Nothing was changed\./)
    expect(readdirSync(asterisk.data)).toEqual([])
  })

  it('an Asterisk that is too old, and takes a certified one', async () => {
    await expectRefusal(plainAsterisk({}, '16.30.1'), IP, /^This is Asterisk 16\.30\.1\. Punchline needs 18 or later/)
    expect((await plainAsterisk({}, 'certified/20.7-cert3').pbxConfig(IP)).refusal).toBe(null)
  })

  it.each([
    ['PJSIP', 'res_pjsip.so', /^This Asterisk has no PJSIP: /],
    ['ARI', 'res_ari.so', /^This Asterisk has no ARI: /],
    ['another module that a call needs', 'app_read.so', /^This Asterisk lacks app_read\.so\. /],
  ])('an Asterisk without %s', async (_, module, sentence) => {
    const asterisk = plainAsterisk()
    rmSync(join(asterisk.modules, module))
    await expectRefusal(asterisk, IP, sentence)
  })

  it('an Asterisk that is told not to load what a call needs', async () => {
    const asterisk = plainAsterisk({
      'modules.conf': '[modules]\nautoload = yes\nnoload => res_ari\nnoload => chan_iax2.so\n',
    })
    await expectRefusal(asterisk, IP, /^modules\.conf keeps Asterisk from loading res_ari\.so\. Remove/)
  })

  it.each([
    [
      'its own identify',
      'pjsip.conf',
      '[acme]\ntype = identify\nendpoint = acme-trunk\nmatch = 198.51.100.1,203.0.113.0/24\n',
      'acme-trunk',
    ],
    ['a template', 'pjsip.conf', '[t](!)\ntype = identify\nmatch = 203.0.113.10\n[acme](t)\nendpoint = acme\n', 'acme'],
    ['the wizard', 'pjsip_wizard.conf', '[acme]\ntype = wizard\nremote_hosts = 203.0.113.10\n', 'acme'],
  ])('an address from which another trunk takes calls by %s', async (_, file, text, trunk) => {
    await expectRefusal(
      plainAsterisk({ [file]: text }),
      IP,
      new RegExp(
        `^The trunk "${trunk}" takes calls from 203\\.0\\.113\\.\\S+ already, .* Use that trunk: --trunk existing`,
      ),
    )
  })

  it('an address from which a trunk of FreePBX takes calls', async () => {
    await expectRefusal(
      freePbx(),
      ['--trunk', 'ip', '--address', '127.0.0.1', '--write'],
      /^The trunk "Provider" takes calls from 127\.0\.0\.1 already/,
    )
  })

  it('a context that the dialplan does not have', async () => {
    const args = ['--trunk', 'existing', '--did', '15550100', '--context', 'from-nowhere']
    await expectRefusal(plainAsterisk(), args, /^There is no context "from-nowhere" in the dialplan\./)
  })

  it('a number that leads elsewhere already', async () => {
    const asterisk = plainAsterisk({ 'extensions.conf': '[from-provider]\nexten => +15550100,1,Dial(PJSIP/desk)\n' })
    await expectRefusal(
      asterisk,
      EXISTING,
      /^\[from-provider\] in \S+\/extensions\.conf has 15550100 already: "exten => \+15550100,1,Dial\(PJSIP\/desk\)"\./,
    )
  })
})

describe('it says, and goes on', () => {
  it('that another program has the SIP port, and which', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    onTestFinished(() => {
      socket.close()
    })
    await once(socket, 'listening')
    const { port } = socket.address()
    const ours = await plainAsterisk({ 'pjsip.conf': '' }).pbxConfig([...IP, '--bind', `127.0.0.1:${port}`])
    expect(ours.out).toMatch(
      new RegExp(
        `Note: UDP port ${port} is used by another program, \\S.*: Asterisk can't take calls there\\. Stop it, or choose another with --bind`,
      ),
    )
    const transport = `[transport]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:${port}\n`
    const companys = await plainAsterisk({ 'pjsip.conf': transport }).pbxConfig(IP)
    expect(companys.out).toMatch(new RegExp(`Note: UDP port ${port} is used by another program, \\S.* Stop it\\.`))
    expect([ours.refusal, companys.refusal]).toEqual([null, null])
  })

  it('which modules to load, where modules.conf names each', async () => {
    const asterisk = plainAsterisk({
      'modules.conf': '[modules]\nautoload = no\n#include punchline/modules_punchline.conf\n',
    })
    asterisk.write('punchline/modules_punchline.conf', '[modules]\nload = res_pjsip.so\n')
    const { out } = await asterisk.pbxConfig(IP)
    expect(out).toContain(
      'Note: modules.conf has autoload = no and does not load what a call needs. Add: load = pbx_config.so',
    )
    expect(out).not.toContain('load = res_pjsip.so,')
  })

  it('that a name can not be looked up', async () => {
    const { out } = await plainAsterisk().pbxConfig(['--trunk', 'ip', '--address', 'sip.invalid', '--write'])
    expect(out).toContain("Note: The name sip.invalid can't be looked up: Asterisk would take no calls from there.")
  })

  it('that Asterisk 18 is no longer mended', async () => {
    expect((await plainAsterisk({}, '18.26.4').pbxConfig(IP)).out).toContain(
      'Note: Asterisk 18.26.4 gets no security fixes any more',
    )
  })

  it('that it could not tell which Asterisk this is', async () => {
    const asterisk = plainAsterisk()
    writeFileSync(join(asterisk.etc, '..', 'bin', 'asterisk'), '#!/bin/sh\nexit 1\n')
    expect((await asterisk.pbxConfig(IP)).out).toContain('Note: Which Asterisk this is could not be told')
  })
})
