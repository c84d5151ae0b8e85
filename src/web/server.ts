/** Listens for browsers, and stops listening. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { HOUR, SECOND } from '../clock/time.js'
import { Status } from '../status/status.js'
import { forgetOldBrowsers } from '../store/known-browsers.js'
import { removeExpiredSessions } from '../store/sessions.js'
import { createApp } from './app.js'
import { createMonitoringApp } from './monitoring-app.js'
import { createLinkApp } from './setup-links/link-app.js'
import type { Listening, Site } from './site.js'

export type { Site } from './site.js'

/** Pages that are being served, until `close()`, which ends at once, open connections or not. */
export interface Pages {
  readonly url: string
  /** Where the setup links are served. */
  readonly linkUrl: string
  /** Where the monitoring is served; null: nowhere. */
  readonly monitorUrl: string | null
  close(): Promise<void>
}

/** For a listener that may face the world: nobody keeps a connection busy with half a request. */
const IMPATIENT = {
  headersTimeout: 15 * SECOND,
  requestTimeout: 30 * SECOND,
  connectionsCheckingInterval: 5 * SECOND,
  maxHeaderSize: 8 * 1024,
}

/** Serves the pages. Rejects with an error that says what to do when an address can't be listened on. */
export async function serve(site: Site): Promise<Pages> {
  const status = new Status(site)
  const opened: Listener[] = []
  const open = async (server: Server, at: Listening, variables: Variables): Promise<string> => {
    const listener = await listen(server, at, variables)
    opened.push(listener)
    return listener.url
  }
  const close = () => Promise.all(opened.map(listener => listener.close()))
  try {
    const { http, linkHttp, monitorHttp } = site
    const url = await open(createServer(createApp(site, status)), http, 'HTTP')
    const linkUrl = linkHttp ? await open(createServer(IMPATIENT, createLinkApp(site)), linkHttp, 'LINK') : url
    const monitorUrl =
      monitorHttp && (await open(createServer(IMPATIENT, createMonitoringApp(site, status)), monitorHttp, 'MONITOR'))
    const sweeping = sweepSessions(site)
    return {
      url,
      linkUrl,
      monitorUrl,
      async close() {
        clearInterval(sweeping)
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Listener {
  readonly url: string
  close(): Promise<void>
}

/** Listens; the URL has another port than the one asked for when that was 0. */
async function listen(server: Server, { host, port }: Listening, variables: Variables): Promise<Listener> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new Error(whyNot(error, { host, port }, variables))
  }
  const address = server.address()
  const opened = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${opened}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** How the variables begin that say where to listen. */
type Variables = 'HTTP' | 'LINK' | 'MONITOR'

function whyNot(error: unknown, { host, port }: Listening, variables: Variables): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop it, or set ${variables}_PORT.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}, so port ${port} can't be opened there. Set ${variables}_HOST to one that it has.`
    case 'EACCES':
      return `Port ${port} on ${host} is not allowed for this user. Set ${variables}_PORT to one above 1023.`
    default:
      return `Port ${port} on ${host} can't be opened (${error instanceof Error ? error.message : error}). Set ${variables}_HOST and ${variables}_PORT.`
  }
}

/** Expired sessions open nothing; removing them keeps the table small. */
function sweepSessions({ db, log }: Site): NodeJS.Timeout {
  const sweep = () =>
    Promise.all([removeExpiredSessions(db), forgetOldBrowsers(db)]).catch(error =>
      log.warn(error, 'expired sessions stay for now'),
    )
  sweep()
  return setInterval(sweep, HOUR).unref()
}
