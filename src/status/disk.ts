/** Room for the database and the recordings. */
import { statfs } from 'node:fs/promises'
import { attention, type Finding, ok, wrong } from './finding.js'

const KIBIBYTE = 1024
const MEBIBYTE = 1024 ** 2
const GIBIBYTE = 1024 ** 3

/** 200 employees record some 40 MB a day. */
const SOON_FULL = 2 * GIBIBYTE
const NEARLY_FULL = 500 * MEBIBYTE

/** How many bytes can still be written to the disk of a directory. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

export function judgeDisk(free: number): Finding {
  const finding = `${inBytes(free)} free on the disk of the data directory.`
  const remedy = 'Make room for the database and recordings, or keep recordings for fewer days (Settings).'
  if (free < NEARLY_FULL) return wrong(`Only ${finding}`, remedy)
  return free < SOON_FULL ? attention(finding, remedy) : ok(finding)
}

/** "12.3 GiB", "480 MiB", "96 KiB". */
export function inBytes(bytes: number): string {
  if (bytes >= GIBIBYTE) return `${(bytes / GIBIBYTE).toFixed(1)} GiB`
  return bytes >= MEBIBYTE ? `${Math.floor(bytes / MEBIBYTE)} MiB` : `${Math.floor(bytes / KIBIBYTE)} KiB`
}
