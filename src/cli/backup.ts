/** `punchline backup` and `punchline restore`. */
import { constants, setPriority } from 'node:os'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { asOwnerOf, handOver, ownerOf } from '../as-owner.js'
import { makeBackup } from '../backup/making.js'
import { restoreBackup } from '../backup/restoring.js'
import type { Config } from '../config.js'

/** What is lost without each key. */
const WITHOUT: Readonly<Record<string, string>> = {
  'pin.key': 'without it no PIN works, and Punchline does not start (if it is lost: --without-pins)',
  'link.key': 'without it setup links that are out are dead, and webhooks need new secrets',
  'totp.key': 'without it second factors work no more: punchline admin end-second-factor',
  'session.key': 'without it everybody signs in anew',
}

export function backupCommands(program: Command, config: () => Config): void {
  program
    .command('backup [directory]')
    .description(
      'back database and recordings up, also while calls run, into a new directory in this one or BACKUP_DIR',
    )
    .option('--with-keys', 'also the keys: whoever has such a backup can find out PINs')
    .action(async (directory: string | undefined, options: { withKeys?: true }) => {
      const { dataDirectory, backup } = config()
      // Calls that run meanwhile come first.
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
      const to = directory === undefined ? backup.directory : resolve(directory)
      const make = () =>
        makeBackup({ dataDirectory, directory: to, keep: backup.keep, withKeys: options.withKeys === true })
      // The nightly ones link and remove what is there. Elsewhere root alone may be able to write.
      const made = await (ownerOf(to).uid === ownerOf(dataDirectory).uid ? asOwnerOf(to, make) : make())
      console.log(`${made.place} is whole: the database and ${made.recordings} recordings, ${made.bytes} bytes.`)
      for (const recording of made.lost) console.error(`The recording ${recording} was not there to be copied.`)
    })
  program
    .command('restore <backup>')
    .description('restore such a directory into DATA_DIR, which must have no data yet')
    .option('--without-pins', 'end all PINs, because pin.key is lost: everybody needs a setup link or a PIN anew')
    .action(async (backup: string, options: { withoutPins?: true }) => {
      const { dataDirectory } = config()
      const withoutPins = options.withoutPins === true
      const { label, recordings, missingKeys, endedPins } = await restoreBackup(resolve(backup), dataDirectory, {
        withoutPins,
      })
      await handOver(dataDirectory)
      const of = new Date(label.at).toISOString()
      console.log(`${dataDirectory} has the database of ${of} and ${recordings} recordings.`)
      if (endedPins !== null) console.log(`${endedPins} PINs were ended.`)
      const needed = missingKeys.filter(key => key !== 'pin.key' || endedPins === null)
      if (needed.length === 0) return
      console.log('Put these keys there before Punchline is started:')
      for (const key of needed) console.log(`  ${key}: ${WITHOUT[key]}`)
    })
}
