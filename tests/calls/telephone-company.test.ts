/** Calls from a third party: a second Asterisk is the telephone company, and nothing rests on our own telephone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { sayTime, sayWorkedTime } from '../../src/phone/spoken-time.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { type Pbx, startPbx } from './support/pbx.js'
import { type Punchline, startPunchline } from './support/punchline.js'
import { clockedInAt, callFrom, punchesOf } from './support/records.js'
import { until } from './support/until.js'
import { loadSounds, promptsIn } from './telephone-company/prompts-in.js'
import { startTelephoneCompany, type TelephoneCompany } from './telephone-company/telephone-company.js'

const NUMBER = '+15550100'
const prompts = loadSounds('asterisk-config/sounds/en')
let pbx: Pbx
let punchline: Punchline
let company: TelephoneCompany

beforeAll(async () => {
  pbx = await startPbx('test')
  punchline = await startPunchline(pbx)
  company = await startTelephoneCompany(pbx)
})

afterAll(async () => {
  await company?.stop()
  await punchline?.close()
  await pbx?.stop()
})

const spoken = (instant: number) => sayTime(instant, { timeZone: 'America/New_York', hours: 12 }).join(' ')
const entryOf = async (name: string) =>
  (await listTimeEntries(punchline.workspace.db, {})).find(entry => entry.employee === name)

describe("a call that comes from the provider's Asterisk", () => {
  it('clocks in over G.711, hears each prompt whole, and is on record with its number and voice', async () => {
    const ann = await punchline.workspace.hire('Ann', '2468')
    const call = await company.dial(NUMBER, {
      line: 'ulaw',
      from: '+15550177',
      phoneClockId: ann.phoneClockId,
      pin: '2468',
      afterName: 'pound',
    })
    expect(await call.codec()).toBe('(ulaw)')
    const heard = promptsIn(await call.recording(), prompts)

    const [punch] = await punchesOf(punchline, ann.id)
    expect(heard.join(' ')).toBe(
      `welcome enter-phone-clock-id enter-pin clocked-in-at ${spoken(punch?.at ?? 0)} say-your-name tone thank-you-goodbye`,
    )
    expect(punch).toMatchObject({ direction: 'in' })
    expect(await until('the call is ended', async () => outcomeOf(await callFrom(punchline, '+15550177')))).toBe('clocked-in')
    const voice = await until('the voice check is kept', async () => (await entryOf('Ann'))?.clockInVoice)
    expect(voice.hasSpeech).toBe(true)
  })

  it('clocks out over G.722, hears the worked time, and may hang up after the name', async () => {
    const bob = await punchline.workspace.hire('Bob', '1357')
    const since = Date.now() - 8 * HOUR - 27 * MINUTE
    await clockedInAt(punchline, bob.id, since)
    const call = await company.dial(NUMBER, {
      line: 'g722',
      from: '+15550177',
      phoneClockId: bob.phoneClockId,
      pin: '1357',
      afterName: 'hang-up',
    })
    expect(await call.codec()).toBe('(g722)')
    const heard = promptsIn(await call.recording(), prompts)

    const [, out] = await punchesOf(punchline, bob.id)
    const minutes = Math.floor((out?.at ?? 0) / MINUTE) - Math.floor(since / MINUTE)
    expect(heard.join(' ')).toBe(
      `welcome enter-phone-clock-id enter-pin clocked-out-at ${spoken(out?.at ?? 0)} you-worked ${sayWorkedTime(minutes).join(' ')} say-your-name tone`,
    )
    expect(out).toMatchObject({ direction: 'out' })
    const voice = await until('the voice check is kept', async () => (await entryOf('Bob'))?.clockOutVoice)
    expect(voice.hasSpeech).toBe(true)
    expect(await entryOf('Bob')).toMatchObject({ state: 'closed' })
  })
})

describe("a call from an address that is not one of the provider's", () => {
  it('is refused before any dialplan, and nothing is on record', async () => {
    const eve = await punchline.workspace.hire('Eve', '2468')
    const processed = () => /\d+ calls? processed/.exec(pbx.console('core show channels'))?.[0]
    const before = { processed: processed(), last: await callFrom(punchline, NUMBER_OF_CALLER) }
    await company.dial(NUMBER, {
      line: 'elsewhere',
      from: '+15550177',
      phoneClockId: eve.phoneClockId,
      pin: '2468',
      afterName: 'hang-up',
    })
    expect(await company.answerToInvite()).toMatch(/^40[13] /)
    expect(processed()).toBe(before.processed)
    expect(await callFrom(punchline, NUMBER_OF_CALLER)).toEqual(before.last)
    expect(await punchesOf(punchline, eve.id)).toEqual([])
  })
})
