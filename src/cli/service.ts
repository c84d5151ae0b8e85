/** `punchline install`, `uninstall`, `upgrade` and `roll-back`: Punchline as a service of its machine. */
import type { Command } from 'commander'
import type { Config } from '../config.js'

export function serviceCommands(program: Command, config: () => Config): void {
  program
    .command('install')
    .description('make this checkout a service of the machine (systemd), with a user of its own, and start it; as root')
    .action(async () => {
      const { installService } = await import('../service/installing.js')
      console.log(await installService())
    })
  program
    .command('uninstall')
    .description('end that service; data, settings and secrets stay')
    .action(async () => {
      const { uninstallService } = await import('../service/installing.js')
      console.log(await uninstallService())
    })
  program
    .command('upgrade <package>')
    .description('install the newer version in a Debian package; the one before is kept for a roll-back')
    .action(async (file: string) => {
      // All of it at once: the files that it is read from are replaced meanwhile.
      const { upgrade } = await import('../service/upgrading.js')
      console.log(await upgrade(file))
    })
  program
    .command('roll-back')
    .description(
      'go back to the version before the upgrade, and to its database where it can’t read the one that is there',
    )
    .option('--without-what-came-since', 'also when calls, punches and changes since the upgrade are lost to it')
    .action(async (options: { withoutWhatCameSince?: true }) => {
      const { rollBack } = await import('../service/upgrading.js')
      console.log(await rollBack(config().dataDirectory, options.withoutWhatCameSince === true))
    })
}
