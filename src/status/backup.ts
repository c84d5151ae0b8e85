/** How old the latest backup is. */
import { DAY, HOUR, type Instant } from '../clock/time.js'
import { attention, type Finding, ok, wrong } from './finding.js'

export interface LastBackup {
  /** When it was finished and verified. */
  readonly at: Instant
}

/** One each night, and half a day for a machine that was off. */
const DUE_AFTER = 36 * HOUR
const OVERDUE_AFTER = 7 * DAY

export function judgeBackup(last: LastBackup | null, now: Instant, say: (instant: Instant) => string): Finding {
  const remedy = 'Make one now: punchline backup. If the nightly one fails, the log says why.'
  if (last === null) return attention('There is none yet.', remedy)
  const finding = `The latest is of ${say(last.at)}.`
  if (now - last.at > OVERDUE_AFTER) return wrong(finding, remedy)
  return now - last.at > DUE_AFTER ? attention(finding, remedy) : ok(finding)
}
