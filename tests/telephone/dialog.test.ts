import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Dialog, SipRefused } from '../../scripts/telephone/dialog.js'
import {
  formatMessage,
  headerOf,
  isResponse,
  parseMessage,
  responseTo,
  type SipRequest,
} from '../../scripts/telephone/sip.js'

/** A PBX that says what the test tells it to. */
function connect(from: string | null = '+12025550123') {
  const sent: string[] = []
  const hungUp = vi.fn()
  const wire = { local: '192.0.2.7:40000', remote: '192.0.2.1:5060', send: (datagram: string) => sent.push(datagram) }
  const dialog = new Dialog(wire, { number: '100', from }, 'v=0\r\n', hungUp)
  const requests = (method: string): SipRequest[] =>
    sent.map(parseMessage).filter((m): m is SipRequest => m !== null && !isResponse(m) && m.method === method)
  const last = (method: string): SipRequest => {
    const request = requests(method).at(-1)
    if (!request) throw new Error(`no ${method} was sent`)
    return request
  }
  const answer = (method: string, status: number, reason: string) => {
    const request = last(method)
    const response = responseTo(request, status, reason, [['Contact', '<sip:100@192.0.2.9:5070>']])
    const headers = response.headers.map(([name, value]): [string, string] => [
      name,
      name === 'To' ? `${value};tag=pbx` : value,
    ])
    dialog.receive(formatMessage({ ...response, headers, body: 'the answer' }))
  }
  const ask = (method: string) => {
    const invite = last('INVITE')
    const headers: [string, string][] = [
      ['Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKpbx'],
      ['From', `${headerOf(invite, 'To')};tag=pbx`],
      ['To', headerOf(invite, 'From')],
      ['Call-ID', headerOf(invite, 'Call-ID')],
      ['CSeq', `7 ${method}`],
    ]
    dialog.receive(formatMessage({ method, uri: 'sip:telephone@192.0.2.7:40000', headers, body: '' }))
    return sent.at(-1) ?? ''
  }
  return { dialog, sent, hungUp, requests, last, answer, ask }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a dialog', () => {
  it('calls, confirms the answer, and hangs up', async () => {
    const { dialog, last, answer } = connect()
    const answered = dialog.invite()
    expect(headerOf(last('INVITE'), 'From')).toMatch(/^<sip:\+12025550123@192\.0\.2\.7>;tag=/)
    answer('INVITE', 100, 'Trying')
    answer('INVITE', 180, 'Ringing')
    answer('INVITE', 200, 'OK')
    await expect(answered).resolves.toBe('the answer')
    expect(last('ACK').uri).toBe('sip:100@192.0.2.9:5070')
    expect(headerOf(last('ACK'), 'CSeq')).toBe('1 ACK')
    expect(headerOf(last('ACK'), 'To')).toContain('tag=pbx')
    const over = dialog.bye()
    expect(headerOf(last('BYE'), 'CSeq')).toBe('2 BYE')
    answer('BYE', 200, 'OK')
    await over
    expect(vi.getTimerCount()).toBe(0)
  })

  it('withholds the number', () => {
    const { dialog, last } = connect(null)
    void dialog.invite()
    expect(headerOf(last('INVITE'), 'From')).toContain('<sip:anonymous@anonymous.invalid>')
    expect(headerOf(last('INVITE'), 'Privacy')).toBe('id')
  })

  it('confirms each repeated answer', async () => {
    const { dialog, requests, answer } = connect()
    const answered = dialog.invite()
    answer('INVITE', 200, 'OK')
    await answered
    answer('INVITE', 200, 'OK')
    expect(requests('ACK')).toHaveLength(2)
  })

  it('is refused', async () => {
    const { dialog, last, answer } = connect()
    const answered = dialog.invite()
    answer('INVITE', 486, 'Busy Here')
    await expect(answered).rejects.toMatchObject({ name: 'SipRefused', status: 486, reason: 'Busy Here' })
    expect(headerOf(last('ACK'), 'Via')).toBe(headerOf(last('INVITE'), 'Via'))
  })

  it('repeats an INVITE at growing intervals until something is heard', () => {
    const { dialog, requests, answer } = connect()
    void dialog.invite()
    vi.advanceTimersByTime(499)
    expect(requests('INVITE')).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(requests('INVITE')).toHaveLength(2)
    vi.advanceTimersByTime(1000)
    expect(requests('INVITE')).toHaveLength(3)
    answer('INVITE', 100, 'Trying')
    vi.advanceTimersByTime(60_000)
    expect(requests('INVITE')).toHaveLength(3)
  })

  it('gives up after 32 s of silence', async () => {
    const { dialog, requests } = connect()
    const answered = expect(dialog.invite()).rejects.toBeInstanceOf(SipRefused)
    await vi.advanceTimersByTimeAsync(32_000)
    await answered
    expect(requests('INVITE')).toHaveLength(7)
  })

  it('cancels once the PBX has said something', async () => {
    const { dialog, requests, last, answer } = connect()
    const answered = dialog.invite()
    dialog.cancel()
    expect(requests('CANCEL')).toHaveLength(0)
    answer('INVITE', 100, 'Trying')
    expect(headerOf(last('CANCEL'), 'Via')).toBe(headerOf(last('INVITE'), 'Via'))
    expect(headerOf(last('CANCEL'), 'CSeq')).toBe('1 CANCEL')
    answer('CANCEL', 200, 'OK')
    answer('INVITE', 487, 'Request Terminated')
    await expect(answered).rejects.toMatchObject({ status: 487 })
  })

  it('gives a cancelled call up when the PBX has gone away', async () => {
    const { dialog, answer } = connect()
    const answered = expect(dialog.invite()).rejects.toMatchObject({ status: 487 })
    answer('INVITE', 100, 'Trying')
    dialog.cancel()
    await vi.advanceTimersByTimeAsync(32_000)
    await answered
  })

  it('hangs up when the answer crosses the CANCEL', async () => {
    const { dialog, requests, answer } = connect()
    const answered = expect(dialog.invite()).rejects.toMatchObject({ status: 487 })
    answer('INVITE', 180, 'Ringing')
    dialog.cancel()
    answer('INVITE', 200, 'OK')
    expect(requests('ACK')).toHaveLength(1)
    answer('BYE', 200, 'OK')
    await answered
  })

  it('answers what the PBX asks in the call', async () => {
    const { dialog, hungUp, answer, ask } = connect()
    const answered = dialog.invite()
    answer('INVITE', 200, 'OK')
    await answered
    expect(ask('OPTIONS')).toMatch(/^SIP\/2\.0 200 OK/)
    expect(ask('INVITE')).toMatch(/^SIP\/2\.0 200 OK/)
    expect(ask('INVITE')).toMatch(/\r\n\r\nv=0\r\n$/)
    expect(ask('UPDATE')).toMatch(/^SIP\/2\.0 200 OK/)
    expect(ask('PUBLISH')).toMatch(/^SIP\/2\.0 501 /)
    expect(hungUp).not.toHaveBeenCalled()
    expect(ask('BYE')).toMatch(/^SIP\/2\.0 200 OK/)
    expect(ask('BYE')).toMatch(/^SIP\/2\.0 200 OK/)
    expect(hungUp).toHaveBeenCalledOnce()
  })
})
