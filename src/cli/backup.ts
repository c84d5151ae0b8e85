/** `punchline backup` and `punchline restore`. */
import { constants, setPriority } from 'node:os'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { makeBackup } from '../backup/making.js'
import { restoreBackup } from '../backup/restoring.js'
import type { Config } from '../config.js'

/** What is lost without each key. */
const WITHOUT: Readonly<Record<string, string>> = {
  'pin.key': 'without it no PIN works, and Punchline does not start',
  'link.key': 'without it setup links that are out are dead, and webhooks need new secrets',
  'totp.key': 'without it second factors have to be set up anew',
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
      const made = await makeBackup({
        dataDirectory,
        directory: directory === undefined ? backup.directory : resolve(directory),
        keep: backup.keep,
        withKeys: options.withKeys === true,
      })
      console.log(`${made.place} is whole: the database and ${made.recordings} recordings, ${made.bytes} bytes.`)
      for (const recording of made.lost) console.error(`The recording ${recording} was not there to be copied.`)
    })
  program
    .command('restore <backup>')
    .description('restore such a directory into DATA_DIR, which must have no data yet')
    .action(async (backup: string) => {
      const { dataDirectory } = config()
      const { label, recordings, missingKeys } = await restoreBackup(resolve(backup), dataDirectory)
      const of = new Date(label.at).toISOString()
      console.log(`${dataDirectory} has the database of ${of} and ${recordings} recordings.`)
      if (missingKeys.length === 0) return
      console.log('Put these keys there before Punchline is started:')
      for (const key of missingKeys) console.log(`  ${key}: ${WITHOUT[key]}`)
    })
}
