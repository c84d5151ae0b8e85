/** Opens what a data directory holds, for the process that runs and for single commands alike. */
import { asOwnerOf } from './as-owner.js'
import type { Config } from './config.js'
import { type Database, openDatabase } from './store/database.js'
import { hashingOn } from './store/hash-cost.js'
import { hashAtMost, loadPinKey, type PinKey } from './store/hashing.js'
import { costOfPins, pinsOfOtherKeys } from './store/pins.js'
import { loadSecondFactorKey, type SecondFactorKey } from './store/second-factors.js'
import { type LinkKey, loadLinkKey } from './store/setup-links.js'
import { sayFault } from './store/store-fault.js'

/** Punchline can't start. The message says why and what to do. */
export class StartRefused extends Error {}

export interface OpenStore {
  readonly db: Database
  readonly pinKey: PinKey
  readonly linkKey: LinkKey
  readonly secondFactorKey: SecondFactorKey
}

/** The database and the keys of its PINs, setup links and second factors, which belong together. What it makes is the data's owner's. */
export function openStore(config: Config): Promise<OpenStore> {
  return asOwnerOf(config.dataDirectory, () => open(config))
}

async function open(config: Config): Promise<OpenStore> {
  const db = await openDatabase(config.dataDirectory)
  try {
    const { cost, atOnce } = await hashingOn(config.dataDirectory)
    hashAtMost(atOnce)
    const pinKey = loadPinKey(config.dataDirectory, (await costOfPins(db)) ?? cost)
    const foreign = await pinsOfOtherKeys(db, pinKey)
    if (foreign > 0) {
      throw new StartRefused(
        `${foreign} PINs were made with another key than ${config.dataDirectory}/pin.key. Restore the key that belongs to this database.`,
      )
    }
    return {
      db,
      pinKey,
      linkKey: loadLinkKey(config.dataDirectory),
      secondFactorKey: loadSecondFactorKey(config.dataDirectory),
    }
  } catch (error) {
    await db.destroy()
    throw refused(error)
  }
}

/** What stops a start is said by whatever it stopped at, in a sentence. */
export function refused(error: unknown): StartRefused {
  return error instanceof StartRefused ? error : new StartRefused(sayFault(error))
}
