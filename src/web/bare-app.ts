/** An express app that serves nothing yet: its templates, its headers, the proxy that it trusts. */
import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import { comingFrom } from '../store/origin.js'
import { securityHeaders } from './security-headers.js'
import type { Site } from './site.js'

/** Templates and styles are not compiled: they stay at the project's root. */
const views = fileURLToPath(new URL('../../views', import.meta.url))

/** The same for everybody, unlike the pages, so that browsers may keep them; not for long, as an upgrade changes them. */
export const assets = express.static(`${views}/assets`, {
  setHeaders: res => res.setHeader('Cache-Control', 'public, max-age=300'),
})

export function bareApp({ companyName, dialInNumber }: Site): Express {
  const app = express()
  app.set('env', 'production') // No page ever shows a stack.
  app.set('trust proxy', 'loopback') // A proxy with a certificate runs on this machine, if at all.
  app.set('view engine', 'ejs').set('views', views).enable('view cache')
  Object.assign(app.locals, {
    companyName,
    dialInNumber,
    admin: null,
    notice: null,
    section: null,
    remindsOfStart: false,
  })
  app.use((req, _res, next) => comingFrom(req.ip ?? 'unknown', next))
  return app.use(securityHeaders)
}
