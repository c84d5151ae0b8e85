/** What a caller meets when Punchline or Asterisk goes away in the middle of a call. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { heardBy } from './support/listening.js'
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
  ann = await punchline.workspace.hire('Ann', '2468')
})

afterEach(() => punchline.close())

const voiceCheck = () => punchline.workspace.db.selectFrom('voice_checks').selectAll().executeTakeFirst()

describe('when Punchline is killed in a call', () => {
  it('the caller hears an apology within three seconds of its return, and the next call works', async () => {
    const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#` })
    await call.hears('enter-pin')
    await punchline.kill()
    await punchline.start()
    const connectedAt = performance.now() - call.answeredAt
    const apology = await call.hears('clock-not-available')
    expect(apology.at - connectedAt).toBeLessThan(3_000)
    await call.hears('enter-phone-clock-id')
    await call.hangUp()
    expect((await callFrom(punchline, '+15550102'))?.outcome).toBe('cut-off')

    const next = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#` })
    await next.hears('clocked-in-at')
    await next.hangUp()
  })

  it('callers hear that the clock is not available though it does not return, wherever they were', async () => {
    const [bob, cid] = [await punchline.workspace.hire('Bob', '1357'), await punchline.workspace.hire('Cid', '1357')]
    const speaks = await punchline.call({ keysAtAnswer: `${bob.phoneClockId}#1357#` })
    await speaks.hears('say-your-name', { within: 20_000 })
    const confirmed = await punchline.call({ keysAtAnswer: `${cid.phoneClockId}#1357#` })
    const asked = await punchline.call()
    await Promise.all([
      speaks.hears('tone'),
      confirmed.hears('clocked-in-at', { within: 20_000 }),
      asked.hears('welcome'),
    ])
    await punchline.kill()
    for (const call of [asked, confirmed, speaks]) {
      expect(await call.hears('clock-not-available', { within: 45_000, part: 'end' })).toMatchObject({ whole: true })
      await call.hears('call-again')
      await call.hangUp()
    }
  })

  it('after the punch was confirmed, the punch is there, and so is the name that was on tape', async () => {
    const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#` })
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.speak(1_000)
    await punchline.kill()
    await call.speak(1_000)
    await call.press('#')
    await punchline.start()
    expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
    expect((await callFrom(punchline, '+15550102'))?.outcome).toBe('clocked-in')
    expect(await until('the voice check is kept', voiceCheck)).toMatchObject({ has_speech: 1 })
    await until('no recording is left on the PBX', async () => String(await pbx.ari('/recordings/stored')) === '')
    await call.hangUp()
  })
})

describe('when Asterisk is restarted in a call', () => {
  it('the call is on record as cut off, and the next one works', async () => {
    const call = await punchline.call()
    await call.hears('welcome')
    await pbx.crash()
    call.vanish()
    await until('the call is ended', async () => (await callFrom(punchline, '+15550102'))?.outcome === 'cut-off')
    await pbx.start()
    await punchline.connected()
    const next = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#`, from: '+15550103' })
    await next.hears('clocked-in-at')
    await next.hangUp()
    expect(heardBy(next)).toContain('clocked-in-at')
  })

  it('Punchline may be started first and waits for it', async () => {
    await punchline.stop()
    await pbx.crash()
    const started = punchline.start()
    await until('it says so', () => punchline.log().includes('Asterisk is not there'))
    await pbx.start()
    await started
    const call = await punchline.call()
    await call.hears('welcome')
    await call.hangUp()
  })
})
