import type { Logger } from 'pino'
import type { TimeStyle } from '../clock/time.js'
import type { IdentityProvider } from '../identity-provider/identity-provider.js'
import type { LastBackup } from '../status/backup.js'
import type { LineStanding } from '../status/pbx.js'
import type { Report } from '../status/status.js'
import type { Database } from '../store/database.js'
import type { PinKey } from '../store/hashing.js'
import type { RecordingFolder } from '../store/recordings.js'
import type { SecondFactorKey } from '../store/second-factors.js'
import type { LinkKey } from '../store/setup-links.js'
import type { Webhook } from '../store/webhooks.js'
import type { FirstAdminLink } from './accounts/first-admin-link.js'

/** Where to listen. Port 0 takes any free one. */
export interface Listening {
  readonly host: string
  readonly port: number
}

/** What the pages are made of. */
export interface Site {
  readonly db: Database
  readonly pinKey: PinKey
  readonly linkKey: LinkKey
  readonly secondFactorKey: SecondFactorKey
  readonly recordings: RecordingFolder
  readonly log: Logger
  /** Where the session key is kept. */
  readonly dataDirectory: string
  readonly companyName: string
  /** As it is shown; null until IT sets it. */
  readonly dialInNumber: string | null
  readonly timeStyle: TimeStyle
  /** How the line to the PBX is now. */
  readonly line: () => LineStanding
  /** The latest backup that was verified; null: there is none. */
  readonly lastBackup: () => Promise<LastBackup | null>
  /** Where backups are put, and the hour after which one is made by itself; null: none is. */
  readonly backup: { readonly directory: string; readonly hour: number | null }
  /** Null when IT has not set up mail. */
  readonly mail: {
    /** Tells that mails wait to be sent. */
    wake(): void
    /** Tells that somebody waits for one. */
    tryNow(): void
  } | null
  /** Sends punches to webhooks. */
  readonly webhooks: {
    /** Tells that there is a new webhook, or something to try at once. */
    wake(): void
    /** Sends a message of type `test` and says what came of it. */
    test(webhook: Webhook): Promise<{ readonly status: number } | { readonly fault: string }>
  }
  /** What Prometheus is told, in its text format. */
  readonly metrics: { readonly contentType: string; text(report: Report): Promise<string> }
  /** The way in while there is no admin. */
  readonly firstAdminLink: FirstAdminLink
  readonly http: Listening
  /** Setup links are served here and nowhere else; null: beside the admins' pages. */
  readonly linkHttp: Listening | null
  /** The monitoring is served here and nowhere else; null: nowhere. */
  readonly monitorHttp: Listening | null
  /** Null: admins sign in with passwords alone. */
  readonly identityProvider: IdentityProvider | null
}
