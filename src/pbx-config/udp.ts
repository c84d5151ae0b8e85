/** Who listens on UDP ports of this machine, as Linux shows it in /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The program that listens on a port: its name, or '' when this user may not see it; null: none. */
export function programOnUdp(port: number): string | null {
  const sockets = new Set(['/proc/net/udp', '/proc/net/udp6'].flatMap(table => socketsOn(port, table)))
  return sockets.size === 0 ? null : (programWith(sockets) ?? '')
}

/** The inodes of the sockets that are bound to the port. */
function socketsOn(port: number, table: string): string[] {
  const rows = textOf(table).split('\n').slice(1)
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0')
  return rows
    .map(row => row.trim().split(/\s+/))
    .filter(columns => columns[1]?.endsWith(`:${hexadecimal}`))
    .flatMap(columns => columns[9] ?? [])
}

function programWith(sockets: ReadonlySet<string>): string | null {
  const processes = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  const holder = processes.find(pid =>
    linksOf(pid).some(link => sockets.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')),
  )
  return holder === undefined ? null : textOf(`/proc/${holder}/comm`).trim()
}

/** What a process has open; nothing when it is another user's, or has ended. */
function linksOf(pid: string): string[] {
  const directory = `/proc/${pid}/fd`
  return orNothing(() => readdirSync(directory)).flatMap(name =>
    orNothing(() => [readlinkSync(`${directory}/${name}`)]),
  )
}

function orNothing(read: () => string[]): string[] {
  try {
    return read()
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
