/** Requests to ARI over HTTP, on connections that stay open between them. Asterisk checks the password at each. */
import type { AriSettings } from './ari.js'
import type { Rest, RestAnswer, RestRequest } from './rest.js'

export class RestOverHttp implements Rest<RestRequest> {
  readonly #url: string
  readonly #authorization: string

  constructor({ url, username, password }: AriSettings) {
    this.#url = url
    this.#authorization = authorization(username, password)
  }

  async send(request: RestRequest, within: number): Promise<RestAnswer> {
    const response = await this.#fetch(request, within)
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }

  /** What is there, byte by byte; null where nothing is. */
  async getFile(path: string, within: number): Promise<Uint8Array | null> {
    const response = await this.#fetch({ method: 'GET', path }, within)
    if (response.status === 404) return null
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  #fetch({ method, path, query = {}, body }: RestRequest, within: number): Promise<Response> {
    return fetch(`${this.#url}/ari/${path}?${new URLSearchParams(query)}`, {
      method,
      headers: { authorization: this.#authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(within),
    })
  }
}

export function authorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
