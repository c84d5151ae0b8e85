/** What is on the PBX: read, never changed. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type ConfFile, type ReadFiles, readSections, type Section } from './conf.js'
import type { Distribution } from './layout.js'
import { PbxConfigRefused } from './refused.js'
import { programOnUdp } from './udp.js'

export interface Found {
  /** Asterisk's directory of configuration, such as /etc/asterisk. */
  readonly etc: string
  readonly distribution: Distribution
  /** As Asterisk says it, such as 22.10.1; null when there is no Asterisk on the path to ask. */
  readonly version: string | null
  /** The files of its modules; null when they weren't found. */
  readonly modules: ReadonlySet<string> | null
  /** Where its sounds are, such as /usr/share/asterisk/sounds. */
  readonly sounds: string
  /** Whom new files belong to. */
  readonly owner: Owner
  readonly soundsOwner: Owner
  readonly ari: readonly Section[]
  readonly pjsip: readonly Section[]
  readonly wizard: readonly Section[]
  readonly http: readonly Section[]
  readonly extensions: readonly Section[]
  readonly modulesConf: readonly Section[]
  /** Which program listens on a UDP port: its name, or '' when that can't be seen; null: none. */
  readonly programOnUdp: (port: number) => string | null
  /** A file's content, by its whole path; null when it isn't there. */
  readonly read: (path: string) => Buffer | null
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Where distributions and Asterisk's own make files put what asterisk.conf doesn't name. */
const DATA_DIRECTORIES = ['/usr/share/asterisk', '/var/lib/asterisk']
const MODULE_DIRECTORIES = ['/usr/lib/asterisk/modules', '/usr/lib64/asterisk/modules']

/** @throws PbxConfigRefused when there is no Asterisk in that directory */
export async function lookAt(etc: string): Promise<Found> {
  const asteriskConf = readIfThere(join(etc, 'asterisk.conf'))
  if (!asteriskConf) {
    throw new PbxConfigRefused(
      `There is no Asterisk in ${etc}: no asterisk.conf that can be read. Name its directory with --etc, and run this as root.`,
    )
  }
  const named = (name: string) => new RegExp(`^\\s*${name}\\s*=>?\\s*(\\S+)`, 'm').exec(asteriskConf.toString())?.[1]
  const sections = (file: string) => readSections(file, filesIn(etc))
  const sounds = join(existing([named('astdatadir') ?? DATA_DIRECTORIES].flat()), 'sounds')
  return {
    etc,
    distribution: distributionIn(etc),
    version: await askVersion(),
    modules: namesIn([named('astmoddir') ?? MODULE_DIRECTORIES].flat()),
    sounds,
    owner: ownerIn(etc),
    soundsOwner: statSync(dirname(sounds)),
    ari: sections('ari.conf'),
    pjsip: sections('pjsip.conf'),
    wizard: sections('pjsip_wizard.conf'),
    http: sections('http.conf'),
    extensions: sections('extensions.conf'),
    modulesConf: sections('modules.conf'),
    programOnUdp,
    read: readIfThere,
  }
}

function distributionIn(etc: string): Distribution {
  const files = ['extensions.conf', 'pjsip.conf'].map(file => readIfThere(join(etc, file))?.toString() ?? '')
  const isFreePbx =
    readIfThere(join(etc, 'extensions_additional.conf')) !== null || files.some(text => /by FreePBX/i.test(text))
  return isFreePbx ? 'freepbx' : 'plain'
}

async function askVersion(): Promise<string | null> {
  const said = await promisify(execFile)('asterisk', ['-V']).catch(() => null)
  return said && (/^Asterisk (\S+)/.exec(said.stdout)?.[1]?.replace(/^certified[/-]/, '') ?? null)
}

/** That of asterisk.conf; where root has the files, Asterisk's group, under which it then runs. */
function ownerIn(etc: string): Owner {
  const { uid, gid } = statSync(join(etc, 'asterisk.conf'))
  const group = /^asterisk:[^:]*:(\d+):/m.exec(readIfThere('/etc/group')?.toString() ?? '')?.[1]
  return { uid, gid: gid === 0 && group !== undefined ? Number(group) : gid }
}

function filesIn(etc: string): ReadFiles {
  return pattern => {
    // Asterisk takes a name without a directory as one in its own.
    const path = pattern.startsWith('/') ? pattern : join(etc, pattern)
    return namesLike(path).flatMap((name): ConfFile[] => {
      const text = readIfThere(name)?.toString()
      return text === undefined ? [] : [{ name, text }]
    })
  }
}

/** Only the last part may have a `*`, which is what is found in practice. */
function namesLike(path: string): string[] {
  if (!path.includes('*')) return [path]
  const like = new RegExp(
    `^${basename(path)
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')}$`,
  )
  return [...(namesIn([dirname(path)]) ?? [])]
    .filter(name => like.test(name))
    .map(name => join(dirname(path), name))
    .sort()
}

function namesIn(directories: readonly string[]): ReadonlySet<string> | null {
  const directory = directories.find(isDirectory)
  return directory === undefined ? null : new Set(readdirSync(directory))
}

function existing(directories: readonly string[]): string {
  const directory = directories.find(isDirectory)
  if (directory !== undefined) return directory
  throw new PbxConfigRefused(
    `Asterisk's data are not where they were looked for: ${directories.join(', ')}. Set astdatadir in asterisk.conf.`,
  )
}

function isDirectory(path: string): boolean {
  const found: Stats | undefined = statSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new PbxConfigRefused(`${path} can't be read. Run this as root.`)
    }
    return null
  }
}
