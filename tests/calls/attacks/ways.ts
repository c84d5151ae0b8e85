/** What attackers try. */
import type { Header } from '../../../scripts/telephone/sip.js'
import type { Attack } from './attacker.js'

/** Users of a SIP address: numbers abroad, the dialplan's own extensions, other contexts, expressions, rubbish. */
export const USERS = [
  '5550100',
  '9011442071234567',
  's',
  'h',
  'i',
  't',
  'T',
  '*8',
  '%23',
  '100',
  'desk',
  'company',
  'punchline',
  'punchline,s,1',
  'punchline-trunk',
  '..%2F',
  '%C3%A9',
  '0%24%7BSHELL(id)%7D',
  '%24%7BSHELL(id)%7D',
  '0&PJSIP%2Fdesk',
  '100;phone-context=company',
  '%00',
  '9'.repeat(300),
  'x'.repeat(2_000),
]

/** Users with characters that may not stand in a SIP address. */
export const MALFORMED_USERS = ['$' + '{SHELL(id)}', '0@company', 'é', '_[+0-9]!', 'a b', '<100>', '"100"']

/** With one that nobody knows. */
export const METHODS = [
  'OPTIONS',
  'REGISTER',
  'INVITE',
  'SUBSCRIBE',
  'MESSAGE',
  'PUBLISH',
  'NOTIFY',
  'REFER',
  'UPDATE',
  'INFO',
  'PRACK',
  'SCAN',
]

/** Names that the PBX knows, or might. */
export const ENDPOINT_NAMES = [
  'punchline-trunk',
  'punchline',
  'punchline-provider-addresses',
  'anonymous',
  'desk',
  '+15550102',
  's',
]

/** Headers of a call that name another host, another extension, or an expression of the dialplan. */
export const headersThatLeadElsewhere = (host: string): Header[] => [
  ['Route', `<sip:100@${host};lr>`],
  ['Path', `<sip:100@${host};lr>`],
  ['Diversion', `"$\{SHELL(id)}" <sip:100@${host}>;reason=unconditional`],
  ['History-Info', `<sip:100@${host}>;index=1`],
  ['Refer-To', `<sip:100@${host}>`],
  ['Referred-By', `<sip:100@${host}>`],
  ['Reply-To', `<sip:100@${host}>`],
  ['Call-Info', `<sip:100@${host}>;answer-after=0`],
  ['Error-Info', `<sip:100@${host}>`],
  ['Alert-Info', `<http://${host}/ring.wav>`],
  ['Join', 'x;to-tag=1;from-tag=2'],
  ['X-Asterisk-Context', 'company'],
  ['X-Asterisk-Info', 'Goto(company,100,1)'],
  ['Subject', '$' + '{SHELL(id)}'],
  ['P-Asserted-Identity', `"$\{SHELL(id)},b" <sip:company,100,1@${host}>`],
  ['Remote-Party-ID', `"a,b" <sip:$%7BSHELL(id)%7D@${host}>;privacy=off`],
  ['From', `"$\{SHELL(id)},b&c\\"" <sip:%24%7BSHELL(id)%7D@${host}>;tag=1`],
  ['From', `"Goto(company,100,1)" <sip:company,100,1@${host}>;tag=1`],
]

/** Requests within a call that would lead it, or another, elsewhere. */
export function requestsWithinACall(host: string, pbx: string): [name: string, Omit<Attack, 'uri'>][] {
  const sdp = `v=0\r\no=- 1 2 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host.split(':')[0]}\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n`
  const of = (type: string): Header => ['Content-Type', type]
  return [
    ['a blind transfer to a host', { method: 'REFER', headers: [['Refer-To', `<sip:100@${host}>`]] }],
    ['a blind transfer to an extension', { method: 'REFER', headers: [['Refer-To', `<sip:100@${pbx}>`]] }],
    [
      'a transfer in the name of a desk',
      {
        method: 'REFER',
        headers: [
          ['Refer-To', `<sip:100@${pbx}>`],
          ['Referred-By', `<sip:desk@${pbx}>`],
        ],
      },
    ],
    [
      'an attended transfer to nobody',
      { method: 'REFER', headers: [['Refer-To', `<sip:100@${pbx}?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>`]] },
    ],
    ['a new offer of another host', { method: 'INVITE', headers: [of('application/sdp')], body: sdp }],
    ['an update to another host', { method: 'UPDATE', headers: [of('application/sdp')], body: sdp }],
    [
      'a key by INFO',
      { method: 'INFO', headers: [of('application/dtmf-relay')], body: 'Signal=*\r\nDuration=100\r\n' },
    ],
    ['a recording by INFO', { method: 'INFO', headers: [['Record', 'on']] }],
    ['a message', { method: 'MESSAGE', headers: [of('text/plain')], body: 'Goto(company,100,1)' }],
    [
      'a subscription',
      {
        method: 'SUBSCRIBE',
        headers: [
          ['Event', 'dialog'],
          ['Expires', '60'],
        ],
      },
    ],
    [
      'a notification',
      {
        method: 'NOTIFY',
        headers: [['Event', 'refer'], ['Subscription-State', 'active'], of('message/sipfrag')],
        body: 'SIP/2.0 200 OK',
      },
    ],
    [
      'a publication',
      {
        method: 'PUBLISH',
        headers: [
          ['Event', 'presence'],
          ['Expires', '60'],
        ],
      },
    ],
    ['a registration', { method: 'REGISTER', headers: [['Expires', '60']] }],
  ]
}
