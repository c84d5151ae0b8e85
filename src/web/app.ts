/** The pages as one express app, which listens nowhere by itself. */
import { type Express, Router } from 'express'
import { Checklist } from '../status/checklist.js'
import type { Status } from '../status/status.js'
import { account } from './accounts/account.js'
import { admins } from './accounts/admins.js'
import { firstAdmin } from './accounts/first-admin.js'
import { providerSignIn } from './accounts/provider-sign-in.js'
import { secondFactor } from './accounts/second-factor.js'
import { sessions } from './accounts/session.js'
import { knowAdmin, signIn } from './accounts/sign-in.js'
import { SignInLimits } from './accounts/sign-in-limits.js'
import { api } from './api/api.js'
import { apiTokens } from './api-tokens.js'
import { auditPage } from './audit.js'
import { assets, bareApp } from './bare-app.js'
import { call, callLive } from './calls/call.js'
import { calls, callsLive } from './calls/list.js'
import { clockLocations } from './clock-locations.js'
import { employee } from './employees/employee.js'
import { employeeList } from './employees/list.js'
import { failed, notFound } from './errors.js'
import { exports } from './export.js'
import { gettingStarted, gettingStartedLive, remindOfStart } from './getting-started.js'
import { fromThisMachine, health } from './health.js'
import { tableExports } from './import/export.js'
import { importing } from './import/import.js'
import { job } from './jobs/job.js'
import { jobList } from './jobs/list.js'
import { showNotice } from './notice.js'
import { fromOwnPages } from './own-pages.js'
import { phoneClockingEmployee } from './phone-clocking/employee.js'
import { phoneClocking, sendingProgress } from './phone-clocking/list.js'
import { unlocking } from './phone-clocking/locks.js'
import { phoneClockingPrint } from './phone-clocking/print.js'
import { settings } from './settings.js'
import { setupLinks } from './setup-links/setup-link.js'
import type { Site } from './site.js'
import { statusLive, statusPage } from './status.js'
import { timeEntryAdding } from './time-entries/adding.js'
import { timeEntry } from './time-entries/entry.js'
import { timeEntryList } from './time-entries/list.js'
import { unclaimedPunchAudio } from './unclaimed-punches/audio.js'
import { keptCallSettling } from './unclaimed-punches/kept.js'
import { unclaimedPunchList } from './unclaimed-punches/list.js'
import { unclaimedPunchSettling } from './unclaimed-punches/settle.js'
import { voiceCheckAudio } from './voice-checks/audio.js'
import { voiceCheck } from './voice-checks/check.js'
import { voiceCheckList } from './voice-checks/list.js'
import { webhook } from './webhook.js'
import { webhooks } from './webhooks.js'
import { whoIsIn, whoIsInLive } from './who-is-in/page.js'

export function createApp(site: Site, status: Status): Express {
  const app = bareApp(site)
  const limits = new SignInLimits()
  const checklist = new Checklist(site, status)
  app.use('/assets', assets)
  app.get('/healthz', fromThisMachine, health(status))
  app.use('/api', api(site))
  // Before all that knows admins. With a listener of their own, setup links are not served here.
  app.use(site.linkHttp === null ? setupLinks(site) : Router().use('/setup', notFound))
  app.use(fromOwnPages, sessions(site), knowAdmin(site))
  // Fetched by pages, not visited: a notice waits for the page.
  app.use(voiceCheckAudio(site), unclaimedPunchAudio(site), sendingProgress(site))
  app.use(whoIsInLive(site), callsLive(site), callLive(site), statusLive(site, status))
  app.use(gettingStartedLive(site, checklist), showNotice(site), remindOfStart(checklist))
  app.use(signIn(site, limits), providerSignIn(site, limits), whoIsIn(site))
  app.use(firstAdmin(site, checklist), account(site, limits), secondFactor(site, limits), admins(site))
  app.use(phoneClocking(site), phoneClockingPrint(site), unlocking(site), phoneClockingEmployee(site))
  // Before the pages of one employee and one job, whose number their addresses would read as.
  app.use(tableExports(site), importing(site, 'employees'), importing(site, 'jobs'))
  app.use(employeeList(site), employee(site), jobList(site), job(site))
  app.use(voiceCheckList(site), voiceCheck(site))
  app.use(unclaimedPunchList(site), keptCallSettling(site), unclaimedPunchSettling(site))
  app.use(calls(site), call(site))
  app.use(gettingStarted(site, checklist), statusPage(status), settings(site), clockLocations(site), auditPage(site))
  // Exports first: their addresses would read as the number of an entry.
  app.use(exports(site), timeEntryList(site), timeEntryAdding(site), timeEntry(site))
  app.use(apiTokens(site))
  app.use(webhooks(site), webhook(site))
  app.use(notFound, failed(site.log))
  return app
}
