/** How requests come to Asterisk: over the events' web socket, and over HTTP where that can't be or must not be. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { Wire } from '../../scripts/faults/wire.js'
import { freeze } from '../../scripts/rig/freeze.js'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { Ari } from '../../src/phone/asterisk/ari.js'
import { RestOverSocket } from '../../src/phone/asterisk/rest-over-socket.js'
import { type AriRelay, openAriRelay } from './support/ari-relay.js'
import { startPunchline } from './support/punchline.js'
import { punchesOf } from './support/records.js'

let pbx: Pbx

beforeAll(async () => {
  pbx = await startPbx('test')
})

afterAll(() => pbx?.stop())

const NOBODY = { method: 'DELETE', path: 'channels/nobody' } as const

/** An application whose socket is open. */
async function openAri(url: string, app = 'requests'): Promise<Ari> {
  const password = readFileSync(pbx.passwordFile, 'utf8').trim()
  const ari = await Ari.load({ url, username: 'punchline', password, app })
  const connected = new Promise<void>(resolve => ari.client.once('WebSocketConnected', () => resolve()))
  ari.client.start(ari.app).catch(() => {})
  await connected
  onTestFinished(() => ari.client.stop())
  return ari
}

/** A whole call over a relay; gives what was asked over HTTP meanwhile, and how many connections were made for it. */
async function callOver(relay: AriRelay): Promise<{ asked: Set<string>; connections: number }> {
  const punchline = await startPunchline(pbx, { ARI_URL: relay.url })
  onTestFinished(() => punchline.close())
  const ann = await punchline.workspace.hire('Ann', '2468')
  const before = { asked: relay.asked.length, connections: relay.connections }
  const call = await punchline.call()
  await call.hears('welcome')
  await call.press(`${ann.phoneClockId}#`)
  await call.hears('enter-pin')
  await call.press('2468#')
  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(800)
  await call.press('#')
  await call.hears('thank-you-goodbye')
  expect(await call.ended).toBe('pbx')
  expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
  await until('the voice check is kept', () =>
    punchline.workspace.db.selectFrom('voice_checks').select('id').where('has_speech', '=', 1).executeTakeFirst(),
  )
  return {
    asked: new Set(relay.asked.slice(before.asked)),
    connections: relay.connections - before.connections,
  }
}

const COMMANDS = ['POST variable', 'POST play', 'DELETE playbacks', 'POST record', 'DELETE channels', 'DELETE stored']

it('of a call, an Asterisk of today is asked over HTTP for the time that it is granted and the recording alone', async () => {
  const relay = await openAriRelay(pbx.ariUrl, false)
  onTestFinished(() => relay.close())
  const { asked } = await callOver(relay)
  expect(COMMANDS.filter(command => asked.has(command))).toEqual(['POST variable'])
  expect(asked).toContain('GET file')
})

it('an older Asterisk is asked for everything over HTTP, on a few connections', async () => {
  const relay = await openAriRelay(pbx.ariUrl, true)
  onTestFinished(() => relay.close())
  const { asked, connections } = await callOver(relay)
  expect(COMMANDS.filter(command => !asked.has(command))).toEqual([])
  expect(connections).toBeLessThan(asked.size)
})

it('what Asterisk has not answered when the socket closes fails at once', async () => {
  const wire = await Wire.open(Number(new URL(pbx.ariUrl).port))
  const ari = await openAri(wire.url)
  wire.swallow()
  const asked = ari.command('hanging up', NOBODY)
  await wire.close()
  await expect(asked).rejects.toThrow('hanging up: the web socket was closed')
})

it('an Asterisk that stood still is asked over the socket again once it has answered', async () => {
  const { client } = await openAri(pbx.ariUrl)
  const socket = RestOverSocket.of(client)
  if (!socket) throw new Error('this Asterisk knows no requests over the web socket')
  const thaw = await freeze(pbx.pid)
  onTestFinished(thaw)
  await expect(socket.send(NOBODY, 200)).rejects.toThrow('no answer within 200 ms')
  expect(socket.isOpen).toBe(false)
  thaw()
  await until('it is open', () => socket.isOpen)
  expect(await socket.send(NOBODY, 5_000)).toMatchObject({ status: 404 })
})

it('a filter that an earlier Punchline left, and that lets no answers through, holds nothing up', async () => {
  const earlier = await openAri(pbx.ariUrl, 'punchline')
  const body = { allowed: [{ type: 'StasisStart' }] }
  await earlier.request('choosing', { method: 'PUT', path: 'applications/punchline/eventFilter', body })
  const began = performance.now()
  const punchline = await startPunchline(pbx)
  onTestFinished(() => punchline.close())
  const call = await punchline.call()
  await call.hears('welcome')
  expect(performance.now() - began).toBeLessThan(5_000)
})

it('a PBX that holds many recordings of its company stays up, and what it kept of a call is taken in', async () => {
  const folder = join(pbx.directory, 'spool/recording')
  const kept = join(folder, 'punchline-kept-1700000000-99999-x-x-gone.wav')
  const companys = Array.from({ length: 20_000 }, (_, n) => join(folder, `meeting-${n}.wav`))
  for (const file of [...companys, kept]) writeFileSync(file, '')
  onTestFinished(() => {
    for (const file of companys) rmSync(file)
  })
  const punchline = await startPunchline(pbx)
  onTestFinished(() => punchline.close())
  await until('the kept call is taken in', () => !existsSync(kept))
  const call = await punchline.call()
  await call.hears('welcome')
})
