/** What IT may say of a trunk and of the clock's number, and the sentence for what it may not. */
import { describe, expect, it } from 'vitest'
import {
  addresses,
  bind,
  codecs,
  context,
  did,
  password,
  registrar,
  trunkKind,
  username,
} from '../../src/pbx-config/answers.js'

describe("a provider's addresses", () => {
  it('are addresses, networks and host names, each once', () => {
    expect(addresses('203.0.113.10, 203.0.113.0/28 SIP.Example.com,2001:db8::1/64 203.0.113.10')).toEqual([
      '203.0.113.10',
      '203.0.113.0/28',
      'sip.example.com',
      '2001:db8::1/64',
    ])
  })

  it.each([
    '300.1.2.3',
    '203.0.113',
    '203.0.113.10/33',
    '203.0.113.10/x',
    'sip_example.com',
    'sip.example.com/24',
    'sip:a.example',
    '-a.example',
  ])('that are none (%s) are refused', value => {
    expect(() => addresses(value)).toThrow(
      `"${value}" is not an address. Allowed are 203.0.113.10, a network such as 203.0.113.0/28, or a host name.`,
    )
  })

  it('that are everybody, or nobody, are refused', () => {
    expect(() => addresses('0.0.0.0/0')).toThrow('0.0.0.0/0 is everybody: anyone could call as the provider.')
    expect(() => addresses('::/0')).toThrow('::/0 is everybody')
    expect(() => addresses(' , ')).toThrow('Name at least one address that the provider calls from.')
  })
})

describe("the clock's number", () => {
  it.each(['15550100', '+15550100', '42'])('may be %s', value => {
    expect(did(value)).toBe(value)
  })

  it.each(['555 0100', '555-0100', '(555)0100', 'clock', '', '+', '1'])('may not be "%s"', value => {
    expect(() => did(value)).toThrow(`"${value}" is no number as providers send it. Allowed are digits without spaces`)
  })
})

describe('a registration', () => {
  it.each(['sip.example.com', 'sip.example.com:5080', '203.0.113.10', '203.0.113.10:5080', '[2001:db8::1]:5080'])(
    'may be with %s',
    value => {
      expect(registrar(value)).toBe(value)
    },
  )

  it.each(['sip.example.com:0', 'sip.example.com:99999', 'sip:sip.example.com', 'sip example', '', '300.1.1.1'])(
    'with "%s" is refused',
    value => {
      expect(() => registrar(value)).toThrow(`"${value}" is no registrar.`)
    },
  )

  it('has a user name that can stand in a SIP address', () => {
    expect(username('acme*clock.1')).toBe('acme*clock.1')
    for (const value of ['a@b', 'a;b', 'a b', '']) expect(() => username(value)).toThrow('is no user name of a trunk')
  })

  it('has a password that Asterisk can read, and no sentence shows it', () => {
    expect(password('semi;colon')).toBe('semi;colon')
    for (const value of [' horse', 'horse ', 'ho\nrse']) {
      expect(() => password(value)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('horse') }))
    }
    expect(() => password('')).toThrow("The provider's password is empty.")
  })
})

describe('other answers', () => {
  it.each([
    [() => codecs('opus'), '"opus" is no codec of the clock\'s trunk. Codecs are: ulaw, alaw, g722.'],
    [() => codecs(''), '"" is no codec'],
    [() => context('from trunk'), '"from trunk" is no context of a dialplan.'],
    [() => bind('5060'), '"5060" is nothing to listen on.'],
    [() => bind('sip.example.com:5060'), '"sip.example.com:5060" is nothing to listen on.'],
    [() => trunkKind('isdn'), '"isdn" is no kind of trunk. Kinds are: ip, registration, existing.'],
  ])('that are faulty are refused: %#', (parse, sentence) => {
    expect(parse).toThrow(sentence)
  })
})
