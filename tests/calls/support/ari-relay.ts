/** Stands between Punchline and the ARI of a PBX, notes what goes over HTTP, and makes an older Asterisk of it. */
import { once } from 'node:events'
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface AriRelay {
  readonly url: string
  /** What was asked over HTTP, such as "POST play". */
  readonly asked: readonly string[]
  /** How many connections were made to ask it, and for events. */
  readonly connections: number
  close(): Promise<void>
}

/** What it does not describe, and does not read, before 20.15, 21.10 and 22.5. */
const UNKNOWN = ['RESTRequest', 'RESTResponse']
/** Of a client's frame on a web socket (RFC 6455): its kind, in the first byte. */
const TEXT = 1

/** `isOlder`: as an Asterisk that knows no requests over the web socket. */
export async function openAriRelay(ariUrl: string, isOlder: boolean): Promise<AriRelay> {
  const { port } = new URL(ariUrl)
  const asked: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0

  const pass = (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request
    asked.push(`${method} ${operation(url)}`)
    const on = forward({ port, method, path: url, headers }, answer => {
      if (isOlder && url.endsWith('/api-docs/events.json')) return void describe(answer, response)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    on.on('error', () => response.destroy())
    request.pipe(on)
  }

  const server = createServer(pass)
  server.on('connection', socket => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const on = connect(Number(port), '127.0.0.1')
    sockets.add(on)
    on.write(`GET ${request.url} HTTP/1.1\r\n`)
    for (let n = 0; n < request.rawHeaders.length; n += 2) {
      on.write(`${request.rawHeaders[n]}: ${request.rawHeaders[n + 1]}\r\n`)
    }
    on.write('\r\n')
    socket.on('data', frame => {
      const isRead = !isOlder || ((frame[0] ?? 0) & 0x0f) !== TEXT
      if (isRead) on.write(frame)
    })
    on.pipe(socket)
    on.on('error', () => {})
    on.on('close', () => socket.destroy())
    socket.on('close', () => on.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    asked,
    get connections() {
      return connections
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Asterisk's description of its events, without what it did not know then. */
async function describe(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = (await answer.toArray()).join('')
  const { models, ...rest } = JSON.parse(text)
  const known = Object.entries(models).filter(([name]) => !UNKNOWN.includes(name))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ...rest, models: Object.fromEntries(known) }))
}

/** Of /ari/channels/1700000000.1/play?media=… that it is to play, of /ari/channels/1700000000.1 that it is a channel. */
function operation(url: string): string {
  const parts = new URL(url, 'http://asterisk').pathname.split('/')
  return parts.findLast(part => /^[a-zA-Z]+$/.test(part)) ?? ''
}
