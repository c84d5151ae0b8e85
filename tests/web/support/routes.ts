/** All that the pages answer to, as express knows it. */
import { pino } from 'pino'
import { Status } from '../../../src/status/status.js'
import { loadSecondFactorKey } from '../../../src/store/second-factors.js'
import { FirstAdminLink } from '../../../src/web/accounts/first-admin-link.js'
import { createApp } from '../../../src/web/app.js'
import type { Site } from '../../../src/web/site.js'
import { openWorkspace } from '../../support/workspace.js'
import { LINE } from './office.js'

export interface Route {
  readonly method: 'GET' | 'POST'
  /** As it is written, such as /jobs/:id; of the API without what it is mounted under. */
  readonly path: string
}

/** All that express knows, however deep it lies. */
export async function routesOfApp(): Promise<Route[]> {
  const workspace = await openWorkspace()
  const site: Site = {
    ...workspace,
    recordings: workspace.clock.recordings,
    secondFactorKey: loadSecondFactorKey(workspace.directory),
    log: pino({ level: 'silent' }),
    dataDirectory: workspace.directory,
    companyName: 'Acme',
    dialInNumber: null,
    timeStyle: { timeZone: 'UTC', hours: 24 },
    line: () => LINE,
    lastBackup: async () => null,
    backup: { directory: workspace.directory, hour: null },
    mail: null,
    webhooks: { wake: () => {}, test: async () => ({ fault: '' }) },
    firstAdminLink: new FirstAdminLink(workspace.directory),
    http: { host: '127.0.0.1', port: 0 },
    linkHttp: null,
    monitorHttp: null,
    identityProvider: null,
  }
  const found = routesOf(createApp(site, new Status(site)).router)
  await workspace.close()
  return found
}

/** Of a router of express, or of anything else: nothing. */
function routesOf(router: unknown): Route[] {
  const layers = entriesOf(router).get('stack')
  if (!Array.isArray(layers)) return []
  return layers.flatMap(layer => {
    const { route, handle } = Object.fromEntries(entriesOf(layer))
    if (route === undefined) return routesOf(handle)
    const path = entriesOf(route).get('path')
    const known = entriesOf(entriesOf(route).get('methods'))
    const methods = (['GET', 'POST'] as const).filter(method => known.get(method.toLowerCase()) === true)
    return methods.map(method => ({ method, path: String(path) }))
  })
}

function entriesOf(thing: unknown): Map<string, unknown> {
  const isThing = (typeof thing === 'object' && thing !== null) || typeof thing === 'function'
  return new Map(isThing ? Object.entries(thing) : [])
}
