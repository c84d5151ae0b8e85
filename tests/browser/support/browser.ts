/** The machine's own Chromium, without a window. */
import { type Browser, chromium } from 'playwright-core'

/** Leads to this machine. */
export const INTRANET = 'clock.intranet'

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      // A name as an intranet has: to Chromium plain http there is not secure, unlike on 127.0.0.1.
      `--host-resolver-rules=MAP ${INTRANET} 127.0.0.1`,
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
