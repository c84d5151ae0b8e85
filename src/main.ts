/** Starts and stops the whole: configuration, database, phone line, mail, webhooks, pages. */
import type { Logger } from 'pino'
import { lastBackup } from './backup/label.js'
import { ClockWatch } from './clock-watch.js'
import { type Config, readAriPassword, readClientSecret } from './config.js'
import type { IdentityProvider } from './identity-provider/identity-provider.js'
import { openLog } from './log.js'
import { Outbox } from './mail/outbox.js'
import { Metrics } from './metrics/metrics.js'
import { NightlyBackup } from './nightly-backup.js'
import { openStore, refused } from './opening.js'
import { answer } from './phone/answer.js'
import { AsteriskLine } from './phone/asterisk/line.js'
import type { PhoneClock } from './phone/call.js'
import { keepLeftRecording } from './phone/left-recording.js'
import { RecentPunches, sinceBoot } from './phone/recent-punches.js'
import { Retention } from './retention.js'
import { ServiceManager } from './service-manager.js'
import { anyAdmin } from './store/admins.js'
import { CallSteps } from './store/call-steps.js'
import { endAbandonedCalls, isCallOnRecord } from './store/calls.js'
import type { Database } from './store/database.js'
import { settleInterruptedMails } from './store/mail-outbox.js'
import { RecordingFolder } from './store/recordings.js'
import { probeWriting } from './store/sqlite.js'
import { Watch } from './watch.js'
import { FirstAdminLink } from './web/accounts/first-admin-link.js'
import { serve } from './web/server.js'
import { WebhookDelivery } from './webhooks/delivery.js'

export interface Punchline {
  /**
   * Takes no more calls, lets those in progress finish, sends what is due, closes pages and database. Takes 75 seconds at
   * most; aborting `hurry` ends the waiting.
   */
  stop(hurry?: AbortSignal): Promise<void>
}

/** Starts everything. @throws ConfigFaults, DatabaseUnusable or StartRefused, and then nothing runs. */
export async function start(config: Config): Promise<Punchline> {
  const ariSettings = { ...config.ari, password: readAriPassword(config) }
  const identityProvider = await identityProviderOf(config)
  const log = openLog(config.logLevel)
  const { db, pinKey, linkKey, secondFactorKey } = await openStore(config)
  const serviceManager = new ServiceManager(log)
  const recordings = new RecordingFolder(config.dataDirectory)
  const recentPunches = new RecentPunches(sinceBoot)
  const metrics = new Metrics()
  const clock: PhoneClock = {
    db,
    pinKey,
    recordings,
    timeStyle: config.timeStyle,
    recentPunches,
    steps: new CallSteps(db),
    meter: metrics.calls,
    log,
  }
  const line = new AsteriskLine(
    ariSettings,
    {
      onCall: (caller, answered) => answer(caller, answered, clock),
      onReaction: (prompt, seconds) => metrics.calls.reacted(prompt, seconds),
      isOnRecord: channelId => isCallOnRecord(db, channelId),
      onLeftRecording: (name, recording) => keepLeftRecording(name, recording, clock),
    },
    log,
  )
  const outbox = config.mail && new Outbox({ ...config, mail: config.mail, db, linkKey, log })
  const clockWatch = new ClockWatch({ db, log })
  const retention = new Retention({ db, recordings, log, isClockDoubtful: () => clockWatch.isDoubtful })
  const backups = new NightlyBackup({ ...config, ...config.backup, timeZone: config.timeStyle.timeZone, log })
  const webhooks = new WebhookDelivery({ db, linkKey, log })
  const watch = new Watch({ db, log, onAlarm: () => outbox?.wake() })
  const firstAdminLink = new FirstAdminLink(config.dataDirectory)
  // One call's fault ends that call alone: what nobody caught is on record, and the others go on.
  process.on('unhandledRejection', error => log.error({ err: error }, 'a failure that nobody expected'))
  const pages = await serve({
    ...config,
    db,
    pinKey,
    linkKey,
    secondFactorKey,
    recordings,
    log,
    line: () => line.standing,
    lastBackup: () => lastBackup(config.backup.directory),
    mail: outbox,
    webhooks,
    metrics,
    firstAdminLink,
    identityProvider,
  }).catch(async error => {
    await db.destroy()
    throw refused(error)
  })
  try {
    await probeWriting(db)
    // The pages' port is ours by now, so no other Punchline has calls or mails in progress here.
    await endAbandonedCalls(db)
    await settleInterruptedMails(db)
    await clockWatch.lookBack()
  } catch (error) {
    await pages.close()
    await db.destroy()
    throw refused(error)
  }
  await offerFirstAdmin(firstAdminLink, pages.url, db, log)
  line.start()
  outbox?.start()
  retention.start()
  backups.start()
  webhooks.start()
  watch.start()
  clockWatch.start()
  const { url, linkUrl, monitorUrl } = pages
  log.info(
    { pages: url, setupLinks: linkUrl, monitoring: monitorUrl, data: config.dataDirectory },
    'Punchline is running',
  )
  // Also without the PBX, which may come later: a start that waited for it would hang, and take the page Status away.
  serviceManager.ready(() => standingOf(line))
  return {
    async stop(hurry) {
      log.info({ calls: line.callsInProgress }, 'Punchline is stopping')
      serviceManager.stopping()
      await line.stop(hurry)
      await Promise.all([
        outbox?.stop(hurry),
        webhooks.stop(hurry),
        retention.stop(),
        backups.stop(),
        watch.stop(),
        clockWatch.stop(),
      ])
      // Last: while the port is taken, no other Punchline begins, and so none meets calls or mails in progress.
      await pages.close()
      await db.destroy()
      serviceManager.stopped()
      await firstAdminLink.withdraw().catch(error => log.warn(error, 'the file of the first admin’s link stays'))
      log.info('Punchline has stopped')
    },
  }
}

/** Its library is loaded only where it is needed. */
async function identityProviderOf({ oidc }: Config): Promise<IdentityProvider | null> {
  if (!oidc) return null
  const clientSecret = readClientSecret(oidc)
  const { IdentityProvider } = await import('./identity-provider/identity-provider.js')
  return new IdentityProvider({ ...oidc, clientSecret })
}

/** How the line is, in a sentence. */
function standingOf({ standing: { takesCalls, fault } }: AsteriskLine): string {
  return takesCalls ? 'Calls are taken.' : `Calls are not taken. ${fault?.finding ?? 'The PBX is not connected.'}`
}

/** Without an admin, puts a link to make one into its file. The clock runs without it: there is another way to an admin. */
async function offerFirstAdmin(link: FirstAdminLink, pagesUrl: string, db: Database, log: Logger): Promise<void> {
  try {
    if (await anyAdmin(db)) return await link.withdraw()
    await link.offer(pagesUrl)
    log.warn({ file: link.file }, 'there is no admin yet: the link in this file makes the first one')
  } catch (error) {
    log.warn({ err: error, file: link.file }, 'the first admin’s link could not be kept up: use punchline admin add')
  }
}
