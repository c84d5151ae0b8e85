/**
 * The plain dialplan's other half: `fast-agi.ts PORT DATABASE` serves FastAGI on loopback until it is ended, or whoever
 * forked it is; it tells them when it listens.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { availableParallelism } from 'node:os'
import { verify } from '@node-rs/argon2'
import pLimit from 'p-limit'
import { openPeerDatabase } from './database.js'

const [port, path] = process.argv.slice(2)
if (!port || !path) throw new Error('Give a port and a database')
const db = openPeerDatabase(path)
const hashOf = db.prepare<[string], { pin_hash: string }>('SELECT pin_hash FROM employee WHERE phone_clock_id = ?')
const latestOf = db.prepare<[string], { direction: string }>(
  'SELECT direction FROM punch WHERE phone_clock_id = ? ORDER BY id DESC LIMIT 1',
)
const insert = db.prepare('INSERT INTO punch (phone_clock_id, direction, at, channel) VALUES (?, ?, ?, ?)')
const atMostCores = pLimit(availableParallelism())

const server = createServer(socket => {
  // One call's failure ends that call alone.
  const fail = (error: unknown) => {
    console.error(error)
    socket.destroy()
  }
  socket.on('error', fail)
  serve(socket).catch(fail)
})
server.listen(Number(port), '127.0.0.1', () => process.send?.('listening'))
process.on('disconnect', () => process.exit())

/** One request: Asterisk's environment, our answer in a variable, and the end. */
async function serve(socket: Socket): Promise<void> {
  const given = await readEnvironment(socket)
  const id = given.get('agi_arg_1') ?? ''
  const isRight = await matches(id, given.get('agi_arg_2') ?? '')
  const direction = isRight ? punch(id, Number(given.get('agi_arg_3')), given.get('agi_uniqueid')) : ''
  // Asterisk answers that it has set it; a socket that closes with that unread would be a failure to it.
  socket.once('data', () => socket.end())
  socket.write(`SET VARIABLE DIRECTION "${direction}"\n`)
}

/** Lines of `name: value`, up to an empty one. */
async function readEnvironment(socket: Socket): Promise<ReadonlyMap<string, string>> {
  let text = ''
  while (!text.endsWith('\n\n')) text += String((await once(socket, 'data'))[0])
  const lines = text.trimEnd().split('\n')
  return new Map(lines.map(line => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]))
}

async function matches(id: string, pin: string): Promise<boolean> {
  const employee = hashOf.get(id)
  return employee !== undefined && atMostCores(() => verify(employee.pin_hash, pin))
}

/** Gives the direction once the punch is on disk. */
function punch(id: string, at: number, channel: string | undefined): 'in' | 'out' {
  const direction = latestOf.get(id)?.direction === 'in' ? 'out' : 'in'
  insert.run(id, direction, at, channel)
  return direction
}
