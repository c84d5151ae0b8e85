/** A browser without a window that goes where it is led, between Punchline and an identity provider, with the cookies of each. */

export interface Arrival {
  readonly status: number
  readonly url: URL
  readonly html: string
}

export class LedBrowser {
  /** By origin and name. */
  readonly #cookies = new Map<string, string>()
  /** Where it has been since it was made. */
  readonly visited: URL[] = []

  /** Goes on until something is not a redirect; or is one to the path `until`, which is not followed. */
  async open(url: string | URL, form?: Record<string, string>, until?: string): Promise<Arrival> {
    let at = new URL(url)
    let body = form && new URLSearchParams(form)
    for (let redirects = 0; redirects < 20; redirects++) {
      this.visited.push(at)
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: this.#cookiesFor(at) },
        ...(body && { method: 'POST', body }),
      })
      for (const given of response.headers.getSetCookie()) this.#keep(at, given)
      const location = response.headers.get('location')
      if (location === null) return { status: response.status, url: at, html: await response.text() }
      await response.body?.cancel()
      at = new URL(location, at)
      body = undefined
      if (until !== undefined && at.pathname === until) return { status: response.status, url: at, html: '' }
    }
    throw new Error('it is led in circles')
  }

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(`${new URL(origin).origin} ${name}`)
  }

  #cookiesFor({ origin }: URL): string {
    const own = [...this.#cookies].filter(([key]) => key.startsWith(`${origin} `))
    return own.map(([key, value]) => `${key.slice(origin.length + 1)}=${value}`).join('; ')
  }

  #keep({ origin }: URL, given: string): void {
    const [pair = ''] = given.split(';', 1)
    const name = pair.slice(0, pair.indexOf('='))
    const key = `${origin} ${name}`
    const isOver = /expires=Thu, 01 Jan 1970|max-age=0/i.test(given)
    if (isOver) this.#cookies.delete(key)
    else this.#cookies.set(key, pair.slice(name.length + 1))
  }
}

/** Signs in at the provider by the name of somebody there, and allows what Punchline asks for. Gives the page that it ends at. */
export async function signInThere(
  browser: LedBrowser,
  office: { readonly url: string },
  who: string,
): Promise<Arrival> {
  const page = await browser.open(`${office.url}/sign-in/provider`)
  return page.url.origin === office.url ? page : answerThere(browser, page, who)
}

/** From the provider's page on. `until`: the path of a redirect that is not followed. */
export async function answerThere(browser: LedBrowser, page: Arrival, who: string, until?: string): Promise<Arrival> {
  const asked = await browser.open(page.url, { prompt: 'login', login: who, password: 'any' }, until)
  return asked.html.includes('name="prompt" value="consent"')
    ? browser.open(asked.url, { prompt: 'consent' }, until)
    : asked
}
