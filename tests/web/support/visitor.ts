/** A visitor without a browser: fetch, and the cookie that the pages gave. */
import { EMAIL, type Office, PASSWORD } from './office.js'

type Body = string | URLSearchParams | FormData | null

export class Visitor {
  readonly #office: { readonly url: string }
  /** The session's cookie. */
  cookie: string | null = null
  /** What a browser is known by. */
  #known: string | null = null

  constructor(office: { readonly url: string }) {
    this.#office = office
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { headers })
  }

  post(path: string, body: Body = null, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { method: 'POST', body, headers })
  }

  signIn(email = EMAIL, password = PASSWORD): Promise<Response> {
    return this.post('/sign-in', new URLSearchParams({ email, password }))
  }

  async #send(path: string, init: { headers: Record<string, string>; method?: string; body?: Body }) {
    const cookies = [this.cookie, this.#known].filter(cookie => cookie !== null).join('; ')
    const headers = { ...(cookies !== '' && { cookie: cookies }), ...init.headers }
    const response = await fetch(this.#office.url + path, { ...init, headers, redirect: 'manual' })
    for (const given of response.headers.getSetCookie()) this.#keep(given)
    return response
  }

  #keep(given: string): void {
    const [cookie = ''] = given.split(';', 1)
    if (cookie.startsWith('punchline-browser=')) this.#known = cookie
    else this.cookie = cookie
  }
}

/** The first admin of an office, who is signed in. */
export async function signedInAdmin(office: Office): Promise<Visitor> {
  await office.addAdmin()
  const admin = new Visitor(office)
  await admin.signIn()
  return admin
}

/** What a page says, without its tags. */
export async function words(response: Response): Promise<string> {
  const html = await response.text()
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
