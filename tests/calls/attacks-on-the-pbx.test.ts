/**
 * Attacks on the running PBX, as it is delivered and as a company's own with everything loaded: a stranger gets no further
 * than the refusal, and who comes through the trunk no further than Punchline.
 */
import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import type { Header } from '../../scripts/telephone/sip.js'
import { type AttackedCall, type Attacker, offer, openAttacker } from './attacks/attacker.js'
import { type Decoy, openDecoy } from './attacks/decoy.js'
import {
  ENDPOINT_NAMES,
  headersThatLeadElsewhere,
  MALFORMED_USERS,
  METHODS,
  requestsWithinACall,
  USERS,
} from './attacks/ways.js'
import { heardToTheEnd } from './support/listening.js'
import { type Punchline, startPunchline } from './support/punchline.js'
import { punchesOf } from './support/records.js'

const REFUSAL = '401 Unauthorized'
const TRUNK = { address: '127.0.0.2', number: '+15550777' }
const STRANGER = { address: '127.0.0.1', number: '+15550666' }

const QUICKLY = { tone: 40, gap: 40 }

const Channels = z.array(z.object({ id: z.string(), dialplan: z.object({ context: z.string() }) }))

describe.each([
  ['a PBX that serves Punchline alone', undefined],
  ["a company's PBX with all modules and a dialplan of its own", 'tests/calls/company-pbx'],
])('%s', (_, mainConfig) => {
  let pbx: Pbx
  let punchline: Punchline
  let decoy: Decoy
  let trunk: Attacker
  let stranger: Attacker

  beforeAll(async () => {
    pbx = await startPbx('test', { trunk: TRUNK.address, ...(mainConfig !== undefined && { mainConfig }) })
    punchline = await startPunchline(pbx)
    decoy = await openDecoy()
    trunk = await openAttacker(pbx.sipAddress, { ...TRUNK, redirectTo: decoy.address })
    stranger = await openAttacker(pbx.sipAddress, { ...STRANGER, redirectTo: decoy.address })
  })

  afterAll(async () => {
    for (const open of [trunk, stranger, decoy]) open?.close()
    await punchline?.close()
    await pbx?.stop()
  })

  afterEach(async () => {
    for (const { dialplan } of await channels()) expect(dialplan.context).toBe('punchline')
    expect(await pbx.ari('/asterisk/variable?variable=REACHED'), "who got into the company's dialplan").toEqual({
      value: '',
    })
    expect(decoy.received, 'what the PBX was made to send elsewhere').toEqual([])
  })

  const addressOf = (user: string) => `sip:${user}@${pbx.sipAddress}`
  const clock = () => addressOf('5550100')
  const channels = async () => Channels.parse(await pbx.ari('/channels'))

  /** A call through the trunk that Punchline has taken. */
  async function callToPunchline(headers: readonly Header[] = []): Promise<AttackedCall & { channel: string }> {
    const before = new Set((await channels()).map(({ id }) => id))
    const call = await trunk.call({ method: 'INVITE', uri: clock(), headers })
    const channel = (await channels()).find(({ id }) => !before.has(id))?.id ?? ''
    await until('the call is on record', () =>
      punchline.workspace.db.selectFrom('calls').select('id').where('channel', '=', channel).executeTakeFirst(),
    )
    return { ...call, channel }
  }

  /** How many channels the PBX makes during an attack. It numbers them: those of a call before and of one after tell. */
  async function channelsMadeBy(attack: () => Promise<void>): Promise<number> {
    const newest = async () => {
      const call = await callToPunchline()
      await call.hangUp()
      return Number(call.channel.split('.').at(-1))
    }
    const before = await newest()
    await attack()
    return (await newest()) - before - 1
  }

  describe('a stranger', () => {
    /** The attack makes no channel, and no call is on record but the trunk's. */
    async function expectNoTraceOf(attack: () => Promise<void>): Promise<void> {
      expect(await channelsMadeBy(attack)).toBe(0)
      const calls = await punchline.workspace.db.selectFrom('calls').select('caller_number').distinct().execute()
      expect(calls).toEqual([{ caller_number: TRUNK.number }])
    }

    it.each(METHODS)('who sends %s gets the refusal, whatever user it is for', async method => {
      const headers: Header[] = [
        ['Event', 'presence'],
        ['Expires', '60'],
      ]
      await expectNoTraceOf(async () => {
        for (const user of USERS) {
          expect(await stranger.send({ method, uri: addressOf(user), headers }), user).toBe(REFUSAL)
        }
      })
    })

    it.each(ENDPOINT_NAMES)('who calls himself %s gets the refusal', async name => {
      const { headers, body } = offer(STRANGER.address)
      await expectNoTraceOf(async () => {
        for (const host of [TRUNK.address, STRANGER.address, pbx.sipAddress]) {
          const claims: Header[] = [
            ['From', `<sip:${name}@${host}>;tag=1`],
            ['P-Asserted-Identity', `<sip:${name}@${host}>`],
            ['Via', `SIP/2.0/UDP ${host};rport;branch=z9hG4bK${name}${host.length}`],
          ]
          const attack = { method: 'INVITE', uri: clock(), headers: [...claims, ...headers], body }
          expect(await stranger.send(attack), host).toBe(REFUSAL)
        }
      })
    })

    it('who guesses passwords gets the refusal', async () => {
      await expectNoTraceOf(async () => {
        for (const name of ENDPOINT_NAMES) {
          const guess = `username="${name}",realm="asterisk",nonce="1",uri="${clock()}",response="${'0'.repeat(32)}"`
          const headers: Header[] = [['Authorization', `Digest ${guess},algorithm=MD5`]]
          expect(await stranger.send({ method: 'REGISTER', uri: addressOf(name), headers }), name).toBe(REFUSAL)
        }
      })
    })

    it('who sends what is no SIP gets no answer', async () => {
      await expectNoTraceOf(async () => {
        const answers = MALFORMED_USERS.map(user => stranger.send({ method: 'INVITE', uri: addressOf(user) }))
        expect(new Set(await Promise.all(answers))).toEqual(new Set(['no answer']))
      })
    })

    it.each([
      ['asks what the PBX can do', []],
      ['registers', ['-U']],
    ])(
      'who %s with the scanner sipsak gets the refusal, also to the empty password that it tries',
      async (_, options) => {
        await expectNoTraceOf(async () => {
          const scan = promisify(execFile)('sipsak', ['-vv', ...options, '-s', addressOf('desk')])
          const printed = await scan.catch(({ stdout, stderr }) => `${stdout}${stderr}`)
          expect(printed).toContain(`SIP/2.0 ${REFUSAL}`)
          expect(printed).toContain('authorization failed')
        })
      },
    )
  })

  describe('a caller through the trunk', () => {
    it('whatever they dial, comes to Punchline or nowhere', async () => {
      const dialled: string[] = []
      const made = await channelsMadeBy(async () => {
        for (const user of USERS) {
          const attack = { method: 'INVITE', uri: addressOf(user) }
          const call = await trunk.call(attack).catch(error => String(error))
          if (typeof call === 'string') expect(call).toMatch(/404 Not Found|403 Forbidden/)
          else {
            dialled.push(user)
            await call.hangUp()
          }
        }
      })
      // A group pickup, *8, has a channel until it is refused.
      expect([dialled.length, dialled.length + 1]).toContain(made)
    })

    it('whatever headers their calls have, is a caller like others', async () => {
      const headers = headersThatLeadElsewhere(decoy.address)
      const made = await channelsMadeBy(async () => {
        for (const header of headers) {
          const call = await callToPunchline([header])
          await call.hangUp()
        }
      })
      expect(made).toBe(headers.length)
    })

    it.each([
      ['MESSAGE', [['Content-Type', 'text/plain']]],
      ['REGISTER', [['Expires', '60']]],
      ['REFER', [['Refer-To', '<sip:100@127.0.0.3>']]],
      ['SUBSCRIBE', [['Event', 'presence']]],
      ['SUBSCRIBE', [['Event', 'message-summary']]],
      ['PUBLISH', [['Event', 'presence']]],
      ['NOTIFY', [['Event', 'check-sync']]],
    ] satisfies [string, Header[]][])('who sends %s instead of calling is refused', async (method, headers) => {
      const made = await channelsMadeBy(async () => {
        for (const user of ['5550100', 's', '100', 'desk']) {
          expect(await trunk.send({ method, uri: addressOf(user), headers, body: 'x' })).toMatch(/^[456]\d\d /)
        }
      })
      expect(made).toBe(0)
    })

    it('who asks within a call for transfers, recordings, subscriptions or another host gets none', async () => {
      const requests = requestsWithinACall(decoy.address, pbx.sipAddress)
      const made = await channelsMadeBy(async () => {
        const calls = await Promise.all(requests.map(() => trunk.call({ method: 'INVITE', uri: clock() })))
        await Promise.all(
          requests.map(async ([name, request], i) => {
            const answer = await calls[i]?.send(request)
            if (request.method === 'REFER') expect(answer, name).toMatch(/^(603 Decline|no answer)$/)
          }),
        )
        expect(await channels()).toHaveLength(requests.length)
        await Promise.all(calls.map(call => call.hangUp()))
      })
      expect(made).toBe(requests.length)
    })

    it('who names another call to take its place stays with Punchline', async () => {
      const made = await channelsMadeBy(async () => {
        const other = await trunk.call({ method: 'INVITE', uri: clock() })
        for (const replaces of [other.replaces, 'x;to-tag=1;from-tag=2']) {
          const call = await trunk
            .call({ method: 'INVITE', uri: clock(), headers: [['Replaces', replaces]] })
            .catch(() => null)
          await call?.hangUp()
        }
        await other.hangUp()
      })
      expect(made).toBeLessThanOrEqual(3)
    })

    it("who keys a PBX's feature codes keys a phone clock ID, and clocks in once", async () => {
      const ann = await punchline.workspace.hire('Ann', '2468')
      const made = await channelsMadeBy(async () => {
        const localAddress = TRUNK.address
        const call = await punchline.call({
          localAddress,
          keysAtAnswer: `*1*2*8*72**${ann.phoneClockId}#2468#`,
          timingAtAnswer: QUICKLY,
        })
        await call.hears('clocked-in-at')
        await call.press('#1##*1*2A', QUICKLY)
        await call.hangUp()
      })
      expect(made).toBe(1)
      expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
    })

    it('who keys such codes while Punchline is away leaves a name for the office, and nothing else', async () => {
      const made = await channelsMadeBy(async () => {
        await punchline.stop()
        const call = await punchline.call({
          localAddress: TRUNK.address,
          keysAtAnswer: '*1#1##*2*8100#',
          timingAtAnswer: QUICKLY,
        })
        expect(await heardToTheEnd(call)).toMatch(/say-your-name-and-site tone call-kept$/)
        expect(await call.ended).toBe('pbx')
        await punchline.start()
      })
      expect(made).toBe(1)
    })
  })

  describe('ARI', () => {
    const statusWith = async (authorization?: string) =>
      (await fetch(`${pbx.ariUrl}/ari/asterisk/info`, { headers: authorization ? { authorization } : {} })).status

    it('has a random password that only its owner can read', async () => {
      expect(statSync(pbx.passwordFile).mode & 0o777).toBe(0o600)
      expect(readFileSync(pbx.passwordFile, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    })

    it.each([
      ['nobody', undefined],
      ['punchline without a password', 'punchline:'],
      ['punchline with a password that is its name', 'punchline:punchline'],
      ['the user of the documentation', 'asterisk:asterisk'],
      ['an admin', 'admin:admin'],
    ])('lets %s not in', async (_, login) => {
      expect(await statusWith(login === undefined ? undefined : `Basic ${btoa(login)}`)).toBe(401)
    })

    it('listens on loopback alone', async () => {
      const addresses = Object.values(networkInterfaces()).flatMap(found => found ?? [])
      const others = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)
      for (const host of ['127.0.0.2', ...others.map(({ address }) => address)]) {
        const socket = connect(Number(new URL(pbx.ariUrl).port), host)
        const outcome = await new Promise(resolve => {
          socket.once('connect', () => resolve('connected'))
          socket.once('error', error => resolve('code' in error ? error.code : error))
        })
        socket.destroy()
        expect(outcome, host).toBe('ECONNREFUSED')
      }
    })
  })
})
