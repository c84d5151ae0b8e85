/** What keeps the data directory from being read or written, told apart so that it can be said what to do. */
import { sqliteFault } from './sqlite.js'

export type StoreFault = 'disk-full' | 'read-only' | 'disk-failing' | 'locked' | 'damaged'

/** Null: the error is about something else. */
export function storeFault(error: unknown): StoreFault | null {
  return sqliteFault(error) ?? fileFault(error)
}

/** What is wrong, and what to do about it. */
export const STORE_FAULTS: { readonly [Fault in StoreFault]: { readonly finding: string; readonly remedy: string } } = {
  'disk-full': {
    finding: 'The disk of the data directory is full, so nothing can be saved.',
    remedy: 'Make room on it; Punchline goes on by itself.',
  },
  'read-only': {
    finding: 'The data directory is read-only, so nothing can be saved.',
    remedy:
      'Make it writable for the user that Punchline runs as, and look into the system’s log: a disk with errors is made read-only.',
  },
  'disk-failing': {
    finding:
      'The disk of the data directory can’t be read or written: it is failing, or the system has made it read-only because of errors.',
    remedy: 'Look into the system’s log, repair or replace the disk, and start Punchline again.',
  },
  locked: {
    finding: 'Another program has locked the database, so nothing can be saved.',
    remedy: 'End whatever else has punchline.db open; Punchline goes on by itself.',
  },
  damaged: {
    finding: 'The database is damaged, and nothing more is read from it or written to it.',
    remedy:
      'Stop Punchline, restore the latest backup, and start it again: what the PBX keeps of calls meanwhile is taken in then.',
  },
}

/** What an error says, and what to do about it where it is such a fault. */
export function sayFault(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const fault = storeFault(error)
  return fault ? `${message}. ${inSentences(fault)}` : message
}

export function inSentences(fault: StoreFault): string {
  const { finding, remedy } = STORE_FAULTS[fault]
  return `${finding} ${remedy}`
}

/** As Node names what the system says of files. */
function fileFault(error: unknown): StoreFault | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full'
  if (code === 'EROFS') return 'read-only'
  return code === 'EIO' ? 'disk-failing' : null
}
