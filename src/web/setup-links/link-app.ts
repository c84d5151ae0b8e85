/** Setup links on a listener of their own, which may face the world: nothing else is served here. */
import type { Express } from 'express'
import { assets, bareApp } from '../bare-app.js'
import { failed, notFound } from '../errors.js'
import type { Site } from '../site.js'
import { setupLinks } from './setup-link.js'

/** What the links' pages need. */
const NEEDED = /^\/(?:style\.css|icon\.svg|submit-once\.js)$/

export function createLinkApp(site: Site): Express {
  const app = bareApp(site)
  app.use('/assets', (req, res, next) => (NEEDED.test(req.path) ? assets(req, res, next) : next()))
  app.use(setupLinks(site))
  app.use(notFound, failed(site.log, 'plain-message'))
  return app
}
