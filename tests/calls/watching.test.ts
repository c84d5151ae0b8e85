/** How Punchline notices what nobody tells it: a dead socket, callers whom nobody leads, calls that are gone. */
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { pino } from 'pino'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { dial } from '../../scripts/telephone/telephone.js'
import { answer } from '../../src/phone/answer.js'
import { AsteriskLine } from '../../src/phone/asterisk/line.js'
import { keepLeftRecording } from '../../src/phone/left-recording.js'
import { isCallOnRecord } from '../../src/store/calls.js'
import { openWorkspace } from '../support/workspace.js'
import { heardBy } from './support/listening.js'
import { prompts } from './support/punchline.js'

const pbx = await startPbx('test')
const workspace = await openWorkspace()
const ann = await workspace.hire('Ann', '2468')
const wire = await layWire(new URL(pbx.ariUrl))
const line = new AsteriskLine(
  {
    url: wire.url,
    username: 'punchline',
    password: readFileSync(pbx.passwordFile, 'utf8').trim(),
    app: 'punchline',
  },
  {
    onCall: (caller, answered) => answer(caller, answered, workspace.clock),
    onReaction: () => {},
    isOnRecord: channel => isCallOnRecord(workspace.db, channel),
    onLeftRecording: (name, recording) => keepLeftRecording(name, recording, workspace.clock),
  },
  pino({ level: 'silent' }),
)
line.start()
await until('the line is connected', () => line.standing.takesCalls)

afterAll(async () => {
  await line.stop()
  wire.close()
  await workspace.close()
  await pbx.stop()
})

const call = (keysAtAnswer = '') =>
  dial({ to: pbx.sipAddress, number: '5550100', prompts, from: '+15550102', keysAtAnswer })

describe('callers who hang up at any moment', () => {
  it('leave no call, no channel and no recording behind', async () => {
    const keys = `${ann.phoneClockId}#2468#`
    const moments = ['welcome', 'enter-phone-clock-id', 'enter-pin', 'clocked-in-at', 'say-your-name', 'tone']
    const isIn = (prompt: string) => moments.indexOf(prompt) >= moments.indexOf('clocked-in-at')
    await Promise.all(
      [...moments, ...moments].map(async (prompt, n) => {
        const employee = await workspace.hire(`No ${n}`, '2468')
        const typed = isIn(prompt) ? `${employee.phoneClockId}#2468#` : prompt === 'enter-pin' ? keys.slice(0, 6) : ''
        const caller = await call(typed)
        await caller.hears(prompt, { within: 20_000 })
        if (n < moments.length) return caller.hangUp()
        caller.vanish()
      }),
    )
    // The PBX takes a vanished telephone for one that is silent.
    pbx.console('channel request hangup all')
    await until('all are over', () => line.callsInProgress === 0)
    await until('no channel is left', async () => String(await pbx.ari('/channels')) === '')
    await until('all recordings are kept', async () => String(await pbx.ari('/recordings/stored')) === '')
  })
})

describe('events that never come', () => {
  const password = readFileSync(pbx.passwordFile, 'utf8').trim()
  const withhold = (...types: string[]) =>
    fetch(`${pbx.ariUrl}/ari/applications/punchline/eventFilter`, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa(`punchline:${password}`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ disallowed: types.map(type => ({ type })) }),
    })

  afterEach(() => withhold())

  it('leave no caller waiting: one whose arrival nobody told of is given to the PBX', async () => {
    await withhold('StasisStart')
    const caller = await call()
    await caller.hears('clock-not-available', { within: 20_000 })
    await caller.hangUp()
    expect(heardBy(caller)).not.toContain('welcome')
  })

  it('leave no call behind: one whose end nobody told of is ended', async () => {
    await withhold('ChannelHangupRequest', 'StasisEnd', 'ChannelDestroyed', 'PlaybackFinished', 'PlaybackStarted')
    const caller = await call()
    await caller.hears('welcome')
    await caller.hangUp()
    await until('it is over', () => line.callsInProgress === 0)
  })
})

describe('a socket that is dead, and says nothing', () => {
  it('is found within 15 seconds; the caller is given to the PBX as soon as there is another', async () => {
    const lost = await call()
    await lost.hears('welcome')
    wire.cut()
    const since = performance.now()
    await until('the line is lost', () => !line.standing.takesCalls)
    expect(performance.now() - since).toBeLessThan(15_000)
    wire.mend()
    await until('the line is connected', () => line.standing.takesCalls)
    await lost.hears('clock-not-available', { within: 25_000 })
    await lost.hangUp()
    const next = await call()
    await next.hears('welcome')
    await next.hangUp()
    expect(heardBy(next)).not.toContain('clock-not-available')
    await until('all are over', () => line.callsInProgress === 0)
  })
})

/** A wire to a server, which can be cut so that nobody notices: connections stay, and carry nothing any more. */
async function layWire(to: URL) {
  let isCut = false
  const ends = new Set<Socket>()
  const server = createServer(near => {
    ends.add(near)
    near.on('error', () => {})
    // What was cut stays cut: the other side of a connection through it is never told.
    if (isCut) return
    const far = connect(Number(to.port), to.hostname)
    far.on('error', () => {})
    ends.add(far)
    near.pipe(far).pipe(near)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut() {
      isCut = true
      for (const end of ends) end.unpipe().pause()
    },
    mend() {
      isCut = false
    },
    close() {
      for (const end of ends) end.destroy()
      server.close()
    },
  }
}
