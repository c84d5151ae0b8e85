/** The service, as systemd runs it. Where systemd does not run, as in a container, there is nothing to start or stop. */
import { existsSync } from 'node:fs'
import { ask, show, succeeds } from './run.js'

export const SERVICE = 'punchline.service'

/** As sd_booted(3) has it. */
const isBooted = () => existsSync('/run/systemd/system')

export async function stopService(): Promise<void> {
  if (isBooted()) await show('systemctl', 'stop', SERVICE)
}

/** Settles when it is ready. @throws ServiceRefused when it does not start */
export async function startService(): Promise<void> {
  if (isBooted()) await show('systemctl', 'start', SERVICE)
}

export async function hasFailed(): Promise<boolean> {
  return isBooted() && !(await succeeds('systemctl', 'is-active', '--quiet', SERVICE))
}

/** Has it run, as its unit is now, and from each boot on. */
export async function enableService(): Promise<void> {
  await show('systemctl', 'enable', SERVICE)
  if (!isBooted()) return
  await ask('systemctl', 'daemon-reload')
  await show('systemctl', 'restart', SERVICE)
}

export async function disableService(): Promise<void> {
  await stopService()
  await show('systemctl', 'disable', SERVICE)
}

/** Has systemd forget a unit that is gone. */
export async function forgetService(): Promise<void> {
  if (isBooted()) await ask('systemctl', 'daemon-reload')
}
