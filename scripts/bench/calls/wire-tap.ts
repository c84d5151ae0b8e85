/** All that goes over loopback to and from an Asterisk's RTP ports, with the kernel's time of each packet (tcpdump, libpcap). */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface TappedPacket {
  /** In ms since the epoch, to the microsecond. */
  readonly at: number
  readonly fromPort: number
  readonly toPort: number
  /** What UDP carries; in memory that the next packet overwrites. */
  readonly payload: Buffer
}

/** Loopback frames carry an Ethernet header of zeros before IPv4's. */
const ETHERNET_BYTES = 14
const UDP_BYTES = 8
const FILE_HEADER_BYTES = 24
const PACKET_HEADER_BYTES = 16
/** Enough for a packet of 20 ms of G.711. */
const SNAP_BYTES = 256
/** So much may come while tcpdump waits for a processor, in KiB. */
const BUFFER = 262_144
/** What came lately may still be on its way to tcpdump, which does not wait for it when it ends; in ms. */
const HANDED_OVER_WITHIN = 1_500
const MICROSECONDS = 0xa1b2c3d4

export class WireTap {
  readonly #directory: string
  readonly #file: string
  readonly #tcpdump: ChildProcess
  #said = ''

  private constructor(ports: { readonly first: number; readonly last: number }) {
    this.#directory = mkdtempSync(join(tmpdir(), 'punchline-tap-'))
    this.#file = join(this.#directory, 'calls.pcap')
    const filter = `udp and portrange ${ports.first}-${ports.last}`
    const args = ['-i', 'lo', '-n', '-s', String(SNAP_BYTES), '-B', String(BUFFER), '-w', this.#file, filter]
    this.#tcpdump = spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#tcpdump.stderr?.on('data', text => (this.#said += text))
  }

  /** Listens from now on. Rejects where tcpdump can't. */
  static async open(ports: { readonly first: number; readonly last: number }): Promise<WireTap> {
    const tap = new WireTap(ports)
    await tap.#until(/listening on/)
    return tap
  }

  /** Ends it, and gives all packets to `onPacket` in their order. Rejects where packets were dropped. */
  async close(onPacket: (packet: TappedPacket) => void): Promise<void> {
    try {
      await sleep(HANDED_OVER_WITHIN)
      const exited = once(this.#tcpdump, 'exit')
      this.#tcpdump.kill('SIGINT')
      await exited
      const dropped = /(\d+) packets? dropped by kernel/.exec(this.#said)?.[1]
      if (dropped !== '0') throw new Error(`tcpdump missed packets: ${this.#said}`)
      readPackets(this.#file, onPacket)
    } finally {
      rmSync(this.#directory, { recursive: true })
    }
  }

  async #until(said: RegExp): Promise<void> {
    while (!said.test(this.#said)) {
      const [text] = await Promise.race([
        once(this.#tcpdump.stderr ?? this.#tcpdump, 'data'),
        once(this.#tcpdump, 'exit').then(() => [null]),
      ])
      if (text === null) throw new Error(`tcpdump does not run: ${this.#said}`)
    }
  }
}

function readPackets(path: string, onPacket: (packet: TappedPacket) => void): void {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(PACKET_HEADER_BYTES)
    const frame = Buffer.alloc(SNAP_BYTES)
    const fileHeader = Buffer.alloc(FILE_HEADER_BYTES)
    readSync(file, fileHeader)
    if (fileHeader.readUInt32LE() !== MICROSECONDS)
      throw new Error('This is no capture of the kind that tcpdump makes here')
    const chunked = inChunks(file)
    while (chunked.read(header)) {
      const bytes = header.readUInt32LE(8)
      if (!chunked.read(frame.subarray(0, bytes))) return
      const packet = parseFrame(frame.subarray(0, bytes), header.readUInt32LE(0) * 1000 + header.readUInt32LE(4) / 1000)
      if (packet) onPacket(packet)
    }
  } finally {
    closeSync(file)
  }
}

/** Reads a file from its present place in large pieces. */
function inChunks(file: number): { read(into: Buffer): boolean } {
  const chunk = Buffer.alloc(1 << 20)
  let from = 0
  let to = 0
  return {
    /** Fills the buffer; false at the end of the file. */
    read(into) {
      if (to - from < into.length) {
        chunk.copy(chunk, 0, from, to)
        to -= from
        from = 0
        to += readSync(file, chunk, to, chunk.length - to, null)
        if (to < into.length) return false
      }
      chunk.copy(into, 0, from, from + into.length)
      from += into.length
      return true
    },
  }
}

function parseFrame(frame: Buffer, at: number): TappedPacket | null {
  const ip = frame.subarray(ETHERNET_BYTES)
  const [first = 0] = ip
  if (first >> 4 !== 4) return null
  const udp = ip.subarray((first & 0x0f) * 4)
  if (udp.length < UDP_BYTES) return null
  return { at, fromPort: udp.readUInt16BE(0), toPort: udp.readUInt16BE(2), payload: udp.subarray(UDP_BYTES) }
}
