/** One outgoing call's SIP dialog over UDP, from INVITE to BYE (RFC 3261, the caller's side). */
import { randomBytes } from 'node:crypto'
import {
  formatMessage,
  type Header,
  headerOf,
  headersOf,
  isResponse,
  parameterOf,
  parseMessage,
  responseTo,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  uriOf,
} from './sip.js'

/** What carries the dialog's messages: a UDP socket that is connected to the PBX. */
export interface Wire {
  /** Our own address, host:port, as the PBX reaches it. */
  readonly local: string
  /** The PBX's, host:port. */
  readonly remote: string
  send(datagram: string): void
}

export interface Parties {
  /** The number that is dialled. */
  readonly number: string
  /** The caller's number; null: withheld. */
  readonly from: string | null
}

/** The PBX did not take the call; status 408 without a word from it. */
export class SipRefused extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string) {
    super(`The call was refused: ${status} ${reason}`)
    this.name = 'SipRefused'
    this.status = status
    this.reason = reason
  }
}

const T1 = 500
const T2 = 4000
const GIVE_UP = 64 * T1
const ALLOW: Header = ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY']

interface Transaction {
  readonly onResponse: (response: SipResponse) => void
  timer: NodeJS.Timeout | null
}

/** The dialog of one call. It reads no socket: hand it every datagram with `receive`. */
export class Dialog {
  readonly #wire: Wire
  readonly #offer: string
  readonly #onHangUp: () => void
  readonly #callId = token(12)
  readonly #from: string
  readonly #number: string
  readonly #withheld: boolean
  readonly #transactions = new Map<string, Transaction>()
  #to: string
  #target: string
  #routes: readonly string[] = []
  #sequence = 1
  /** What confirms the answer; null until there is one. */
  #ack: string | null = null
  #invite: SipRequest | null = null
  /** Ends the wait for an answer to it. */
  #refuse: (reason: SipRefused) => void = () => {}
  #cancelled: 'no' | 'asked' | 'sent' = 'no'
  #ringing = false
  #over = false

  /** `onHangUp` is called when the PBX ends the answered call. */
  constructor(wire: Wire, parties: Parties, offer: string, onHangUp: () => void) {
    this.#wire = wire
    this.#offer = offer
    this.#onHangUp = onHangUp
    this.#number = parties.number
    this.#withheld = parties.from === null
    const caller =
      parties.from === null
        ? '"Anonymous" <sip:anonymous@anonymous.invalid>'
        : `<sip:${parties.from}@${wire.local.replace(/:\d+$/, '')}>`
    this.#from = `${caller};tag=${token(6)}`
    this.#to = `<sip:${this.#number}@${wire.remote}>`
    this.#target = `sip:${this.#number}@${wire.remote}`
  }

  /** Calls. Resolves at 200 OK with the PBX's SDP; rejects with SipRefused. */
  invite(): Promise<string> {
    return new Promise((resolve, reject) => {
      const privacy: readonly Header[] = this.#withheld ? [['Privacy', 'id']] : []
      const request = this.#request('INVITE', ['Content-Type', 'application/sdp'], ...privacy)
      const withOffer = { ...request, body: this.#offer }
      this.#invite = withOffer
      this.#refuse = reject
      this.#start(
        withOffer,
        response => this.#onInviteResponse(response, resolve, reject),
        () => {
          reject(new SipRefused(408, 'No answer to INVITE'))
        },
      )
    })
  }

  /** Gives up a call that is not answered yet: `invite` rejects with 487. */
  cancel(): void {
    if (this.#ack || !this.#invite || this.#cancelled === 'sent') return
    this.#cancelled = 'asked'
    // RFC 3261 9.1: a CANCEL waits for the first provisional response.
    if (!this.#ringing) return
    this.#cancelled = 'sent'
    const request = this.#invite
    const kept = request.headers.filter(([name]) => ['Via', 'From', 'To', 'Call-ID', 'Max-Forwards'].includes(name))
    const cseq: Header = ['CSeq', headerOf(request, 'CSeq').replace('INVITE', 'CANCEL')]
    this.#start({ ...request, method: 'CANCEL', headers: [...kept, cseq], body: '' }, () => {})
    // RFC 3261 9.1: a PBX that was killed meanwhile answers neither.
    setTimeout(() => this.#refuse(new SipRefused(487, 'No answer to CANCEL')), GIVE_UP).unref()
  }

  /** Hangs up. Resolves when the PBX confirms, or stays silent for 32 s. */
  bye(): Promise<void> {
    if (this.#over || !this.#ack) return Promise.resolve()
    this.#over = true
    return new Promise(resolve => {
      this.#start(this.#request('BYE'), () => resolve(), resolve)
    })
  }

  /** Stops sending for good. */
  close(): void {
    this.#over = true
    for (const { timer } of this.#transactions.values()) if (timer) clearTimeout(timer)
    this.#transactions.clear()
  }

  receive(datagram: string): void {
    const message = parseMessage(datagram)
    if (!message || headerOf(message, 'Call-ID') !== this.#callId) return
    if (!isResponse(message)) this.#onRequest(message)
    else this.#onResponse(message)
  }

  #onResponse(response: SipResponse): void {
    const key = transactionKey(response)
    const transaction = this.#transactions.get(key)
    if (transaction) {
      if (response.status >= 200 || key.endsWith(' INVITE')) this.#stop(transaction)
      if (response.status >= 200) this.#transactions.delete(key)
      transaction.onResponse(response)
    } else if (key.endsWith(' INVITE') && response.status >= 200) {
      // Our ACK was lost.
      if (response.status < 300 && this.#ack) this.#wire.send(this.#ack)
      else if (response.status >= 300) this.#ackRefusal(response)
    }
  }

  #onInviteResponse(response: SipResponse, resolve: (sdp: string) => void, reject: (error: Error) => void): void {
    if (response.status < 200) {
      this.#ringing = true
      if (this.#cancelled === 'asked') this.cancel()
    } else if (response.status < 300) {
      this.#onAnswer(response)
      // The answer and our CANCEL crossed: hang up at once.
      if (this.#cancelled === 'no') resolve(response.body)
      else void this.bye().then(() => reject(new SipRefused(487, 'Request Terminated')))
    } else {
      this.#over = true
      this.#ackRefusal(response)
      reject(new SipRefused(response.status, response.reason))
    }
  }

  #onAnswer(response: SipResponse): void {
    this.#to = headerOf(response, 'To')
    this.#target = uriOf(headerOf(response, 'Contact')) || this.#target
    this.#routes = [...headersOf(response, 'Record-Route')].reverse()
    this.#ack = formatMessage(this.#request('ACK'))
    this.#wire.send(this.#ack)
  }

  #ackRefusal(response: SipResponse): void {
    if (!this.#invite) return
    const request = this.#invite
    const kept = request.headers.filter(([name]) => ['Via', 'From', 'Call-ID', 'Max-Forwards'].includes(name))
    const headers: readonly Header[] = [
      ...kept,
      ['To', headerOf(response, 'To')],
      ['CSeq', headerOf(request, 'CSeq').replace('INVITE', 'ACK')],
    ]
    this.#wire.send(formatMessage({ ...request, method: 'ACK', headers, body: '' }))
  }

  #onRequest(request: SipRequest): void {
    if (request.method === 'ACK') return
    this.#respond(request)
    if (request.method !== 'BYE' || !this.#ack || this.#over) return
    this.#over = true
    this.#onHangUp()
  }

  #respond(request: SipRequest): void {
    const { method, body } = request
    const [status, reason] = statusFor(method)
    // A new offer in mid-call gets what our own was.
    const sdp = method === 'INVITE' || (method === 'UPDATE' && body !== '') ? this.#offer : ''
    const headers: Header[] = [ALLOW]
    if (method === 'INVITE' || method === 'UPDATE') headers.push(['Contact', `<sip:telephone@${this.#wire.local}>`])
    if (sdp !== '') headers.push(['Content-Type', 'application/sdp'])
    this.#wire.send(formatMessage({ ...responseTo(request, status, reason, headers), body: sdp }))
  }

  #request(method: string, ...more: readonly Header[]): SipRequest {
    // An ACK repeats the number of the INVITE that it confirms.
    const sequence = method === 'ACK' ? this.#sequence - 1 : this.#sequence++
    const headers: readonly Header[] = [
      ['Via', `SIP/2.0/UDP ${this.#wire.local};rport;branch=z9hG4bK${token(9)}`],
      ['Max-Forwards', '70'],
      ['From', this.#from],
      ['To', this.#to],
      ['Call-ID', this.#callId],
      ['CSeq', `${sequence} ${method}`],
      ['Contact', `<sip:telephone@${this.#wire.local}>`],
      ...this.#routes.map((route): Header => ['Route', route]),
      ALLOW,
      ...more,
    ]
    return { method, uri: this.#target, headers, body: '' }
  }

  /** Sends a request again and again until it is answered (timers A and E), for 32 s at most (timers B and F). */
  #start(request: SipRequest, onResponse: (response: SipResponse) => void, onSilence: () => void = () => {}): void {
    const transaction: Transaction = { onResponse, timer: null }
    const key = transactionKey(request)
    const datagram = formatMessage(request)
    const longest = request.method === 'INVITE' ? GIVE_UP : T2
    const send = (interval: number, waited: number): void => {
      if (waited >= GIVE_UP) {
        this.#transactions.delete(key)
        onSilence()
        return
      }
      this.#wire.send(datagram)
      const wait = Math.min(interval, GIVE_UP - waited)
      transaction.timer = setTimeout(() => send(Math.min(2 * interval, longest), waited + wait), wait)
    }
    this.#transactions.set(key, transaction)
    send(T1, 0)
  }

  #stop(transaction: Transaction): void {
    if (transaction.timer) clearTimeout(transaction.timer)
    transaction.timer = null
  }
}

/** How a telephone in a call answers a request of the PBX. */
function statusFor(method: string): readonly [status: number, reason: string] {
  if (method === 'CANCEL') return [481, 'Call/Transaction Does Not Exist']
  return ALLOW[1].split(', ').includes(method) ? [200, 'OK'] : [501, 'Not Implemented']
}

/** A response belongs to the request with the same branch and method. */
function transactionKey(message: SipMessage): string {
  return `${branchOf(message)} ${headerOf(message, 'CSeq').split(/\s+/)[1] ?? ''}`
}

function branchOf(message: SipMessage): string {
  return parameterOf(headerOf(message, 'Via'), 'branch')
}

function token(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}
