/** UDP sockets that talk to one address. */
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'

/** A host and a port; the port is SIP's when none is given. */
export async function resolveAddress(hostAndPort: string): Promise<{ address: string; port: number }> {
  const [, host = '', port = '5060'] = /^(.+?)(?::(\d+))?$/.exec(hostAndPort) ?? []
  const { address } = await lookup(host, { family: 4 })
  return { address, port: Number(port) }
}

/** A socket on any free port; errors of single datagrams (nobody listens there) are the protocol's to notice. */
export async function openSocket(localAddress: string | undefined): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, localAddress)
  await once(socket, 'listening')
  socket.on('error', () => {})
  return socket
}

/** From now on the socket sends to this address and hears nobody else. */
export async function connectSocket(socket: Socket, address: string, port: number): Promise<void> {
  const connected = once(socket, 'connect')
  socket.connect(port, address)
  await connected
}
