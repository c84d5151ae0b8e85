import { describe, expect, it } from 'vitest'
import { audioOffer, parseAudioAnswer } from '../../scripts/telephone/sdp.js'
import {
  formatMessage,
  headerOf,
  headersOf,
  isResponse,
  parameterOf,
  parseMessage,
  responseTo,
  uriOf,
} from '../../scripts/telephone/sip.js'

const bye = [
  'BYE sip:telephone@192.0.2.7:40000 SIP/2.0',
  'v: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKabc',
  'Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKdef',
  'f: "A;tag=no" <sip:100@192.0.2.1;user=phone>;tag=pbx1',
  't: <sip:200@192.0.2.7>;tag=mine',
  'i: call-1',
  'CSeq: 4',
  '  BYE',
  'Content-Length: 0',
  '',
  '',
].join('\r\n')

describe('SIP messages', () => {
  it('reads requests, with compact and folded headers', () => {
    const message = parseMessage(bye)
    if (!message || isResponse(message)) throw new Error('no request')
    expect(message.method).toBe('BYE')
    expect(message.uri).toBe('sip:telephone@192.0.2.7:40000')
    expect(headerOf(message, 'call-id')).toBe('call-1')
    expect(headerOf(message, 'CSeq')).toBe('4 BYE')
    expect(headersOf(message, 'Via')).toHaveLength(2)
  })

  it('reads responses, with or without a reason', () => {
    const busy = parseMessage('SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\n\r\n')
    expect(busy).toMatchObject({ status: 486, reason: 'Busy Here' })
    expect(parseMessage('SIP/2.0 200\r\n\r\n')).toMatchObject({ status: 200, reason: '' })
  })

  it('takes nothing else for a message', () => {
    expect(parseMessage('\r\n\r\n')).toBeNull()
    expect(parseMessage('GET / HTTP/1.1\r\n\r\n')).toBeNull()
    expect(parseMessage('half a message')).toBeNull()
  })

  it('finds parameters and addresses', () => {
    expect(parameterOf('"A;tag=no" <sip:100@h;tag=inner>;tag=outer', 'tag')).toBe('outer')
    expect(parameterOf('SIP/2.0/UDP h:5060;rport;branch=z9hG4bKx', 'branch')).toBe('z9hG4bKx')
    expect(parameterOf('<sip:100@h>', 'tag')).toBe('')
    expect(uriOf('"A" <sip:100@h:5070;lr>;q=1')).toBe('sip:100@h:5070;lr')
    expect(uriOf('sip:100@h;q=1')).toBe('sip:100@h')
  })

  it('writes the length of the body in bytes, and reads back what it wrote', () => {
    const text = formatMessage({ method: 'INVITE', uri: 'sip:1@h', headers: [['To', '<sip:1@h>']], body: 's=é' })
    expect(text).toBe('INVITE sip:1@h SIP/2.0\r\nTo: <sip:1@h>\r\nContent-Length: 4\r\n\r\ns=é')
    expect(parseMessage(text)).toMatchObject({ method: 'INVITE', body: 's=é' })
  })

  it('answers with the headers that a response repeats', () => {
    const request = parseMessage(bye)
    if (!request || isResponse(request)) throw new Error('no request')
    const response = responseTo(request, 200, 'OK')
    expect(response.headers.map(([name]) => name)).toEqual(['Via', 'Via', 'From', 'To', 'Call-ID', 'CSeq'])
  })
})

describe('SDP', () => {
  it('offers one codec and telephone events', () => {
    const offer = audioOffer('pcma', '192.0.2.7', 40_002)
    expect(offer).toContain('c=IN IP4 192.0.2.7\r\n')
    expect(offer).toContain('m=audio 40002 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n')
    expect(offer).toContain('a=ptime:20\r\n')
  })

  it('reads an answer', () => {
    const answer = 'v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 16000 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n'
    expect(parseAudioAnswer(answer)).toEqual({ address: '192.0.2.1', port: 16_000, eventPayloadType: 96 })
    expect(parseAudioAnswer('v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 0\r\n')).toBeNull()
  })
})
