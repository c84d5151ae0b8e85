/** Calls from a third party: a second Asterisk is the telephone company, and nothing rests on our own telephone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { sayTime, sayWorkedTime } from '../../src/phone/spoken-time.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { type Punchline, startPunchline } from './support/punchline.js'
import { callFrom, clockedInAt, punchesOf } from './support/records.js'
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
const outcomeOfCallFrom = (number: string) =>
  until(`the call from ${number} is over`, async () => (await callFrom(punchline, number))?.outcome)
const entryOf = async (name: string) =>
  (await listTimeEntries(punchline.workspace.db, {})).find(entry => entry.employee === name)

/** That Asterisk sends nothing at all between two tones: two of the same key would be one. */
async function hireWithoutDoubleDigits(name: string): Promise<{ id: number; phoneClockId: string }> {
  const employee = await punchline.workspace.hire(name, '2468')
  return /(\d)\1/.test(employee.phoneClockId) ? hireWithoutDoubleDigits(name) : employee
}

describe.concurrent("a call from the provider's own Asterisk", () => {
  it('clocks in over G.711, hears each prompt whole, and is on record with its number and the voice', async () => {
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

    const punches = await punchesOf(punchline, ann.id)
    expect(punches).toMatchObject([{ direction: 'in', call_id: (await callFrom(punchline, '+15550177'))?.id }])
    expect(heard.join(' ')).toBe(
      `welcome enter-phone-clock-id enter-pin clocked-in-at ${spoken(punches[0]?.at ?? 0)} say-your-name tone thank-you-goodbye`,
    )
    const voice = await until('the voice check is kept', async () => (await entryOf('Ann'))?.clockInVoice)
    expect(voice.hasSpeech).toBe(true)
    expect(await outcomeOfCallFrom('+15550177')).toBe('clocked-in')
  })

  // On a busy machine the telephone company's recording, not the call, may miss a beat.
  it('clocks out over G.722, hears the worked time, and may hang up after the name', { retry: 1 }, async () => {
    const bob = await punchline.workspace.hire('Bob', '1357')
    const since = Date.now() - 8 * HOUR - 27 * MINUTE
    await clockedInAt(punchline, bob.id, since)
    const call = await company.dial(NUMBER, {
      line: 'g722',
      from: '+15550178',
      phoneClockId: bob.phoneClockId,
      pin: '1357',
      afterName: 'hang-up',
    })
    expect(await call.codec()).toBe('(g722)')
    const heard = promptsIn(await call.recording(), prompts)

    const punches = await punchesOf(punchline, bob.id)
    const at = punches[1]?.at ?? 0
    expect(punches).toMatchObject([
      { direction: 'in' },
      { direction: 'out', call_id: (await callFrom(punchline, '+15550178'))?.id },
    ])
    const worked = sayWorkedTime(Math.floor(at / MINUTE) - Math.floor(since / MINUTE)).join(' ')
    expect(heard.join(' ')).toBe(
      `welcome enter-phone-clock-id enter-pin clocked-out-at ${spoken(at)} you-worked ${worked} say-your-name tone`,
    )
    const voice = await until('the voice check is kept', async () => (await entryOf('Bob'))?.clockOutVoice)
    expect(voice.hasSpeech).toBe(true)
    expect(await entryOf('Bob')).toMatchObject({ state: 'closed' })
    expect(await outcomeOfCallFrom('+15550178')).toBe('clocked-out')
  })

  it.each([
    ['tones in the sound', 'tones', '+15550180'],
    ['SIP INFO', 'info', '+15550181'],
  ] as const)('whose keys come as %s, not as RFC 4733 events, clocks in all the same', async (_, line, from) => {
    const { id, phoneClockId } = await hireWithoutDoubleDigits(`Cyd by ${line}`)
    const call = await company.dial(NUMBER, { line, from, phoneClockId, pin: '2468', afterName: 'pound' })
    await call.recording()
    expect(await punchesOf(punchline, id)).toMatchObject([{ direction: 'in' }])
    expect(await outcomeOfCallFrom(from)).toBe('clocked-in')
  })
})

describe("a call from an address that is not one of the provider's", () => {
  it('is refused before any dialplan, and nothing is on record', async () => {
    const eve = await punchline.workspace.hire('Eve', '2468')
    const callsProcessed = () => /\d+ calls? processed/.exec(pbx.console('core show channels'))?.[0]
    const before = callsProcessed()
    expect(before).toBeDefined()
    await company.dial(NUMBER, {
      line: 'elsewhere',
      from: '+15550179',
      phoneClockId: eve.phoneClockId,
      pin: '2468',
      afterName: 'hang-up',
    })
    expect(await company.answerToLastInvite()).toMatch(/^40[13] /)
    expect(callsProcessed()).toBe(before)
    expect(await callFrom(punchline, '+15550179')).toBeUndefined()
    expect(await punchesOf(punchline, eve.id)).toEqual([])
  })
})
