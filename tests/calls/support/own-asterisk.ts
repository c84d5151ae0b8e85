/** An Asterisk as a company has it before Punchline comes: with its distribution's files, or in FreePBX's layout. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PORT_BASE } from '../../../scripts/rig/pbx.js'
import { until } from '../../../scripts/rig/until.js'

export interface OwnAsterisk {
  /** Its directory of configuration. */
  readonly etc: string
  readonly sipAddress: string
  readonly ariPort: number
  /** Where IT sits: Punchline's directory, with its `.env` and its data. */
  readonly directory: string
  /** Runs IT's commands there as a shell does, and gives all that they print; rejects when one fails. */
  shell(commands: string, input?: string): Promise<string>
  stop(): Promise<void>
}

export interface OwnOptions {
  /** Files that stand in place of the distribution's. */
  files?: string
  /** What IT's `npx punchline pbx-config` gets besides, as this Asterisk isn't in /etc/asterisk and on port 5060. */
  options?: string
}

const PUNCHLINE = resolve('dist/cli.js')
/** They listen on ports that are the same for each Asterisk. */
const NOT_LOADED = ['chan_iax2.so', 'chan_unistim.so', 'pbx_dundi.so']

/** Starts one; `etc` can be changed before it is asked to reload. */
export async function startOwnAsterisk({ files, options = '' }: OwnOptions = {}): Promise<OwnAsterisk> {
  const name = `own-${PORT_BASE}`
  const sipAddress = `127.0.0.1:${PORT_BASE + 60}`
  const ariPort = PORT_BASE + 3088
  const there = execFileSync('scripts/asterisk', ['dir', name], { encoding: 'utf8' }).trim()
  // Inside its root, which is / for an installed Asterisk, the directory has this name; and outside by a link.
  const home = there.slice(there.indexOf('/var/lib/punchline-asterisk/'))
  const root = there.slice(0, -home.length)
  rmSync(there, { recursive: true, force: true })
  writeFiles({ root, home, sipAddress, ariPort, files })
  if (root !== '') linkTo(there, home)

  const directory = mkdtempSync(join(tmpdir(), 'punchline-own-'))
  const path = `${writeCommands(directory, { root, home, options })}:${process.env.PATH}`
  const asterisk = spawn('asterisk', ['-U', 'asterisk', '-G', 'asterisk', '-fn'], {
    env: { PATH: path },
    stdio: 'ignore',
  })
  const shell = async (commands: string, input = '') => {
    const child = promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', commands], {
      cwd: directory,
      env: { PATH: path, TIME_ZONE: 'America/New_York' },
    })
    child.child.stdin?.on('error', () => {}).end(input)
    const { stdout, stderr } = await child
    return stdout + stderr
  }
  await until('Asterisk is up', async () => {
    if (asterisk.exitCode !== null) throw new Error('Asterisk did not start')
    return shell('asterisk -rx "core waitfullybooted"').then(
      said => said.includes('fully booted'),
      () => false,
    )
  })
  return {
    etc: join(home, 'etc'),
    sipAddress,
    ariPort,
    directory,
    shell,
    async stop() {
      await end(asterisk)
      rmSync(directory, { recursive: true })
      rmSync(there, { recursive: true })
      if (root !== '') rmSync(home)
    },
  }
}

interface Place {
  readonly root: string
  readonly home: string
}

function writeFiles({
  root,
  home,
  sipAddress,
  ariPort,
  files,
}: Place & { sipAddress: string; ariPort: number; files: string | undefined }): void {
  const there = `${root}${home}`
  const etc = join(there, 'etc')
  for (const part of ['run', 'log', 'db', 'spool/recording', 'keys', 'lib', 'data/sounds', 'cache']) {
    mkdirSync(join(there, part), { recursive: true })
  }
  cpSync(`${root}/etc/asterisk`, etc, { recursive: true })
  const modules = dirname(
    execFileSync('find', [`${root}/usr/lib`, '-name', 'res_pjsip.so', '-print', '-quit'], { encoding: 'utf8' }),
  )
  symlinkSync(relative(there, modules), join(there, 'modules'))
  for (const shared of readdirSync(`${root}/usr/share/asterisk`).filter(part => part !== 'sounds')) {
    symlinkSync(`/usr/share/asterisk/${shared}`, join(there, 'data', shared))
  }
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(etc, file), change(readFileSync(join(etc, file), 'utf8')))
  const directories: Record<string, string> = {
    etc: 'etc',
    mod: 'modules',
    data: 'data',
    agi: 'data/agi-bin',
    run: 'run',
    log: 'log',
  }
  const others = { spool: 'spool', db: 'db', key: 'keys', varlib: 'lib', cache: 'cache' }
  edit('asterisk.conf', text =>
    Object.entries({ ...directories, ...others }).reduce(
      (edited, [name, part]) =>
        edited.replace(new RegExp(`^ast${name}dir =>.*$`, 'm'), `ast${name}dir => ${home}/${part}`),
      text.replace(/^\[directories\]\(!\)/m, '[directories]'),
    ),
  )
  edit('http.conf', text => text.replace(/^bindaddr=.*$/m, `$&\nbindport=${ariPort}`))
  edit('rtp.conf', text =>
    text
      .replace(/^rtpstart=.*$/m, `rtpstart=${PORT_BASE + 11_000}`)
      .replace(/^rtpend=.*$/m, `rtpend=${PORT_BASE + 12_999}`),
  )
  edit('modules.conf', text => `${text}\n${NOT_LOADED.map(module => `noload => ${module}\n`).join('')}`)
  for (const file of files === undefined ? [] : readdirSync(files).filter(name => name.endsWith('.conf'))) {
    const text = readFileSync(join(files ?? '', file), 'utf8')
    writeFileSync(
      join(etc, file),
      text.replaceAll('@SIP_ADDRESS@', sipAddress).replaceAll('@ARI_PORT@', String(ariPort)),
    )
  }
  const inside = root === '' ? [] : ['chroot', root]
  const [command = 'chown', ...rest] = [...inside, 'chown', '-R', '-h', 'asterisk:asterisk', home]
  execFileSync(command, rest)
}

/** The commands that IT types, for this Asterisk; FreePBX's own has a stand-in. */
function writeCommands(directory: string, { root, home, options }: Place & { options: string }): string {
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  const write = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const asterisk =
    root === '' ? execFileSync('which', ['asterisk'], { encoding: 'utf8' }).trim() : `chroot ${root} asterisk`
  write('asterisk', `exec ${asterisk} -C ${home}/etc/asterisk.conf "$@"`)
  write('fwconsole', '[ "$*" = reload ] && exec asterisk -rx "core reload"')
  write(
    'npx',
    `[ "$1" = punchline ] || exit 1
shift
if [ "$1" = pbx-config ]; then shift; set -- pbx-config --etc ${home}/etc ${options} "$@"; fi
exec node ${PUNCHLINE} "$@"`,
  )
  return bin
}

function linkTo(there: string, home: string): void {
  mkdirSync(dirname(home), { recursive: true })
  if (existsSync(home)) rmSync(home)
  symlinkSync(there, home)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
