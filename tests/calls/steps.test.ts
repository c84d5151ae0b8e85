/** Callers who hang up, say nothing, mistype or press odd keys, at every step of a real call. */
import { describe, expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { startInstallation } from './support/installation.js'
import { heardBy, heardToTheEnd } from './support/listening.js'
import { prompts } from './support/punchline.js'
import { callFrom, punchesOf, stepsOfCallFrom } from './support/records.js'

const { pbx, punchline } = await startInstallation()

const hire = (name: string) => punchline.workspace.hire(name, '2468')
const outcomeOf = (from: string) =>
  until(`the call from ${from} is over`, async () => (await callFrom(punchline, from))?.outcome)
const unclaimedFrom = async (from: string) => {
  const call = await callFrom(punchline, from)
  return punchline.workspace.db
    .selectFrom('unclaimed_punches')
    .selectAll()
    .where('call_id', '=', call?.id ?? 0)
    .execute()
}

describe.concurrent('a caller who hangs up', () => {
  it.each([
    ['while the greeting plays', '+15551001', [], 'welcome', 'start'],
    ['when asked for the phone clock ID', '+15551002', [], 'enter-phone-clock-id', 'end'],
    ['within the phone clock ID', '+15551003', ['48'], null, 'end'],
    ['when asked for the PIN', '+15551004', ['48213#'], 'enter-pin', 'end'],
    ['within the PIN', '+15551005', ['48213#', '24'], null, 'end'],
  ] as const)('%s leaves nothing half-done', async (_, from, keys, prompt, part) => {
    const call = await punchline.call({ from })
    for (const entry of keys) await call.press(entry)
    if (prompt) await call.hears(prompt, { part })
    await call.hangUp()
    expect(await outcomeOf(from)).toBe('hung-up')
    expect(await stepsOfCallFrom(punchline, from)).toContain('the caller hung up')
    expect(await unclaimedFrom(from)).toEqual([])
  })

  it.each([
    ['while the time is read to them', '+15551006', 'clocked-in-at', 'start'],
    ['when asked for their name', '+15551007', 'say-your-name', 'start'],
    ['at the tone', '+15551008', 'tone', 'start'],
  ] as const)('%s is clocked in', async (_, from, prompt, part) => {
    const { id, phoneClockId } = await hire(`Caller ${from}`)
    const call = await punchline.call({ from, keysAtAnswer: `${phoneClockId}#2468#` })
    await call.hears(prompt, { part, within: 20_000 })
    await call.hangUp()
    expect(await outcomeOf(from)).toBe('clocked-in')
    expect(await punchesOf(punchline, id)).toHaveLength(1)
  })

  it('without a word, by losing their battery, frees the line', async () => {
    const call = await punchline.call({ from: '+15551009' })
    await call.hears('welcome')
    call.vanish()
    // 3 × 7 s of silence, then the rescue to an empty line: the call ends by itself.
    const outcome = await until('it is over', async () => (await callFrom(punchline, '+15551009'))?.outcome, 80_000)
    expect(outcome).toBe('unclaimed-punch')
  })
})

describe.concurrent('a caller who says and presses nothing', () => {
  const rescue = 'three-tries-failed say-your-name-and-site tone thank-you-goodbye'

  it('is asked three times for the phone clock ID, then rescued', async () => {
    const call = await punchline.call({ from: '+15551011' })
    expect(await heardToTheEnd(call)).toBe(
      'welcome enter-phone-clock-id nothing-entered enter-phone-clock-id nothing-entered enter-phone-clock-id ' +
        rescue,
    )
    expect(await outcomeOf('+15551011')).toBe('unclaimed-punch')
    expect(await unclaimedFrom('+15551011')).toMatchObject([{ has_speech: 0 }])
  })

  it('waits seven seconds for a first key and four for the next', async () => {
    const call = await punchline.call({ from: '+15551012' })
    const asked = await call.hears('enter-phone-clock-id', { part: 'end' })
    const again = await call.hears('nothing-entered', { within: 12_000 })
    const silence = again.at - (asked.at + prompts.durationOf('enter-phone-clock-id'))
    expect(silence).toBeGreaterThan(6_900)
    expect(silence).toBeLessThan(7_400)
    const released = (await call.press('48')) - call.answeredAt
    const pin = await call.hears('enter-pin')
    expect(pin.at - released).toBeGreaterThan(3_900)
    expect(pin.at - released).toBeLessThan(4_400)
    await call.hangUp()
  })

  it('is asked three times for the PIN, then rescued', async () => {
    const call = await punchline.call({ from: '+15551013', keysAtAnswer: '48213#' })
    const heard = await heardToTheEnd(call)
    expect(heard.replace(/^(\S+\/ )+/, '')).toBe(
      `enter-pin nothing-entered enter-pin nothing-entered enter-pin ${rescue}`,
    )
  })
})

describe.concurrent('a caller who mistypes', () => {
  it('three wrong PINs lead to the rescue: name and site are on tape for the office', async () => {
    const { phoneClockId, id } = await hire('Nan')
    const call = await punchline.call({ from: '+15551021' })
    for (const opening of ['enter-phone-clock-id', 'id-and-pin-do-not-match', 'id-and-pin-do-not-match']) {
      await call.hears(opening, { part: 'end' })
      await call.press(`${phoneClockId}#1357#`)
    }
    await call.hears('say-your-name-and-site', { within: 20_000 })
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.speak(2_500)
    await call.press('#')
    expect(await heardToTheEnd(call)).toMatch(/three-tries-failed say-your-name-and-site tone thank-you-goodbye$/)
    const kept = await until('the recording is kept', async () =>
      (await unclaimedFrom('+15551021')).find(row => row.recording),
    )
    expect(kept).toMatchObject({ has_speech: 1, at: (await callFrom(punchline, '+15551021'))?.answered_at })
    expect(await punchesOf(punchline, id)).toEqual([])
  })

  it('an unknown ID sounds like a wrong PIN, and the next try counts', async () => {
    const { phoneClockId, id } = await hire('Ole')
    const heard: string[] = []
    for (const [from, keyedId, pin] of [
      ['+15551022', '10000', '2468'],
      ['+15551023', phoneClockId, '1357'],
    ] as const) {
      const call = await punchline.call({ from })
      await call.hears('welcome')
      await call.press(`${keyedId}#`)
      await call.hears('enter-pin')
      await call.press(`${pin}#`)
      await call.hears('id-and-pin-do-not-match')
      await call.hears('enter-phone-clock-id', { part: 'end' })
      heard.push(heardBy(call))
      await call.press(`${phoneClockId}#2468#`)
      await call.hears(heard.length === 1 ? 'clocked-in-at' : 'you-clocked-in-at')
      await call.hangUp()
    }
    expect(heard[0]).toBe(heard[1])
    expect(await punchesOf(punchline, id)).toHaveLength(1)
  })

  it('star clears the keys and asks again, at the PIN too', async () => {
    const { phoneClockId, id } = await hire('Pat')
    const call = await punchline.call({ from: '+15551024', keysAtAnswer: `${phoneClockId}#` })
    await call.hears('enter-pin', { part: 'end' })
    await call.press('13*')
    await call.hears('enter-pin', { part: 'end' })
    await call.press('2468#')
    await call.hears('clocked-in-at')
    await call.hangUp()
    expect(await punchesOf(punchline, id)).toHaveLength(1)
  })
})

describe.concurrent('odd calls do no harm', () => {
  it('one with a withheld number works, and is shown as withheld', async () => {
    const { phoneClockId, id } = await hire('Quin')
    const call = await punchline.call({ from: null, keysAtAnswer: `${phoneClockId}#2468#` })
    await call.hears('clocked-in-at')
    await call.hangUp()
    const [punch] = await punchesOf(punchline, id)
    const record = await punchline.workspace.db
      .selectFrom('calls')
      .select('caller_number')
      .where('id', '=', punch?.call_id ?? 0)
      .executeTakeFirst()
    expect(record).toEqual({ caller_number: null })
  })

  it('the keys A to D count for nothing', async () => {
    const { phoneClockId, id } = await hire('Rae')
    const call = await punchline.call({ from: '+15551031' })
    await call.hears('welcome')
    await call.press(`A${phoneClockId.slice(0, 2)}B${phoneClockId.slice(2)}CD#2468#`)
    await call.hears('clocked-in-at')
    await call.hangUp()
    expect(await punchesOf(punchline, id)).toHaveLength(1)
  })

  it('two hundred digits in one entry are a wrong ID', async () => {
    const { phoneClockId } = await hire('Sam')
    const call = await punchline.call({ from: '+15551032' })
    await call.hears('welcome')
    await call.press(`${'7'.repeat(200)}#1#`, { tone: 40, gap: 40 })
    await call.hears('id-and-pin-do-not-match', { within: 20_000 })
    await call.press(`${phoneClockId}#2468#`)
    await call.hears('clocked-in-at')
    await call.hangUp()
  })

  it('keys that are still under way at the hang-up reach nobody', async () => {
    const call = await punchline.call({ from: '+15551033' })
    await call.hears('welcome')
    const keys = call.press('48213#2468#').catch(() => {})
    await call.hangUp()
    await keys
    expect(await outcomeOf('+15551033')).toBe('hung-up')
  })

  it('the number may be dialled with a plus sign or without, in A-law too', async () => {
    for (const [from, number, codec] of [
      ['+15551034', '+15550100', 'pcmu'],
      ['+15551035', '100', 'pcma'],
    ] as const) {
      const call = await punchline.call({ from, number, codec })
      await call.hears('enter-phone-clock-id')
      await call.hangUp()
    }
  })

  it('twenty calls at once are each clocked in', async () => {
    const crew = await Promise.all(Array.from({ length: 20 }, (_, n) => hire(`Crew ${n}`)))
    await Promise.all(
      crew.map(async ({ phoneClockId }) => {
        const call = await punchline.call({ from: '+15551036', keysAtAnswer: `${phoneClockId}#2468#` })
        await call.hears('clocked-in-at', { within: 20_000 })
        await call.hangUp()
      }),
    )
    const entries = await listTimeEntries(punchline.workspace.db, {})
    expect(entries.filter(entry => entry.employee.startsWith('Crew'))).toHaveLength(20)
  })
})

it('a call that another context of the dialplan sends to Punchline, unanswered and without a number, is taken', async () => {
  const nameless = () =>
    punchline.workspace.db.selectFrom('calls').select('id').where('caller_number', 'is', null).execute()
  const before = (await nameless()).length
  pbx.console('dialplan add extension 900,1,Stasis,punchline into elsewhere')
  pbx.console('dialplan add extension 901,1,Playback,punchline/goodbye into elsewhere')
  await pbx.originate('900@elsewhere', '901@elsewhere')
  await until('the call is on record', async () => (await nameless()).length > before)
  await until('it is over', () => pbx.console('core show channels').includes('0 active channels'))
})

it('nothing is held after all these calls', async () => {
  await until('no channel is up', () => pbx.console('core show channels').includes('0 active channels'))
  await until('no recording is left on the PBX', async () => String(await pbx.ari('/recordings/stored')) === '')
  expect(punchline.log()).not.toContain('"level":50')
})
