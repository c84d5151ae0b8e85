/** The processor time that processes take, and their memory, as Linux counts them (proc(5)). */
import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** In the ticks that a process has had by now, in seconds; its threads' included. */
export function processorSeconds(pid: number): number {
  // Behind the name, which may hold anything; fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
