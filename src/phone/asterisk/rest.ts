/** Requests to ARI, and the two ways on which they go: the events' web socket, or HTTP. */

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below /ari, such as channels/1700000000.1/play; its parts are encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
}

/** What is done for a call; its answer is short. */
export interface Command extends RestRequest {
  readonly method: 'POST' | 'DELETE'
}

export interface RestAnswer {
  readonly status: number
  /** What the JSON says; null where there is none. */
  readonly body: unknown
}

export interface Rest<Request extends RestRequest> {
  /** Rejects when there is no answer within the time, in milliseconds. */
  send(request: Request, within: number): Promise<RestAnswer>
}
