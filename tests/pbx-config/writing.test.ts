/** What `punchline pbx-config` writes into Asterisk's files, and what it leaves alone. */
import { readdirSync, readFileSync, readlinkSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn } from '../support/files.js'
import { type AsteriskDirectory, freePbx, plainAsterisk } from './support/asterisk-directory.js'

const IP = ['--trunk', 'ip', '--address', '203.0.113.10', '--did', '15550100']
const REGISTRATION = [
  '--trunk',
  'registration',
  '--registrar',
  '127.0.0.9:5080',
  '--username',
  'acme',
  '--did',
  '15550100',
]
const EXISTING = ['--trunk', 'existing', '--did', '15550100', '--context', 'from-provider']
const PASSWORD = 'correct;horse battery'
/** The option for a file with the trunk's password. */
function passwordIn({ data }: AsteriskDirectory, password: string): string[] {
  const file = join(data, 'trunk-password')
  writeFileSync(file, `${password}\n`)
  return ['--password-file', file]
}
const modeOf = (asterisk: AsteriskDirectory, name: string) =>
  (statSync(join(asterisk.etc, name)).mode & 0o777).toString(8)

describe('without --write', () => {
  it('it shows each line that would come, and changes nothing', async () => {
    const asterisk = plainAsterisk()
    const before = asterisk.content()
    const { out, err, exit } = await asterisk.command(IP)
    expect([err, exit]).toEqual(['', 0])
    expect(out).toContain(`Asterisk 22.10.1 in ${asterisk.etc}\n`)
    expect(out).toContain(`+++ ${asterisk.etc}/pjsip.conf\n`)
    expect(out).toContain('\n+#include punchline/pjsip_punchline.conf\n')
    expect(out).toContain('\n+match = 203.0.113.10\n')
    expect(out).toMatch(/\n\d+ files are copied as they are delivered, to \S+\/sounds\/en\/punchline\n/)
    expect(out).toMatch(/Nothing was changed\. To write it: --write\n$/)
    expect(asterisk.content()).toEqual(before)
    expect(readdirSync(asterisk.data)).toEqual([])
    expect(readdirSync(asterisk.sounds)).toEqual([])
  })
})

describe('at a terminal, without options', () => {
  const ANSWERS = [
    ['How calls come in (ip, registration, existing)', 'registration'],
    ['The provider’s registrar', '127.0.0.9:5080'],
    ['User name there', 'acme'],
    ['The password there', PASSWORD],
    ['The password there again', PASSWORD],
    ['Where its calls come from [127.0.0.9]', ''],
    ['The clock’s number, as the provider sends it (may be empty)', '555 0100'],
    ['The clock’s number, as the provider sends it (may be empty)', '15550100'],
    ['Codecs [ulaw,alaw,g722]', ''],
  ] as const

  it('it asks, a faulty answer again, the password unseen, and writes after a yes', async () => {
    const asterisk = plainAsterisk()
    const shown = await asterisk.atTerminal([...ANSWERS, ['Write this? (y/n) [n]', 'y']])
    expect(shown).toContain('"555 0100" is no number as providers send it.')
    expect(shown).not.toContain('horse')
    expect(shown).toContain('Written.')
    expect(asterisk.read('punchline-site/pjsip.conf')).toContain('match = 127.0.0.9\n')
    expect(asterisk.read('punchline-site/pjsip.conf')).toContain('password = correct\\;horse battery\n')
  })

  it('it writes nothing without a yes', async () => {
    const asterisk = plainAsterisk()
    const before = asterisk.content()
    const shown = await asterisk.atTerminal([...ANSWERS, ['Write this? (y/n) [n]', '']])
    expect(shown).toContain('Nothing was changed.')
    expect(asterisk.content()).toEqual(before)
  })
})

describe('with --write', () => {
  it('each own file of Asterisk gets one include line behind what is there, and is kept as it was', async () => {
    const asterisk = plainAsterisk()
    const before = asterisk.content()
    const { out } = await asterisk.pbxConfig([...IP, '--write'])
    for (const name of ['pjsip', 'extensions', 'ari', 'http']) {
      const include = `\n; Punchline, the phone time clock\n#include punchline/${name}_punchline.conf\n`
      expect(asterisk.read(`${name}.conf`)).toBe(`${before[`${name}.conf`]}${include}`)
    }
    const backup = /What was there before is in (\S+)/.exec(out)?.[1] ?? ''
    expect(filesIn(backup)).toEqual(['ari.conf', 'extensions.conf', 'http.conf', 'pjsip.conf'])
    for (const name of filesIn(backup)) expect(readFileSync(join(backup, name), 'utf8')).toBe(before[name])
    expect(asterisk.read('punchline/extensions_punchline.conf')).toBe(
      readFileSync('asterisk-config/extensions_punchline.conf', 'utf8'),
    )
  })

  it('it says how Asterisk takes it, what Punchline needs to know, and how to check', async () => {
    const { out } = await plainAsterisk().pbxConfig([...IP, '--write'])
    expect(out).toMatch(
      / {2}1\. .*asterisk -rx "core reload"\n {2}2\. .*ARI_URL=http:\/\/127\.0\.0\.1:18088\n {2}3\. .*DIAL_IN_NUMBER=15550100\n {2}4\. .*punchline doctor\n$/,
    )
  })

  it.each([
    ['ip', IP],
    ['registration', REGISTRATION],
    ['existing', EXISTING],
  ])('a second run finds nothing to change: %s', async (_, args) => {
    const asterisk = plainAsterisk()
    const all = [...args, ...(args === REGISTRATION ? passwordIn(asterisk, PASSWORD) : []), '--write']
    await asterisk.pbxConfig(all)
    const before = asterisk.content()
    const { out, refusal } = await asterisk.pbxConfig(all)
    expect([out, refusal]).toEqual([expect.stringContaining('All of it is there already: nothing to change.\n'), null])
    expect(asterisk.content()).toEqual(before)
    expect(readdirSync(join(asterisk.etc, 'punchline-backup'))).toHaveLength(1)
  })

  it('other answers change what it wrote, and nothing else', async () => {
    const asterisk = plainAsterisk()
    await asterisk.pbxConfig([...IP, '--write'])
    const before = asterisk.content()
    await asterisk.pbxConfig([...IP, '--address', '203.0.113.11', '--codecs', 'alaw', '--write'])
    const after = asterisk.content()
    expect(Object.keys(after).filter(name => after[name] !== before[name])).toEqual(['punchline-site/pjsip.conf'])
    expect(after['punchline-site/pjsip.conf']).toContain('match = 203.0.113.10\nmatch = 203.0.113.11\n')
    expect(after['punchline-site/pjsip.conf']).toContain('disallow = all\nallow = alaw\n')
  })

  it('a file that lacks [general], or is not there, gets what its include needs', async () => {
    const asterisk = plainAsterisk({ 'http.conf': '' })
    asterisk.write('ari.conf', '; nothing')
    await asterisk.pbxConfig([...IP, '--write'])
    expect(asterisk.read('http.conf')).toMatch(/\n\[general\]\n#include punchline\/http_punchline\.conf\n$/)
    expect(asterisk.read('ari.conf')).toMatch(
      /^; nothing\n\n.*\n\[general\]\n#include punchline\/ari_punchline\.conf\n$/,
    )
  })

  it('an include in another form counts as there', async () => {
    const asterisk = plainAsterisk()
    const line = `#include "${asterisk.etc}/punchline/extensions_punchline.conf"\n`
    asterisk.write('extensions.conf', line)
    await asterisk.pbxConfig([...IP, '--write'])
    expect(asterisk.read('extensions.conf')).toBe(line)
  })

  it('what the company wrote into punchline-site stays, and it says so', async () => {
    const asterisk = plainAsterisk()
    asterisk.write(
      'punchline-site/pjsip.conf',
      '[punchline-provider-addresses](punchline-provider)\nmatch = 198.51.100.7\n',
    )
    const { out } = await asterisk.pbxConfig([...IP, '--write'])
    expect(out).toContain(
      `Note: ${asterisk.etc}/punchline-site/pjsip.conf is your own, or changed by you, and stays as it is.`,
    )
    expect(asterisk.read('punchline-site/pjsip.conf')).toContain('198.51.100.7')
  })

  it('what it wrote itself is the company’s once somebody has changed it', async () => {
    const asterisk = plainAsterisk()
    await asterisk.pbxConfig([...IP, '--write'])
    const changed = `${asterisk.read('punchline-site/pjsip.conf')}\n[punchline-trunk](+)\ncontext = punchline-told\n`
    asterisk.write('punchline-site/pjsip.conf', changed)
    await asterisk.pbxConfig([...IP, '--address', '203.0.113.11', '--write'])
    expect(asterisk.read('punchline-site/pjsip.conf')).toBe(changed)
  })

  it('an HTTP server that is on already stays as it is', async () => {
    const http = '[general]\nenabled = yes\nbindaddr = 0.0.0.0\n'
    const asterisk = plainAsterisk({ 'http.conf': http })
    const { out } = await asterisk.pbxConfig([...IP, '--write'])
    expect(asterisk.read('http.conf')).toBe(http)
    expect(out).toContain("Note: Asterisk's HTTP server is on already and stays as it is.")
    expect(out).toContain('ARI_URL=http://127.0.0.1:8088\n')
  })

  it('a PBX that speaks no SIP yet gets a transport, and keeps it', async () => {
    const asterisk = plainAsterisk({ 'pjsip.conf': '[global]\ntype = global\n' })
    await asterisk.pbxConfig([...IP, '--bind', '0.0.0.0:5998', '--write'])
    expect(asterisk.read('punchline-site/pjsip.conf')).toContain(
      '[punchline-transport]\ntype = transport\nprotocol = udp\nbind = 0.0.0.0:5998\n',
    )
    expect((await asterisk.pbxConfig([...IP, '--bind', '0.0.0.0:5998'])).out).toContain('nothing to change')
  })

  it('a trunk that the company has gets a line for the number, with a plus sign and without', async () => {
    const asterisk = plainAsterisk()
    await asterisk.pbxConfig([...EXISTING, '--write'])
    expect(asterisk.read('punchline-site/extensions.conf')).toMatch(
      /\n\[from-provider\]\nexten => 15550100,1,Goto\(punchline,s,1\)\nexten => \+15550100,1,Goto\(punchline,s,1\)\n$/,
    )
    expect(asterisk.read('extensions.conf')).toMatch(
      /#include punchline\/extensions_punchline\.conf\n#include punchline-site\/extensions\.conf\n$/,
    )
    expect(asterisk.read('pjsip.conf')).not.toContain('punchline')
  })

  it('a file that is a link is written where it is, and the link stays', async () => {
    const asterisk = plainAsterisk()
    const target = join(asterisk.data, 'extensions.conf')
    renameSync(join(asterisk.etc, 'extensions.conf'), target)
    symlinkSync(target, join(asterisk.etc, 'extensions.conf'))
    await asterisk.pbxConfig([...IP, '--write'])
    expect(readlinkSync(join(asterisk.etc, 'extensions.conf'))).toBe(target)
    expect(readFileSync(target, 'utf8')).toContain('#include punchline/extensions_punchline.conf\n')
  })
})

describe('secrets', () => {
  it('are in files of mode 0640, and in nothing that is printed', async () => {
    const asterisk = plainAsterisk()
    const { out, err } = await asterisk.command([...REGISTRATION, '--write'], { input: `${PASSWORD}\n` })
    expect(asterisk.read('punchline-site/pjsip.conf')).toContain('password = correct\\;horse battery\n')
    expect(modeOf(asterisk, 'punchline-site/pjsip.conf')).toBe('640')
    expect(modeOf(asterisk, 'punchline-site/ari.conf')).toBe('640')
    expect(out + err).not.toContain('horse')
    expect(out).toContain('+password = (not shown)\n')
    expect(out).not.toMatch(/\$6\$/)
  })

  it('that change are seen to change', async () => {
    const asterisk = plainAsterisk()
    await asterisk.pbxConfig([...REGISTRATION, ...passwordIn(asterisk, PASSWORD), '--write'])
    const { out } = await asterisk.pbxConfig([...REGISTRATION, ...passwordIn(asterisk, 'another horse'), '--write'])
    expect(out).toContain('-password = (not shown)\n+password = (another, not shown)\n')
    expect(out).not.toContain('horse')
    const backups = filesIn(join(asterisk.etc, 'punchline-backup')).filter(name => name.endsWith('site/pjsip.conf'))
    for (const name of backups) expect(modeOf(asterisk, `punchline-backup/${name}`)).toBe('600')
    expect(backups).toHaveLength(1)
  })

  it('of the company, in the lines around an include, are not shown either', async () => {
    const desk = '[desk]\ntype = auth\nusername = desk\npassword = desk-secret\n'
    const { out } = await plainAsterisk({ 'pjsip.conf': desk }).pbxConfig(IP)
    expect(out).toContain('\n password = (not shown)\n')
    expect(out).not.toContain('desk-secret')
  })

  it('that are in no file, or in one that is not there, are missed in a sentence', async () => {
    const asterisk = plainAsterisk()
    const gone = join(asterisk.data, 'gone')
    expect((await asterisk.pbxConfig([...REGISTRATION, '--password-file', gone])).refusal).toMatch(
      /data\/gone can't be read: ENOENT/,
    )
    expect((await asterisk.command(REGISTRATION)).err).toBe("The provider's password is empty.\n")
  })

  it('of ARI are made at random once, for Punchline’s user alone, and Asterisk gets the hash', async () => {
    const asterisk = plainAsterisk()
    await asterisk.pbxConfig([...IP, '--write'])
    const file = join(asterisk.data, 'ari-password')
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(asterisk.read('punchline-site/ari.conf')).toMatch(
      /\n\[punchline\]\(punchline-ari-user\)\npassword = \$6\$rounds=1000\$punchline\$\S+\n$/,
    )
  })
})

describe('on FreePBX', () => {
  it('the files that FreePBX generates are never touched, the ones that it leaves to the company get an include', async () => {
    const pbx = freePbx()
    const before = pbx.content()
    const { out } = await pbx.pbxConfig(['--trunk', 'existing', '--did', '15550100', '--write'])
    expect(out).toContain(`FreePBX 20.9.3 in ${pbx.etc}\n`)
    expect(out).toMatch(/ {2}1\. .*fwconsole reload\n/)
    const after = pbx.content()
    const changed = Object.keys(before).filter(name => before[name] !== after[name])
    expect(changed).toEqual(['ari_additional_custom.conf', 'extensions_custom.conf', 'http_custom.conf'])
    for (const name of changed) expect(after[name]?.startsWith(before[name] ?? '')).toBe(true)
    expect(after['punchline-site/extensions.conf']).toContain(
      '[from-pstn-custom]\nexten => 15550100,1,Goto(punchline,s,1)\n',
    )
  })

  it('without a number it leaves the way there to FreePBX’s inbound routes, and says so', async () => {
    const pbx = freePbx()
    const { out } = await pbx.pbxConfig(['--trunk', 'existing', '--write'])
    expect(out).toContain('Lead the clock’s number to punchline,s,1\n')
    expect(pbx.content()).not.toHaveProperty('punchline-site/extensions.conf')
  })

  it('a trunk of the clock’s own goes into pjsip_custom.conf', async () => {
    const pbx = freePbx()
    await pbx.pbxConfig([...IP, '--write'])
    expect(pbx.read('pjsip_custom.conf')).toMatch(/^\n; .*\n#include punchline\/pjsip_punchline\.conf\n$/)
    expect(pbx.read('punchline-site/pjsip.conf')).not.toContain('type = transport')
  })
})
