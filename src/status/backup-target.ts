/** Where backups are put: whether they can be, and what a broken disk would leave. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Finding, ok, wrong } from './finding.js'

export interface BackupTarget {
  readonly directory: string
  /** Why nothing can be written there; null: it can. */
  readonly fault: string | null
  /** On another disk than the data. */
  readonly isApart: boolean
}

/** A directory that is not there yet is made with the first backup: what counts is the one that it will be in. */
export async function readBackupTarget(directory: string, dataDirectory: string): Promise<BackupTarget> {
  try {
    const nearest = await nearestThere(directory)
    const [there, data] = await Promise.all([stat(nearest), stat(dataDirectory)])
    if (!there.isDirectory()) return { directory, fault: `${nearest} is a file`, isApart: false }
    await access(nearest, constants.W_OK | constants.X_OK)
    return { directory, fault: null, isApart: there.dev !== data.dev }
  } catch (error) {
    return { directory, fault: error instanceof Error ? error.message : String(error), isApart: false }
  }
}

async function nearestThere(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  return isThere || path === dirname(path) ? path : nearestThere(dirname(path))
}

/** `latest`: what is found of the latest backup there; `isNightly`: one is made each night. */
export function judgeBackups(
  { directory, fault, isApart }: BackupTarget,
  latest: Finding,
  isNightly: boolean,
): Finding {
  if (fault !== null) {
    return wrong(
      `Backups can’t be written to ${directory}: ${fault}.`,
      'Make it a directory that Punchline’s user may write to, or name another as BACKUP_DIR in .env and start Punchline again.',
    )
  }
  const where = isApart
    ? `They are in ${directory}, on another disk than the data.`
    : `They are in ${directory}, on the disk of the data itself: BACKUP_DIR puts them onto another.`
  if (latest.verdict === 'ok') return ok(`${latest.finding} ${where}`)
  const when = isNightly ? 'One is made each night.' : 'None is made by itself: BACKUP_HOUR is off.'
  return { ...latest, finding: `${latest.finding} ${when}`, command: 'npx punchline backup' }
}
