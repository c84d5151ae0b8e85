/** Another version in place of the one that is installed: a newer one, or the one before. */
import { asOwnerOf } from '../as-owner.js'
import { findWayBack, goBack, type WayBack } from '../backup/way-back.js'
import {
  earlierPackage,
  forgetEarlier,
  install,
  installedVersion,
  isNewer,
  migrationsIn,
  packInstalled,
  versionOf,
} from './debian-package.js'
import { ServiceRefused } from './refused.js'
import { refuseOthersThanRoot } from './root.js'
import { hasFailed, startService, stopService } from './systemd.js'

/** Installs the version in a package, and keeps the one before. Gives what to tell IT. @throws ServiceRefused */
export async function upgrade(file: string): Promise<string> {
  refuseOthersThanRoot()
  const before = await installedVersion()
  const after = await versionOf(file)
  if (after === before) throw new ServiceRefused(`${before} is installed already.`)
  if (!(await isNewer(after, before))) {
    throw new ServiceRefused(`${after} is older than ${before}, which is installed. To go back: punchline roll-back`)
  }
  const keep = await packInstalled()
  await install(file)
  await keep()
  if (await hasFailed()) {
    throw new ServiceRefused(
      `${after} is installed and does not run. The log says why: journalctl -u punchline -n 50. To go back to ${before}: punchline roll-back`,
    )
  }
  return `${after} is installed. To go back to ${before}: punchline roll-back`
}

/**
 * Goes back to the version before the upgrade. Where it can't read the database it gets its copy from before the upgrade; what
 * came since is lost to it then, which has to be `isAccepted`. Gives what to tell IT. @throws ServiceRefused, BackupRefused
 */
export async function rollBack(dataDirectory: string, isAccepted: boolean): Promise<string> {
  refuseOthersThanRoot()
  const after = await installedVersion()
  const file = await earlierPackage()
  const before = await versionOf(file)
  const known = await migrationsIn(file)
  const find = async () => {
    const way = await asOwnerOf(dataDirectory, () => findWayBack(dataDirectory, known))
    if (way && !isAccepted) refuseLoss(before, way)
    return way
  }
  await find()
  await stopService()
  try {
    // Calls may have come until now.
    const way = await find()
    const kept = way && (await replacing(dataDirectory, way, () => install(file)))
    if (!way) await install(file)
    await forgetEarlier()
    const back = `${before} is installed again in place of ${after}.`
    return kept ? `${back} The database that it can't read is kept in ${kept}.` : back
  } finally {
    await startService()
  }
}

/** Has the database replaced while the work is done, and for good if it succeeds; gives where the other is kept. */
async function replacing(dataDirectory: string, { copy }: WayBack, work: () => Promise<void>): Promise<string> {
  const { kept, undo } = await asOwnerOf(dataDirectory, () => goBack(dataDirectory, copy))
  try {
    await work()
    return kept
  } catch (error) {
    await asOwnerOf(dataDirectory, undo)
    throw error
  }
}

function refuseLoss(version: string, { copy, lost: { calls, punches, changes } }: WayBack): void {
  if (calls + punches + changes === 0) return
  throw new ServiceRefused(
    [
      `${version} can't read the database as it is now. It would get ${copy}, from before the upgrade.`,
      `What came since is not in it: ${calls} calls, ${punches} punches, ${changes} changes by people.`,
      'To go back without them (the database with them is kept): punchline roll-back --without-what-came-since',
    ].join('\n'),
  )
}
