/** What the PBX does by itself while Punchline is away, and what becomes of it. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import SQLite from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import type { Call } from '../../scripts/telephone/telephone.js'
import { listUnclaimedPunches } from '../../src/store/unclaimed-punches.js'
import { heardToTheEnd } from './support/listening.js'
import { type Punchline, startPunchline } from './support/punchline.js'
import { callFrom, punchesOf } from './support/records.js'

let pbx: Pbx
let punchline: Punchline
let ann: { id: number; phoneClockId: string }

beforeAll(async () => {
  pbx = await startPbx('test')
})

afterAll(() => pbx?.stop())

beforeEach(async () => {
  punchline = await startPunchline(pbx)
  ann = await punchline.workspace.hire('Ann', '246813')
  await punchline.kill()
})

afterEach(() => punchline.close())

const kept = 'say-your-name-and-site tone call-kept'
const folder = () => join(pbx.directory, 'spool/recording')
const filesOnPbx = () => readdirSync(folder()).filter(name => name.startsWith('punchline-kept'))
const waiting = () => listUnclaimedPunches(punchline.workspace.db, 'waiting', { offset: 0, limit: 1000 })
const takenIn = (count: number) =>
  until(`${count} kept calls are taken in`, async () => {
    const all = await waiting()
    return all.length >= count && filesOnPbx().length === 0 && all
  })
const sayName = async (call: Call) => {
  await call.hears('tone', { part: 'end', within: 30_000 })
  await call.speak(1_500)
  await call.press('#')
}

describe('when Punchline stands still, unnoticed', () => {
  it('the telephone rings for 15 seconds, then the call is kept', async () => {
    await punchline.start()
    const thaw = await punchline.freeze()
    const dialledAt = performance.now()
    const call = await punchline.call()
    await call.hears('clock-not-available')
    expect(performance.now() - dialledAt).toBeLessThan(17_000)
    await call.hears('enter-phone-clock-id', { part: 'end' })
    await call.press(`${ann.phoneClockId}#`)
    await sayName(call)
    await call.hears('call-kept', { part: 'end' })
    thaw()
    expect(await takenIn(1)).toMatchObject([{ kept: { keyedId: ann.phoneClockId }, hasSpeech: true }])
  })

  it('and goes on before that, it answers then, and each key counts once from the first on', async () => {
    await punchline.start()
    const thaw = await punchline.freeze()
    const answered = punchline.call({
      keysAtAnswer: `${ann.phoneClockId}#246813#`,
      timingAtAnswer: { tone: 40, gap: 40 },
    })
    await sleep(3_000)
    thaw()
    const call = await answered
    await call.hears('clocked-in-at')
    await call.hangUp()
    expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
  })
})

describe('while Punchline is down', () => {
  it('a caller leaves ID and name, and the office gets them at the time of the call', async () => {
    const answeredAt = Date.now()
    const call = await punchline.call({ from: '+15550102' })
    await call.hears('enter-phone-clock-id', { part: 'end' })
    await call.press(`${ann.phoneClockId}#`)
    await sayName(call)
    expect(await heardToTheEnd(call)).toBe(`clock-not-available enter-phone-clock-id ${kept}`)
    await punchline.start()
    const [unclaimed, ...others] = await takenIn(1)
    expect(others).toEqual([])
    expect(unclaimed).toMatchObject({
      callerNumber: '+15550102',
      kept: { keyedId: ann.phoneClockId, employee: { id: ann.id, name: 'Ann' } },
      hasSpeech: true,
    })
    expect(Math.abs((unclaimed?.at ?? 0) - answeredAt)).toBeLessThan(2_000)
    expect(await callFrom(punchline, '+15550102')).toMatchObject({ outcome: 'unclaimed-punch' })
  })

  it('keys typed ahead count, and of the PIN among them nothing is written down', async () => {
    const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#246813#` })
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.hangUp()
    await until('the file is there', () => filesOnPbx().length === 1)
    expect(filesOnPbx()[0]).toContain(`-${ann.phoneClockId}-p15550102-`)
    expect(filesOnPbx()[0]).not.toContain('246813')
    await punchline.start()
    expect(await takenIn(1)).toMatchObject([{ kept: { keyedId: ann.phoneClockId } }])
  })

  it.each([
    ['an ID that nobody has is listed', '99999#', '99999'],
    ['what can’t be an ID is asked for again, and not written down', '2468#2468#2468#', null],
  ])('%s', async (_, keys, keyedId) => {
    const call = await punchline.call({ from: null, keysAtAnswer: keys })
    await sayName(call)
    expect(await heardToTheEnd(call)).toContain(kept)
    expect(filesOnPbx().join()).not.toContain('2468')
    await punchline.start()
    expect(await takenIn(1)).toMatchObject([{ callerNumber: null, kept: { keyedId, employee: null } }])
  })

  it('who says nothing, or hangs up before the tone, has still called', async () => {
    const silent = await punchline.call({ from: '+15550103', keysAtAnswer: `${ann.phoneClockId}#` })
    const gone = await punchline.call({ from: '+15550104', keysAtAnswer: `${ann.phoneClockId}#` })
    await gone.hears('say-your-name-and-site', { within: 20_000 })
    await gone.hangUp()
    await silent.ended
    await punchline.start()
    const all = await takenIn(2)
    expect(all.map(({ callerNumber, hasSpeech }) => [callerNumber, hasSpeech]).sort()).toEqual([
      ['+15550103', false],
      ['+15550104', false],
    ])
  })

  it('each of many calls at once is kept once, also when Punchline is stopped or killed while it takes them in', async () => {
    const calls = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        punchline.call({ from: `+155502${n + 10}`, keysAtAnswer: `${ann.phoneClockId}#` }),
      ),
    )
    await Promise.all(calls.map(sayName))
    await Promise.all(calls.map(call => call.ended))
    expect(filesOnPbx()).toHaveLength(12)
    for (let end: () => Promise<unknown> = punchline.stop; filesOnPbx().length > 0; end = punchline.kill) {
      const before = filesOnPbx().length
      await punchline.start()
      await until('it has begun', () => filesOnPbx().length < before)
      await end()
    }
    expect(punchline.log()).not.toContain('was not kept')
    const numbers = (await waiting()).map(({ callerNumber }) => callerNumber).sort()
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, n) => `+155502${n + 10}`))
  })

  it('a full folder is left as it is: the caller is asked to call again', async () => {
    const full = 'punchline-kept-1700000000-99999-x-x-full'
    writeFileSync(join(folder(), `${full}.wav`), '')
    const astdb = new SQLite(join(pbx.directory, 'db/astdb.sqlite3'))
    const take = astdb.prepare('insert or replace into astdb (key, value) values (?, ?)')
    astdb.transaction(() => {
      for (let place = 1; place <= 2000; place++) take.run(`/punchline-kept/${place}`, full)
    })()
    astdb.close()
    const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#` })
    expect(await heardToTheEnd(call)).toMatch(/clock-not-available call-again$/)
    expect(filesOnPbx()).toEqual([`${full}.wav`])
    await punchline.start()
    await takenIn(1)
  })

  it('a PBX that is killed while the name is recorded still has the call, and what it had written of the name', async () => {
    const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#` })
    await call.hears('tone', { part: 'end', within: 20_000 })
    // Asterisk writes in pieces of two seconds.
    await call.speak(3_500)
    await pbx.crash()
    call.vanish()
    await pbx.start()
    await punchline.start()
    expect(await takenIn(1)).toMatchObject([{ kept: { keyedId: ann.phoneClockId }, hasSpeech: true }])
  })
})
