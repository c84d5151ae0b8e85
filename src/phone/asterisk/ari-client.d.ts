/** What ari-client has and its types don't tell. */
import 'ari-client'

declare module 'ari-client' {
  interface Resource {
    on(event: 'RESTResponse', listener: (event: unknown) => void): this
  }

  interface Client {
    /** The web socket of this moment. */
    readonly _ws?: WebSocketOfClient
    /** Asterisk's own description of what it sends and takes. */
    readonly _swagger?: {
      readonly apis: { readonly events: { readonly models: Readonly<Record<string, EventModel>> } }
    }
  }

  /** What an event of one type holds, by name. */
  interface EventModel {
    properties: object
  }

  interface WebSocketOfClient {
    readonly readyState: number
    send(text: string): void
    once(event: 'close', listener: () => void): void
    terminate(): void
  }
}
