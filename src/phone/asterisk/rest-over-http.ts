/** Requests to ARI over HTTP, on connections that stay open between them. Asterisk checks the password at each. */
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { AriSettings } from './ari.js'
import type { Rest, RestAnswer, RestRequest } from './rest.js'

/** Asterisk closes a connection that has nothing to do for 15 s, which a request must not meet. In milliseconds. */
const IDLE_WITHIN = 5_000

export class RestOverHttp implements Rest<RestRequest> {
  readonly #url: string
  readonly #authorization: string
  readonly #http: typeof http | typeof https
  readonly #connections: http.Agent

  constructor({ url, username, password }: AriSettings) {
    this.#url = url
    this.#authorization = authorization(username, password)
    this.#http = url.startsWith('https:') ? https : http
    this.#connections = new this.#http.Agent({ keepAlive: true, timeout: IDLE_WITHIN })
  }

  async send(request: RestRequest, within: number): Promise<RestAnswer> {
    const { status, bytes } = await this.#ask(request, within)
    return { status, body: bytes.length === 0 ? null : JSON.parse(bytes.toString()) }
  }

  /** What is there, byte by byte; null where nothing is. */
  async getFile(path: string, within: number): Promise<Uint8Array | null> {
    const { status, bytes } = await this.#ask({ method: 'GET', path }, within)
    if (status === 404) return null
    if (status !== 200) throw new Error(`HTTP ${status}`)
    return bytes
  }

  /** By node:http, since a recording costs three times as much by fetch. */
  async #ask(
    { method, path, query = {}, body }: RestRequest,
    within: number,
  ): Promise<{ status: number; bytes: Buffer }> {
    const request = this.#http.request(`${this.#url}/ari/${path}?${new URLSearchParams(query)}`, {
      method,
      headers: { authorization: this.#authorization, ...(body && { 'content-type': 'application/json' }) },
      agent: this.#connections,
      signal: AbortSignal.timeout(within),
    })
    request.end(body && JSON.stringify(body))
    const [response]: http.IncomingMessage[] = await once(request, 'response')
    if (!response) throw new Error('no answer')
    return { status: response.statusCode ?? 0, bytes: await buffer(response) }
  }
}

export function authorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
