/** The pages as one express app, which listens nowhere by itself. */
import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import { failed, notFound } from './errors.js'
import { health } from './health.js'
import { home } from './home.js'
import { showNotice } from './notice.js'
import { fromOwnPages } from './own-pages.js'
import { phoneClockingEmployee } from './phone-clocking/employee.js'
import { phoneClocking, sendingProgress } from './phone-clocking/list.js'
import { phoneClockingPrint } from './phone-clocking/print.js'
import { securityHeaders } from './security-headers.js'
import { sessions } from './session.js'
import { knowAdmin, signIn } from './sign-in.js'
import type { Site } from './site.js'
import { voiceChecks } from './voice-checks.js'

/** Templates and styles are not compiled: they stay at the project's root. */
const views = fileURLToPath(new URL('../../views', import.meta.url))

export function createApp(site: Site): Express {
  const { companyName, dialInNumber, log } = site
  const app = express()
  app.set('env', 'production') // No page ever shows a stack.
  app.set('trust proxy', 'loopback') // A proxy with a certificate runs on this machine, if at all.
  app.set('view engine', 'ejs').set('views', views).enable('view cache')
  Object.assign(app.locals, { companyName, dialInNumber, admin: null, notice: null })

  app.use(securityHeaders)
  app.use('/assets', express.static(`${views}/assets`, { maxAge: '5 minutes' }))
  app.get('/health', health(site))
  app.use(fromOwnPages, sessions(site), knowAdmin(site))
  app.use(voiceChecks(site), sendingProgress(site))
  app.use(showNotice(site), signIn(site), home(site))
  app.use(phoneClocking(site), phoneClockingPrint(site), phoneClockingEmployee(site))
  app.use(notFound, failed(log))
  return app
}
