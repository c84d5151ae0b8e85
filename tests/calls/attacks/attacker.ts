/** Somebody who sends the PBX whatever they like: single SIP requests, and more of them within a call. */
import { randomBytes } from 'node:crypto'
import { formatRtp } from '../../../scripts/telephone/rtp.js'
import { audioOffer, parseAudioAnswer } from '../../../scripts/telephone/sdp.js'
import {
  formatMessage,
  type Header,
  headerOf,
  isResponse,
  parameterOf,
  parseMessage,
  responseTo,
  type SipRequest,
  type SipResponse,
  uriOf,
} from '../../../scripts/telephone/sip.js'
import { connectSocket, openSocket, resolveAddress } from '../../../scripts/telephone/udp.js'

export interface Attack {
  readonly method: string
  readonly uri: string
  /** These replace what a well-behaved request has; two of one name are both sent. */
  readonly headers?: readonly Header[]
  readonly body?: string
}

export interface Attacker {
  /** The PBX's answer, such as `404 Not Found`; `no answer` when it stays silent. */
  send(attack: Attack): Promise<string>
  /** Places a call that the PBX answers. */
  call(attack: Attack): Promise<AttackedCall>
  close(): void
}

export interface AttackedCall {
  /** The PBX's answer to a request within the call. */
  send(attack: Omit<Attack, 'uri'>): Promise<string>
  /** What another request names this call by: the value of a Replaces header. */
  readonly replaces: string
  hangUp(): Promise<void>
}

/** Asterisk answers each request at once, or never. */
const PATIENCE_MS = 1_000
const SOUND = formatRtp({
  payloadType: 0,
  marker: true,
  sequence: 1,
  timestamp: 0,
  ssrc: 1,
  payload: new Uint8Array(160).fill(0xff),
})

export interface AttackerOptions {
  /** The address of this machine that it sends from. */
  readonly address: string
  /** Its number. */
  readonly number: string
  /** The host that it redirects the PBX to. */
  readonly redirectTo: string
}

export async function openAttacker(pbxAddress: string, options: AttackerOptions): Promise<Attacker> {
  const { address, port } = await resolveAddress(pbxAddress)
  const socket = await openSocket(options.address)
  await connectSocket(socket, address, port)
  const rtp = await openSocket(options.address)
  const local = `${socket.address().address}:${socket.address().port}`
  const elsewhere = `<sip:100@${options.redirectTo}>`
  const waiting = new Map<string, (response: SipResponse) => void>()

  socket.on('message', datagram => {
    const message = parseMessage(datagram.toString())
    if (!message) return
    // What the PBX asks is answered by a redirection, which it must not follow.
    if (!isResponse(message)) socket.send(formatMessage(responseTo(message, 302, 'Moved', [['Contact', elsewhere]])))
    else if (message.status >= 200) waiting.get(branchOf(message))?.(message)
  })

  const transact = (request: SipRequest): Promise<SipResponse | null> =>
    new Promise(resolve => {
      const branch = branchOf(request)
      const timer = setTimeout(() => settle(null), PATIENCE_MS)
      const settle = (response: SipResponse | null) => {
        clearTimeout(timer)
        waiting.delete(branch)
        if (response && request.method === 'INVITE') socket.send(formatMessage(ackOf(request, response)))
        resolve(response)
      }
      waiting.set(branch, settle)
      socket.send(formatMessage(request))
    })

  const requestOf = ({ method, uri, headers = [], body = '' }: Attack, dialog: readonly Header[]): SipRequest => {
    const usual: readonly Header[] = [
      ['Via', `SIP/2.0/UDP ${local};rport;branch=z9hG4bK${token()}`],
      ['Max-Forwards', '70'],
      ...dialog,
      ['Contact', `<sip:attacker@${local}>`],
    ]
    const named = new Set(headers.map(([name]) => name.toLowerCase()))
    return { method, uri, headers: [...usual.filter(([name]) => !named.has(name.toLowerCase())), ...headers], body }
  }
  const outsideDialog = ({ method, uri }: Attack): readonly Header[] => [
    ['From', `<sip:${options.number}@${options.address}>;tag=${token()}`],
    ['To', `<${uri}>`],
    ['Call-ID', token()],
    ['CSeq', `1 ${method}`],
  ]

  return {
    async send(attack) {
      return statusLine(await transact(requestOf(attack, outsideDialog(attack))))
    },
    async call(attack) {
      const { headers, body } = offer(options.address, rtp.address().port)
      const withOffer = { ...attack, headers: [...headers, ...(attack.headers ?? [])], body }
      const invite = requestOf(withOffer, outsideDialog(attack))
      const answer = await transact(invite)
      if (answer?.status !== 200) throw new Error(`The PBX does not take the call: ${statusLine(answer)}`)
      // Asterisk waits for the first sound of a caller before it goes on.
      const audio = parseAudioAnswer(answer.body)
      if (audio) rtp.send(SOUND, audio.port, audio.address)
      const [from, to, callId] = [headerOf(invite, 'From'), headerOf(answer, 'To'), headerOf(invite, 'Call-ID')]
      const uri = uriOf(headerOf(answer, 'Contact'))
      let sequence = 1
      const send = async (within: Omit<Attack, 'uri'>): Promise<string> => {
        sequence += 1
        const dialog: readonly Header[] = [
          ['From', from],
          ['To', to],
          ['Call-ID', callId],
          ['CSeq', `${sequence} ${within.method}`],
        ]
        return statusLine(await transact(requestOf({ ...within, uri }, dialog)))
      }
      return {
        send,
        replaces: `${callId};to-tag=${parameterOf(to, 'tag')};from-tag=${parameterOf(from, 'tag')}`,
        async hangUp() {
          await send({ method: 'BYE' })
        },
      }
    },
    close() {
      socket.close()
      rtp.close()
    },
  }
}

/** The headers and body of an ordinary offer of audio. */
export function offer(address: string, port = 9): { headers: readonly Header[]; body: string } {
  return { headers: [['Content-Type', 'application/sdp']], body: audioOffer('pcmu', address, port) }
}

function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  // The ACK of an answer is a transaction of its own; that of a refusal belongs to the INVITE's.
  const via: Header = [
    'Via',
    response.status < 300
      ? headerOf(invite, 'Via').replace(/branch=.*/, `branch=z9hG4bK${token()}`)
      : headerOf(invite, 'Via'),
  ]
  const headers: readonly Header[] = [
    via,
    ['Max-Forwards', '70'],
    ['From', headerOf(invite, 'From')],
    ['To', headerOf(response, 'To')],
    ['Call-ID', headerOf(invite, 'Call-ID')],
    ['CSeq', headerOf(invite, 'CSeq').replace('INVITE', 'ACK')],
  ]
  const target = response.status < 300 ? uriOf(headerOf(response, 'Contact')) : invite.uri
  return { method: 'ACK', uri: target, headers, body: '' }
}

const branchOf = (message: SipRequest | SipResponse) => parameterOf(headerOf(message, 'Via'), 'branch')
const statusLine = (response: SipResponse | null) => (response ? `${response.status} ${response.reason}` : 'no answer')
const token = () => randomBytes(8).toString('hex')
