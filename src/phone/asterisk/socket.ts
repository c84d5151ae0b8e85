/** ari-client's web socket, of which only a ping shows that it is alive. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, WebSocketOfClient } from 'ari-client'

/** Between two pings, in milliseconds, and how many may go unanswered: a dead socket is found within 12 s. */
const HEARTBEAT = 4_000
const MOST_UNANSWERED = 2

/** A web socket's `readyState`; below it, one is being opened. */
const OPEN = 1

/** Pings until stopped; a socket that does not answer, or does not open, is dropped, so that ari-client opens another. */
export async function keepAlive(client: Client, stopped: AbortSignal): Promise<void> {
  let unanswered = 0
  const answered = () => {
    unanswered = 0
  }
  client.on('pong', answered)
  client.on('WebSocketConnected', answered)
  while (!stopped.aborted) {
    if (unanswered >= MOST_UNANSWERED) dropSocket(client)
    unanswered = isThere(client) ? unanswered + 1 : 0
    if (openSocket(client)) client.ping()
    await sleep(HEARTBEAT, undefined, { signal: stopped }).catch(() => {})
  }
}

/** Whether there is one, or one is being opened. */
function isThere({ _ws }: Client): boolean {
  return _ws !== undefined && _ws.readyState <= OPEN
}

/** Null while none is open. */
export function openSocket({ _ws }: Client): WebSocketOfClient | null {
  return _ws?.readyState === OPEN ? _ws : null
}

/** ari-client has no call for this: its stop() waits for the other side, which is not there. */
function dropSocket({ _ws }: Client): void {
  _ws?.terminate()
}
