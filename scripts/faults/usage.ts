/** What a process takes: memory and open files, as Linux counts them. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  readonly megabytes: number
  readonly openFiles: number
  /** Since the process began. */
  readonly ageSeconds: number
}

const TICKS_PER_SECOND = 100

export function usageOf(pid: number): Usage {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  // Behind the name, which may hold anything; field 22 of proc(5).
  const startedAt = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[19]
  const uptime = readFileSync('/proc/uptime', 'utf8').split(' ')[0]
  return {
    megabytes: Number(kilobytes) / 1024,
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
    ageSeconds: Number(uptime) - Number(startedAt) / TICKS_PER_SECOND,
  }
}
