/** A visitor without a browser: fetch, and the cookie that the pages gave. */
import { EMAIL, type Office, PASSWORD } from './office.js'

type Body = string | URLSearchParams | FormData | null

export class Visitor {
  readonly #office: { readonly url: string }
  cookie: string | null = null

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
    const headers = { ...init.headers, ...(this.cookie !== null && { cookie: this.cookie }) }
    const response = await fetch(this.#office.url + path, { ...init, headers, redirect: 'manual' })
    const given = response.headers.get('set-cookie')
    if (given !== null) this.cookie = given.split(';', 1)[0] ?? null
    return response
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
