/** Whether a punch could be written now. */
import type { Database } from '../store/database.js'
import { databaseSize, probeWriting } from '../store/sqlite.js'
import { STORE_FAULTS, type StoreFault, storeFault } from '../store/store-fault.js'
import { inBytes } from './disk.js'
import { type Finding, ok, wrong } from './finding.js'

export type DatabaseFault = StoreFault | 'unknown'

/** With a size when it takes a write. */
export type DatabaseState = { readonly fault: null; readonly bytes: number } | { readonly fault: DatabaseFault }

/** Writes to it. Never rejects; what takes longer than `within` milliseconds counts as locked. */
export async function probeDatabase(db: Database, within: number): Promise<DatabaseState> {
  const late = new Promise<DatabaseState>(resolve => {
    setTimeout(resolve, within, { fault: 'locked' }).unref()
  })
  return Promise.race([probe(db), late])
}

async function probe(db: Database): Promise<DatabaseState> {
  try {
    await probeWriting(db)
    return { fault: null, bytes: await databaseSize(db) }
  } catch (error) {
    return { fault: storeFault(error) ?? 'unknown' }
  }
}

/** `openedAt`: when all of it was checked. */
export function judgeDatabase(state: DatabaseState, openedAt: string): Finding {
  if (state.fault === null) return ok(`Takes writes. ${inBytes(state.bytes)}; found whole at the start, ${openedAt}.`)
  const { finding, remedy } = state.fault === 'unknown' ? UNKNOWN : STORE_FAULTS[state.fault]
  return wrong(`${finding} The PBX keeps calls for the office meanwhile.`, remedy)
}

const UNKNOWN = { finding: 'It does not take writes.', remedy: 'The log says why.' }
