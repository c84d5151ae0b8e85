/** The Debian package of Punchline, as dpkg and apt know it. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ServiceRefused } from './refused.js'
import { ask, show, succeeds } from './run.js'

const NAME = 'punchline'

/** For root alone: what lies there is installed as root. */
const EARLIER = '/var/lib/punchline/earlier-version'

export async function isFromPackage(): Promise<boolean> {
  return (await findInstalled()) !== null
}

/** @throws ServiceRefused when Punchline was not installed from its package */
export async function installedVersion(): Promise<string> {
  const version = await findInstalled()
  if (version !== null) return version
  throw new ServiceRefused(
    'Punchline was not installed from its Debian package. In a checkout: bring the other version there, run "npm ci" and "npm run build", then "systemctl restart punchline".',
  )
}

async function findInstalled(): Promise<string | null> {
  const status = await ask('dpkg', '--status', NAME).catch(() => '')
  return /^Status: .* installed$/m.test(status) ? (/^Version: (.+)$/m.exec(status)?.[1] ?? null) : null
}

/** Of a package's file. @throws ServiceRefused when it is another package, or none */
export async function versionOf(file: string): Promise<string> {
  const name = await ask('dpkg-deb', '--field', file, 'Package')
  if (name !== NAME) throw new ServiceRefused(`${file} is a package of ${name}, not of Punchline.`)
  return ask('dpkg-deb', '--field', file, 'Version')
}

export function isNewer(version: string, than: string): Promise<boolean> {
  return succeeds('dpkg', '--compare-versions', version, 'gt', than)
}

/** Settings that IT changed stay as they are. @throws ServiceRefused */
export function install(file: string): Promise<void> {
  return show(
    'apt-get',
    'install',
    '--yes',
    '--quiet',
    '--allow-downgrades',
    '--option=Dpkg::Options::=--force-confold',
    resolve(file),
  )
}

/** Packs what is installed; gives what keeps it as the earlier version, in place of the one before. @throws ServiceRefused */
export async function packInstalled(): Promise<() => Promise<void>> {
  const unfinished = `${EARLIER}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  // It packs into the working directory.
  await ask('sh', '-c', 'cd "$1" && dpkg-repack --deb-option=-Zgzip --deb-option=-z1 "$2"', 'sh', unfinished, NAME)
  return async () => {
    await rm(EARLIER, { recursive: true, force: true })
    await rename(unfinished, EARLIER)
  }
}

/** The file of the version before this one. @throws ServiceRefused when there is none */
export async function earlierPackage(): Promise<string> {
  const [name] = await readdir(EARLIER).catch(() => [])
  if (name !== undefined) return join(EARLIER, name)
  throw new ServiceRefused(
    'There is no earlier version to go back to: "punchline upgrade" keeps the one that it replaces, once.',
  )
}

export function forgetEarlier(): Promise<void> {
  return rm(EARLIER, { recursive: true, force: true })
}

/** The migrations of the database that the version in a package knows: each is a file in it. */
export async function migrationsIn(file: string): Promise<ReadonlySet<string>> {
  const listing = await ask('dpkg-deb', '--contents', file)
  const names = listing.matchAll(/\/dist\/store\/migrations\/(\d{4}-[\w-]+)\.js$/gm)
  return new Set([...names].flatMap(([, name]) => name ?? []))
}
