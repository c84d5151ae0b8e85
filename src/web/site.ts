import type { Logger } from 'pino'
import type { TimeStyle } from '../clock/time.js'
import type { Database } from '../store/database.js'
import type { RecordingFolder } from '../store/recordings.js'

/** What the pages are made of. */
export interface Site {
  readonly db: Database
  readonly recordings: RecordingFolder
  readonly log: Logger
  /** Where the session key is kept. */
  readonly dataDirectory: string
  readonly companyName: string
  /** As it is shown; null until IT sets it. */
  readonly dialInNumber: string | null
  readonly timeStyle: TimeStyle
  /** Whether calls can arrive now. */
  isLineConnected(): boolean
  /** Port 0 takes any free one. */
  readonly http: { readonly host: string; readonly port: number }
}
