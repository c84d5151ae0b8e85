/** What a process takes: memory, open files and processor time, as Linux counts them (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  readonly megabytes: number
  readonly openFiles: number
  /** Since the process began. */
  readonly ageSeconds: number
}

const TICKS_PER_SECOND = 100

export function usageOf(pid: number): Usage {
  const uptime = readFileSync('/proc/uptime', 'utf8').split(' ')[0]
  return {
    megabytes: residentMegabytes(pid),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
    ageSeconds: Number(uptime) - Number(statusFields(pid)[19]) / TICKS_PER_SECOND,
  }
}

export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/** What it has had of a processor by now, in seconds, with all its threads. */
export function processorSeconds(pid: number): number {
  const fields = statusFields(pid)
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** What all processors of this machine have been idle by now, and what others had of them, in seconds. */
export function machineSeconds(): { readonly idle: number; readonly stolen: number } {
  const [, , , , idle = 0, waiting = 0, , , stolen = 0] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 9).map(Number)
  return { idle: (idle + waiting) / TICKS_PER_SECOND, stolen: stolen / TICKS_PER_SECOND }
}

/** From the third field on: what is before is the name, which may hold anything. */
function statusFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
}
