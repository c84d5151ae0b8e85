/** Makes a checkout a service of its machine, and ends that. The Debian package does the same by itself. */
import { existsSync, realpathSync } from 'node:fs'
import { constants, copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFromPackage } from './debian-package.js'
import { ServiceRefused } from './refused.js'
import { refuseOthersThanRoot } from './root.js'
import { ask, succeeds } from './run.js'
import { disableService, enableService, forgetService, SERVICE } from './systemd.js'
import { commandFor, unitFor } from './unit.js'

const FILES = fileURLToPath(new URL('../../service', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../cli.js', import.meta.url))

const UNIT = `/etc/systemd/system/${SERVICE}`
const COMMAND = '/usr/local/bin/punchline'
const SETTINGS = '/etc/punchline/punchline.env'

/** Where the service looks for Node, and what it doesn't see. */
const NODE_AT = ['/usr/local/bin/node', '/usr/bin/node']
const HIDDEN = ['/home/', '/root/', '/run/user/', '/tmp/', '/var/tmp/']

/** Installs the service and starts it; what is there of settings, secrets and data stays. Gives what to tell IT. @throws ServiceRefused */
export async function installService(): Promise<string> {
  refuseOthersThanRoot()
  await refuseUnfit()
  await ask(join(FILES, 'prepare'))
  await writeFile(COMMAND, commandFor(PROGRAM, await readFile(join(FILES, 'punchline'), 'utf8')), { mode: 0o755 })
  await writeFile(UNIT, unitFor(COMMAND, await readFile(join(FILES, SERVICE), 'utf8')))
  await copyFile(join(FILES, 'punchline.env'), SETTINGS, constants.COPYFILE_EXCL).catch(unlessThere)
  await enableService()
  return [
    `Punchline is a service of this machine: systemctl status ${SERVICE}`,
    `  Settings   ${SETTINGS}, then systemctl restart punchline`,
    '  Secrets    /etc/punchline/credentials; the ARI user’s password is made already',
    '  Data       /var/lib/punchline/data',
    '  Log        journalctl -u punchline',
    '  Next       sudo punchline doctor',
  ].join('\n')
}

/** Ends the service. Settings, secrets, data and their user stay. @throws ServiceRefused */
export async function uninstallService(): Promise<string> {
  refuseOthersThanRoot()
  if (!existsSync(UNIT))
    throw new ServiceRefused(
      'There is no service that "punchline install" made. The Debian package: apt remove punchline',
    )
  await disableService()
  await rm(UNIT)
  await rm(COMMAND, { force: true })
  await forgetService()
  return 'The service is gone. Data stay in /var/lib/punchline/data, settings and secrets in /etc/punchline.'
}

async function refuseUnfit(): Promise<void> {
  if (await isFromPackage()) {
    throw new ServiceRefused(
      'The Debian package is installed, and brings the service by itself: systemctl status punchline',
    )
  }
  if (!(await succeeds('systemctl', '--version'))) throw new ServiceRefused('This machine has no systemd.')
  const hidden = HIDDEN.find(folder => PROGRAM.startsWith(folder))
  if (hidden) {
    throw new ServiceRefused(
      `${PROGRAM} is in ${hidden}, which the service does not see. Put the checkout elsewhere, such as into /opt.`,
    )
  }
  const node = NODE_AT.find(existsSync)
  if (node === undefined || realpathSync(node) !== realpathSync(process.execPath)) {
    throw new ServiceRefused(
      `The service finds Node in ${NODE_AT.join(' or ')}, and this one is ${process.execPath}. Install Node for the whole machine.`,
    )
  }
  await refuseUnreadable(PROGRAM)
}

/** The service's user is a stranger to the checkout. @throws ServiceRefused */
async function refuseUnreadable(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o005) !== 0o005)
    throw new ServiceRefused(`The service’s user can’t read ${path}. Run: chmod o+rx ${path}`)
  if (path !== '/') await refuseUnreadable(dirname(path))
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}
