/** A host that attackers name to the PBX: whatever the PBX sends there, it was made to. */
import { openSocket } from '../../../scripts/telephone/udp.js'

export interface Decoy {
  /** As it stands in a SIP address, host:port. */
  readonly address: string
  /** The first line of each message that came. */
  readonly received: readonly string[]
  close(): void
}

export async function openDecoy(): Promise<Decoy> {
  const socket = await openSocket('127.0.0.3')
  const received: string[] = []
  socket.on('message', datagram => received.push(datagram.toString().split('\r\n')[0] ?? ''))
  return { address: `127.0.0.3:${socket.address().port}`, received, close: () => socket.close() }
}
