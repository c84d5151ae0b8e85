/** The pages as one express app, which listens nowhere by itself. */
import { type Express, Router } from 'express'
import { account } from './accounts/account.js'
import { admins } from './accounts/admins.js'
import { firstAdmin } from './accounts/first-admin.js'
import { sessions } from './accounts/session.js'
import { knowAdmin, signIn } from './accounts/sign-in.js'
import { assets, bareApp } from './bare-app.js'
import { call, callLive } from './calls/call.js'
import { calls, callsLive } from './calls/list.js'
import { failed, notFound } from './errors.js'
import { health } from './health.js'
import { showNotice } from './notice.js'
import { fromOwnPages } from './own-pages.js'
import { phoneClockingEmployee } from './phone-clocking/employee.js'
import { phoneClocking, sendingProgress } from './phone-clocking/list.js'
import { phoneClockingPrint } from './phone-clocking/print.js'
import { setupLinks } from './setup-links/setup-link.js'
import type { Site } from './site.js'
import { voiceChecks } from './voice-checks.js'
import { whoIsIn, whoIsInLive } from './who-is-in/page.js'

export function createApp(site: Site): Express {
  const app = bareApp(site)
  app.use('/assets', assets)
  app.get('/health', health(site))
  // Before all that knows admins. With a listener of their own, setup links are not served here.
  app.use(site.linkHttp === null ? setupLinks(site) : Router().use('/setup', notFound))
  app.use(fromOwnPages, sessions(site), knowAdmin(site))
  app.use(voiceChecks(site), sendingProgress(site))
  app.use(whoIsInLive(site), callsLive(site), callLive(site))
  app.use(showNotice(site), signIn(site), whoIsIn(site))
  app.use(firstAdmin(site), account(site), admins(site))
  app.use(phoneClocking(site), phoneClockingPrint(site), phoneClockingEmployee(site))
  app.use(calls(site), call(site))
  app.use(notFound, failed(site.log))
  return app
}
