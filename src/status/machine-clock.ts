/** Whether the machine's clock is kept right. Nothing is asked of the network: the system says whether NTP has set it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { attention, type Finding, ok } from './finding.js'

/** In milliseconds. */
const ANSWERS_WITHIN = 500

/** What the kernel says of its clock, whichever NTP service sets it; null where there is no systemd to ask. */
export async function isClockSynchronized(): Promise<boolean | null> {
  const answer = await promisify(execFile)('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
    timeout: ANSWERS_WITHIN,
  }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  )
  return answer === 'yes' ? true : answer === 'no' ? false : null
}

/** `now`: such as "Mon, Nov 23, 8:05 AM (America/New_York)". */
export function judgeMachineClock(isSynchronized: boolean | null, now: string): Finding {
  const finding = `On this machine it is ${now}.`
  if (isSynchronized === true) return ok(`${finding} NTP keeps it right.`)
  if (isSynchronized === null) return ok(`${finding} Whether NTP keeps it right can’t be found out here: compare it.`)
  return attention(
    `${finding} NTP does not keep it right, so punches may be off by minutes.`,
    'Let NTP set it, from a time server that the machine reaches:',
    'timedatectl set-ntp true',
  )
}
