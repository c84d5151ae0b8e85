/**
 * Requests to ARI over the web socket that brings the events, which Asterisk knows from 20.15, 21.10 and 22.5 on: no
 * connection is made for one and no password hashed, and Asterisk takes them in the order in which they are sent. For commands
 * alone: others wait while it makes a long list, and one of about a megabyte kills it (22.10: it puts each message on the stack).
 * https://docs.asterisk.org/Configuration/Interfaces/Asterisk-REST-Interface-ARI/ARI-REST-over-WebSocket
 */
import type { Client } from 'ari-client'
import { z } from 'zod'
import type { Command, Rest, RestAnswer } from './rest.js'
import { openSocket } from './socket.js'

/** What Asterisk's own description of its events calls a request. */
const REQUEST = 'RESTRequest'

const Json = z.string().transform((text, context): unknown => {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    context.addIssue('no JSON')
    return z.NEVER
  }
})

const Response = z.object({
  request_id: z.string(),
  status_code: z.number(),
  message_body: Json.optional(),
})

interface Pending {
  readonly resolve: (answer: RestAnswer) => void
  readonly reject: (error: Error) => void
}

export class RestOverSocket implements Rest<Command> {
  readonly #client: Client
  /** By the request's number, while its answer is awaited. */
  readonly #pending = new Map<string, Pending>()
  #sent = 0
  /** Something keeps answers from this socket, such as another program that has set its filter. */
  #isMute = false

  /** Null where Asterisk does not know such requests. */
  static of(client: Client): RestOverSocket | null {
    const isKnown = REQUEST in (client._swagger?.apis.events.models ?? {})
    return isKnown ? new RestOverSocket(client) : null
  }

  private constructor(client: Client) {
    this.#client = client
    client.on('RESTResponse', event => this.#answered(event))
    client.on('WebSocketConnected', () => {
      this.#isMute = false
      openSocket(client)?.once('close', () => this.#lose())
    })
  }

  /** Whether requests can be sent now, and are answered. */
  get isOpen(): boolean {
    return !this.#isMute && openSocket(this.#client) !== null
  }

  send({ method, path, query = {}, body }: Command, within: number): Promise<RestAnswer> {
    const id = String(this.#sent++)
    return new Promise<RestAnswer>((resolve, reject) => {
      const socket = openSocket(this.#client)
      if (!socket) throw new Error('the web socket is not open')
      const giveUp = () => {
        this.#isMute = true
        reject(new Error(`no answer within ${within} ms`))
      }
      const timer = setTimeout(giveUp, within)
      const settle = <Value>(then: (value: Value) => void) => {
        return (value: Value) => {
          clearTimeout(timer)
          then(value)
        }
      }
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject) })
      socket.send(
        JSON.stringify({
          type: REQUEST,
          transaction_id: '',
          request_id: id,
          method,
          uri: path,
          query_strings: Object.entries(query).map(([name, value]) => ({ name, value })),
          ...(body && { content_type: 'application/json', message_body: JSON.stringify(body) }),
        }),
      )
    }).finally(() => this.#pending.delete(id))
  }

  /** What can't be read counts as no answer. */
  #answered(event: unknown): void {
    const { data } = Response.safeParse(event)
    if (!data) return
    // Late is not mute.
    this.#isMute = false
    this.#pending.get(data.request_id)?.resolve({ status: data.status_code, body: data.message_body ?? null })
  }

  #lose(): void {
    for (const { reject } of this.#pending.values()) reject(new Error('the web socket was closed'))
  }
}
