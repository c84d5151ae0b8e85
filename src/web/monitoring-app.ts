/** For IT's monitoring, on a listener of its own: how Punchline is, as Prometheus and other monitors read it. Names nobody. */
import type { Express } from 'express'
import type { Status } from '../status/status.js'
import { bareApp } from './bare-app.js'
import { failed, notFound } from './errors.js'
import { health } from './health.js'
import type { Site } from './site.js'

export function createMonitoringApp(site: Site, status: Status): Express {
  const { metrics } = site
  const app = bareApp(site)
  app.get('/healthz', health(status))
  app.get('/metrics', async (_req, res) => {
    res.set('Content-Type', metrics.contentType).send(await metrics.text(await status.read()))
  })
  app.use(notFound, failed(site.log, 'plain-message'))
  return app
}
