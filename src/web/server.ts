/** Listens for browsers, and stops listening. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { HOUR } from '../clock/time.js'
import { removeExpiredSessions } from '../store/sessions.js'
import { createApp } from './app.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

/**
 * Serves the pages until `close()`, which ends at once, open connections or not.
 * Rejects with an error that says what to do when the address can't be listened on.
 */
export async function serve(site: Site): Promise<{ url: string; close(): Promise<void> }> {
  const { host } = site.http
  const server = createServer(createApp(site))
  const port = await listen(server, site.http)
  const sweeping = sweepSessions(site)
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async close() {
      clearInterval(sweeping)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Listens and gives the port, which differs from the one asked for when that was 0. */
async function listen(server: Server, { host, port }: Site['http']): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new Error(whyNot(error, host, port))
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function whyNot(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop it, or set HTTP_PORT.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}, so port ${port} can't be opened there. Set HTTP_HOST to one that it has.`
    case 'EACCES':
      return `Port ${port} on ${host} is not allowed for this user. Set HTTP_PORT to one above 1023.`
    default:
      return `Port ${port} on ${host} can't be opened (${error instanceof Error ? error.message : error}). Set HTTP_HOST and HTTP_PORT.`
  }
}

/** Expired sessions open nothing; removing them keeps the table small. */
function sweepSessions({ db, log }: Site): NodeJS.Timeout {
  const sweep = () => removeExpiredSessions(db).catch(error => log.warn(error, 'expired sessions stay for now'))
  sweep()
  return setInterval(sweep, HOUR).unref()
}
