/** What Punchline is measured against: the same call in plain dialplan, on the same Asterisk. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PEER_NUMBER, startPeer } from '../../scripts/bench/peer/peer.js'
import type { Call } from '../../scripts/telephone/telephone.js'
import { durationMs, hasSpeech } from '../../src/phone/speech.js'
import { sayTime } from '../../src/phone/spoken-time.js'
import { readWav } from '../../src/phone/wav.js'
import { USUAL_COST } from '../../src/store/hash-cost.js'
import { startInstallation } from './support/installation.js'
import { heardToTheEnd } from './support/listening.js'
import { punchesOf } from './support/records.js'

const ANN = { phoneClockId: '48213', pin: '2468' }
const BOB = { phoneClockId: '48214', pin: '8642' }
const CAT = { phoneClockId: '48215', pin: '13579' }
const peer = await startPeer([ANN, BOB, CAT], USUAL_COST)
// Hooks run in reverse order: the Asterisk is stopped first.
afterAll(() => peer.stop())
const { pbx, punchline } = await startInstallation({ mainConfig: peer.mainConfig })

const NAME_MS = 1_200
/** The dialplan's `Record` takes as much off the end when a key ends it. */
const CUT_AT_KEY_MS = 250
const NEW_YORK = { timeZone: 'America/New_York', hours: 12 } as const

/** The time as Asterisk reads it: tens and ones apart, and noon and midnight as twelve. */
function saidByAsterisk(at: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: NEW_YORK.timeZone, timeStyle: 'short' }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find(found => found.type === type)?.value ?? ''
  const half = part('dayPeriod') === 'AM' ? 'a-m' : 'p-m'
  return [`number-${part('hour')}`, ...minutes(Number(part('minute'))), half].join(' ')
}

function minutes(minute: number): string[] {
  if (minute === 0) return []
  if (minute < 10) return ['oh', `number-${minute}`]
  if (minute < 20 || minute % 10 === 0) return [`number-${minute}`]
  return [`number-${minute - (minute % 10)}`, `number-${minute % 10}`]
}

async function callAtAnOrdinaryPace(number: string, { phoneClockId, pin }: typeof ANN): Promise<string> {
  const call = await punchline.call({ number })
  await keyIn(call, phoneClockId, pin)
  await sayName(call)
  return heardToTheEnd(call)
}

async function keyIn(call: Call, phoneClockId: string, pin: string): Promise<void> {
  await call.hears('enter-phone-clock-id', { part: 'end' })
  await call.press(`${phoneClockId}#`)
  await call.hears('enter-pin', { part: 'end' })
  await call.press(`${pin}#`)
}

async function sayName(call: Call): Promise<void> {
  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(NAME_MS)
  await call.press('#')
}

describe.concurrent('an employee who calls the plain dialplan', () => {
  it('hears what a caller of Punchline hears, and is clocked in once, with their name recorded', async () => {
    const ofPunchline = await punchline.workspace.hire('Ann', ANN.pin)
    const [heard, heardOfPunchline] = await Promise.all([
      callAtAnOrdinaryPace(PEER_NUMBER, ANN),
      callAtAnOrdinaryPace('5550100', { ...ANN, phoneClockId: ofPunchline.phoneClockId }),
    ])
    const call = (time: string) =>
      `welcome enter-phone-clock-id enter-pin clocked-in-at ${time} say-your-name tone thank-you-goodbye`
    const [punch, ...others] = peer.punchesOf(ANN.phoneClockId)
    expect(heard).toBe(call(saidByAsterisk(punch?.at ?? 0)))
    const [punchOfPunchline] = await punchesOf(punchline, ofPunchline.id)
    expect(heardOfPunchline).toBe(call(sayTime(punchOfPunchline?.at ?? 0, NEW_YORK).join(' ')))

    expect(punch).toMatchObject({ direction: 'in' })
    expect(others).toEqual([])
    expect(peer.punches().get(ANN.phoneClockId)).toBe(1)
    const sound = readWav(readFileSync(join(pbx.directory, `spool/peer/${punch?.channel}.wav`)))
    expect(sound && durationMs(sound)).toBeGreaterThanOrEqual(NAME_MS - CUT_AT_KEY_MS - 50)
    expect(sound && hasSpeech(sound)).toBe(true)
  })

  it('keys all in one go before the first prompt, clocks in, and clocks out with the next call', async () => {
    for (const direction of ['in', 'out']) {
      const call = await punchline.call({ number: PEER_NUMBER, keysAtAnswer: `${BOB.phoneClockId}#${BOB.pin}#` })
      await sayName(call)
      const at = peer.punchesOf(BOB.phoneClockId).at(-1)?.at ?? 0
      expect(await heardToTheEnd(call)).toMatch(
        new RegExp(`^(\\S+/ )*clocked-${direction}-at ${saidByAsterisk(at)} say-your-name tone thank-you-goodbye$`),
      )
    }
    expect(peer.punchesOf(BOB.phoneClockId)).toMatchObject([{ direction: 'in' }, { direction: 'out' }])
  })

  it('is refused with a wrong PIN and asked again, and after the third the call ends without a punch', async () => {
    const call = await punchline.call({ number: PEER_NUMBER })
    await keyIn(call, CAT.phoneClockId, '9753')
    await keyIn(call, '99999', CAT.pin)
    await keyIn(call, CAT.phoneClockId, '')
    const question = 'enter-phone-clock-id enter-pin'
    expect(await heardToTheEnd(call)).toBe(
      `welcome ${question} id-and-pin-do-not-match ${question} id-and-pin-do-not-match ${question} three-tries-failed goodbye`,
    )
    expect(await call.ended).toBe('pbx')
    expect(peer.punchesOf(CAT.phoneClockId)).toEqual([])
  })
})
