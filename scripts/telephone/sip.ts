/** SIP messages (RFC 3261): what one says, read and written. */

export type Header = readonly [name: string, value: string]

export interface SipRequest {
  readonly method: string
  readonly uri: string
  readonly headers: readonly Header[]
  readonly body: string
}

export interface SipResponse {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  readonly body: string
}

export type SipMessage = SipRequest | SipResponse

export function isResponse(message: SipMessage): message is SipResponse {
  return 'status' in message
}

/** The message as it goes over the wire; Content-Length is added. */
export function formatMessage(message: SipMessage): string {
  const start = isResponse(message)
    ? `SIP/2.0 ${message.status} ${message.reason}`
    : `${message.method} ${message.uri} SIP/2.0`
  const headers: readonly Header[] = [...message.headers, ['Content-Length', String(Buffer.byteLength(message.body))]]
  return `${start}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${message.body}`
}

/** The message that a datagram holds; null when it holds none (a keep-alive, rubbish). */
export function parseMessage(datagram: string): SipMessage | null {
  const end = datagram.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [start = '', ...lines] = datagram
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = lines.map(parseHeader)
  const body = datagram.slice(end + 4)
  const response = /^SIP\/2\.0 (\d{3})(?: (.*))?$/.exec(start)
  if (response) return { status: Number(response[1]), reason: response[2] ?? '', headers, body }
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(start)
  if (request) return { method: request[1] ?? '', uri: request[2] ?? '', headers, body }
  return null
}

/** The first header of that name; empty when there is none. */
export function headerOf(message: SipMessage, name: string): string {
  return headersOf(message, name)[0] ?? ''
}

/** All headers of that name, in order. */
export function headersOf(message: SipMessage, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return message.headers.filter(([found]) => found.toLowerCase() === wanted).map(([, value]) => value)
}

/** A parameter of a header, such as the tag of From; empty when there is none. */
export function parameterOf(header: string, name: string): string {
  const parameters = header.replace(/^[^<]*<[^>]*>/, '')
  return new RegExp(`;\\s*${name}=([^;,\\s]+)`, 'i').exec(parameters)?.[1] ?? ''
}

/** The address inside a From, To, Contact or Record-Route header. */
export function uriOf(header: string): string {
  return /<([^>]+)>/.exec(header)?.[1] ?? header.split(';')[0]?.trim() ?? ''
}

/** The request's response: status line, and the headers that every response repeats. */
export function responseTo(
  request: SipRequest,
  status: number,
  reason: string,
  more: readonly Header[] = [],
): SipResponse {
  const repeated = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap(name =>
    headersOf(request, name).map((value): Header => [name, value]),
  )
  return { status, reason, headers: [...repeated, ...more], body: '' }
}

const compactNames: Readonly<Record<string, string>> = {
  c: 'Content-Type',
  f: 'From',
  i: 'Call-ID',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  t: 'To',
  v: 'Via',
}

function parseHeader(line: string): Header {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon)).trim()
  return [compactNames[name.toLowerCase()] ?? name, line.slice(colon + 1).trim()]
}
