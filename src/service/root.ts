/** What changes the machine is root's to do. */
import { ServiceRefused } from './refused.js'

export function refuseOthersThanRoot(): void {
  if (process.getuid?.() !== 0) throw new ServiceRefused('This changes the machine: run it as root, with sudo.')
}
