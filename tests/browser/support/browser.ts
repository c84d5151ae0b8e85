/** The machine's own Chromium, without a window. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'

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

/** One browser for the tests of a file. Gives what opens a page, apart from all others, until its test has ended. */
export function useBrowser(): (options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser
  const contexts: BrowserContext[] = []
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map(context => context.close()))
  })
  afterAll(() => browser?.close())
  return async options => {
    const context = await browser.newContext({ locale: 'en-US', ...options })
    contexts.push(context)
    return context.newPage()
  }
}
