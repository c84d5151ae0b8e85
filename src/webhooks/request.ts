/** One request to a receiver: signed, and its answer in words. */
import { createHmac } from 'node:crypto'
import { SECOND } from '../clock/time.js'
import type { Failure } from './retry.js'

/** What is sent. The receiver knows by `id` that it has had it already. */
export interface Message {
  readonly id: string
  readonly type: 'punch' | 'test'
  /** When it happened. */
  readonly at: number
  readonly data: object
}

export interface Receiver {
  readonly url: string
  /** `whsec_` and 256 bits in Base64. */
  readonly secret: string
}

/** The receiver took it, or how it failed. Rejects only when `stop` is aborted first. */
export async function send(
  { url, secret }: Receiver,
  message: Message,
  { answerWithin, stop }: { answerWithin: number; stop: AbortSignal },
): Promise<{ readonly status: number } | Failure> {
  const body = JSON.stringify({
    type: message.type,
    id: message.id,
    timestamp: new Date(message.at).toISOString(),
    data: message.data,
  })
  try {
    const { status, body: answer } = await fetch(url, {
      method: 'POST',
      body,
      headers: headersFor(secret, message.id, body),
      redirect: 'manual',
      signal: AbortSignal.any([stop, AbortSignal.timeout(answerWithin)]),
    })
    // What it says besides is of no interest, and may be without end.
    await answer?.cancel().catch(() => {})
    return status >= 200 && status < 300 ? { status } : answered(status)
  } catch (error) {
    stop.throwIfAborted()
    return { fault: unreached(error, answerWithin), refusesThis: false }
  }
}

/** As Standard Webhooks has it: https://www.standardwebhooks.com. */
function headersFor(secret: string, id: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / SECOND))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'content-type': 'application/json',
    'user-agent': 'Punchline',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
    // Punches come far apart: a kept connection would be one that the receiver has just closed.
    connection: 'close',
  }
}

/** Answers that concern what was sent, not the receiver's state. */
const REFUSALS = [400, 409, 413, 415, 422]

function answered(status: number): Failure {
  const refusesThis = REFUSALS.includes(status)
  if (refusesThis) return { fault: `The receiver refused it (HTTP ${status}).`, refusesThis }
  return { fault: `${sentenceFor(status)} (HTTP ${status}).`, refusesThis }
}

function sentenceFor(status: number): string {
  if (status >= 300 && status < 400) return 'The receiver wants it sent to another address, which is not done'
  if (status === 401 || status === 403) return 'The receiver does not let Punchline in'
  if (status === 404) return 'The receiver knows no such address'
  if (status === 410) return 'The receiver says that this address is gone for good'
  if (status === 429) return 'The receiver gets too much at once'
  return status >= 500 ? 'The receiver failed' : 'The receiver did not take it'
}

function unreached(error: unknown, answerWithin: number): string {
  const late = `The receiver did not answer within ${answerWithin / SECOND} seconds.`
  if (error instanceof Error && error.name === 'TimeoutError') return late
  // Fetch says only that it failed; its cause says why.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  switch (code) {
    case 'ECONNREFUSED':
      return 'The receiver could not be reached (connection refused).'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The receiver could not be reached (its name is not known on the network).'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'The receiver could not be reached (no way to it on the network).'
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return late
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'The receiver dropped the connection.'
  }
  if (/CERT|SIGNATURE|SSL|TLS/.test(code)) return `The receiver’s certificate is not trusted (${code}).`
  return `The receiver could not be reached (${code || (cause instanceof Error ? cause.message : cause)}).`
}
