/** What Asterisk has on disk, as small as it can be, in a directory of its own; and the command on it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { onTestFinished } from 'vitest'
import { pbxConfigCommand } from '../../../src/cli/pbx-config.js'
import { readConfig } from '../../../src/config.js'
import { filesIn } from '../../support/files.js'

export interface AsteriskDirectory {
  readonly etc: string
  readonly sounds: string
  readonly modules: string
  readonly data: string
  read(name: string): string
  write(name: string, text: string): void
  /** All files of its configuration with their content, but for backups. */
  content(): Record<string, string>
  /** What `punchline pbx-config` prints on it, and the sentence with which it refuses; null: it doesn't. */
  pbxConfig(args: readonly string[]): Promise<{ out: string; refusal: string | null }>
  /** All that the terminal shows where it is run without options, each question being answered once it is there. */
  atTerminal(answers: readonly (readonly [question: string, answer: string])[]): Promise<string>
  /** The same as a process of its own, without a terminal. */
  command(
    args: readonly string[],
    options?: { input?: string; uid?: number },
  ): Promise<{ out: string; err: string; exit: number | null }>
}

const PLAIN: Readonly<Record<string, string>> = {
  'pjsip.conf': '[global]\ntype = global\n\n[transport]\ntype = transport\nprotocol = udp\nbind = 0.0.0.0:5999\n',
  'extensions.conf': '[general]\n\n[from-provider]\nexten => 15550111,1,Hangup()\n',
  'ari.conf': '[general]\nenabled = yes\n',
  'http.conf': '[general]\nbindaddr = 127.0.0.1\nbindport = 18088\n',
  'modules.conf': '[modules]\nautoload = yes\n',
}
const FOR_REGISTRATION = ['res_pjsip_outbound_registration.so', 'res_pjsip_outbound_authenticator_digest.so']

export function plainAsterisk(files: Readonly<Record<string, string>> = {}, version = '22.10.1'): AsteriskDirectory {
  return makeAsterisk(etc => {
    for (const [name, text] of Object.entries({ ...PLAIN, ...files })) writeFileSync(join(etc, name), text)
  }, version)
}

export function freePbx(): AsteriskDirectory {
  return makeAsterisk(etc => {
    cpSync('tests/calls/freepbx', etc, { recursive: true })
    rmSync(join(etc, 'README.md'))
    writeFileSync(join(etc, 'modules.conf'), '[modules]\nautoload = yes\n')
  }, '20.9.3')
}

function makeAsterisk(fill: (etc: string) => void, version: string): AsteriskDirectory {
  const root = mkdtempSync(join(tmpdir(), 'punchline-asterisk-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const made = (name: string) => {
    mkdirSync(join(root, name), { recursive: true })
    return join(root, name)
  }
  const etc = made('etc')
  const modules = made('modules')
  const data = made('data')
  const bin = made('bin')
  const sounds = made('asterisk/sounds')
  fill(etc)
  writeFileSync(
    join(etc, 'asterisk.conf'),
    `[directories](!)\nastetcdir => ${etc}\nastmoddir => ${modules}\nastdatadir => ${join(root, 'asterisk')}\n`,
  )
  const needed = readFileSync('asterisk-config/modules_punchline.conf', 'utf8').matchAll(/^load = (\S+)$/gm)
  for (const name of [...Array.from(needed, ([, module = '']) => module), ...FOR_REGISTRATION]) {
    writeFileSync(join(modules, name), '')
  }
  writeFileSync(join(bin, 'asterisk'), `#!/bin/sh\necho "Asterisk ${version}"\n`)
  chmodSync(join(bin, 'asterisk'), 0o755)
  return {
    etc,
    sounds,
    modules,
    data,
    read: name => readFileSync(join(etc, name), 'utf8'),
    write: (name, text) => {
      mkdirSync(join(etc, name, '..'), { recursive: true })
      writeFileSync(join(etc, name), text)
    },
    content: () =>
      Object.fromEntries(
        filesIn(etc)
          .filter(name => !name.startsWith('punchline-backup/'))
          .map(name => [name, readFileSync(join(etc, name), 'utf8')]),
      ),
    async pbxConfig(args) {
      const out: string[] = []
      const program = new Command().exitOverride()
      pbxConfigCommand(
        program,
        () => readConfig({ DATA_DIR: data }),
        line => out.push(`${line}\n`),
      )
      const path = process.env.PATH
      process.env.PATH = `${bin}:${path}`
      try {
        await program.parseAsync(['pbx-config', '--etc', etc, ...args], { from: 'user' })
        return { out: out.join(''), refusal: null }
      } catch (error) {
        return { out: out.join(''), refusal: error instanceof Error ? error.message : String(error) }
      } finally {
        process.env.PATH = path
      }
    },
    async atTerminal(answers) {
      const command = `node ${resolve('dist/cli.js')} pbx-config --etc ${etc}`
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        env: { PATH: `${bin}:${process.env.PATH}`, DATA_DIR: data },
      })
      const left = [...answers]
      let shown = ''
      let since = 0
      child.stdout.on('data', text => {
        shown += text
        const next = left[0]
        if (!next || !shown.includes(`${next[0]}: `, since)) return
        left.shift()
        since = shown.length
        child.stdin.write(`${next[1]}\n`)
      })
      await once(child, 'close')
      return shown
    },
    async command(args, { input = '', uid } = {}) {
      const child = spawn('node', [resolve('dist/cli.js'), 'pbx-config', '--etc', etc, ...args], {
        env: { PATH: `${bin}:${process.env.PATH}`, DATA_DIR: data },
        ...(uid !== undefined && { uid, gid: uid }),
      })
      let out = ''
      let err = ''
      child.stdout.on('data', text => (out += text))
      child.stderr.on('data', text => (err += text))
      child.stdin.end(input)
      const [exit] = await once(child, 'close')
      return { out, err, exit }
    },
  }
}
