/** Real calls over a real trunk: what the caller hears, what is on disk. */
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { sayTime, sayWorkedTime } from '../../src/phone/spoken-time.js'
import { readWav } from '../../src/phone/wav.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { startInstallation } from './support/installation.js'
import { heardBy, heardToTheEnd } from './support/listening.js'
import { callFrom, clockedInAt, punchesOf } from './support/records.js'

const { punchline } = await startInstallation()

const hire = (name: string) => punchline.workspace.hire(name, '2468')
const spoken = (instant: number) => sayTime(instant, { timeZone: 'America/New_York', hours: 12 }).join(' ')
const entriesOf = async (name: string) =>
  (await listTimeEntries(punchline.workspace.db, {})).filter(entry => entry.employee === name)

describe.concurrent('an employee who calls at an ordinary pace', () => {
  it('clocks in: hears each prompt whole, says their name, and it is all on record', async () => {
    const ann = await hire('Ann')
    const call = await punchline.call({ from: '+15550177' })
    await call.hears('enter-phone-clock-id', { part: 'end' })
    await call.press(`${ann.phoneClockId}#`)
    await call.hears('enter-pin', { part: 'end' })
    await call.press('2468#')
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.speak(1_200)
    await call.press('#')
    expect(await call.ended).toBe('pbx')

    const [punch] = await punchesOf(punchline, ann.id)
    expect(await heardToTheEnd(call)).toBe(
      `welcome enter-phone-clock-id enter-pin clocked-in-at ${spoken(punch?.at ?? 0)} say-your-name tone thank-you-goodbye`,
    )
    const entry = await until('the voice check is kept', async () => {
      const [found] = await entriesOf('Ann')
      return found?.clockInVoice && found
    })
    expect(entry).toMatchObject({ state: 'open', clockInVoice: { hasSpeech: true } })
    const file = await punchline.workspace.clock.recordings.find(entry.clockInVoice?.recording ?? '')
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
    const sound = readWav(readFileSync(file ?? ''))
    expect((sound?.samples.length ?? 0) / 8000).toBeGreaterThan(1)
    expect(await until('the call is ended', async () => (await callFrom(punchline, '+15550177'))?.outcome)).toBe(
      'clocked-in',
    )
  })

  it('clocks out, and hears the worked time', async () => {
    const bob = await hire('Bob')
    const since = Date.now() - 8 * HOUR - 27 * MINUTE
    await clockedInAt(punchline, bob.id, since)
    const call = await punchline.call({ keysAtAnswer: `${bob.phoneClockId}#2468#` })
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.press('#')
    const heard = await heardToTheEnd(call)
    const [, out] = await punchesOf(punchline, bob.id)
    const minutes = Math.floor((out?.at ?? 0) / MINUTE) - Math.floor(since / MINUTE)
    expect(heard.replace(/^(\S+\/ )+/, '')).toBe(
      `clocked-out-at ${spoken(out?.at ?? 0)} you-worked ${sayWorkedTime(minutes).join(' ')} say-your-name tone thank-you-goodbye`,
    )
    expect(await entriesOf('Bob')).toMatchObject([{ state: 'closed' }])
  })
})

describe.concurrent('an employee who is slow', () => {
  it('hears nothing but silence between the keys, however long they take', async () => {
    const slow = await hire('Slow')
    const call = await punchline.call()
    await call.hears('enter-phone-clock-id', { part: 'end' })
    // So many that the words of a dead clock would be reached, were the silence not begun anew.
    for (const key of `${slow.phoneClockId}`.repeat(2).slice(0, 9)) {
      await call.press(key)
      await sleep(3_000)
    }
    await call.press('#')
    await call.hears('enter-pin', { within: 2_000 })
    expect(heardBy(call)).toBe('welcome enter-phone-clock-id enter-pin/')
    await call.hangUp()
  })
})

describe.concurrent('an employee whose clock-in lies in the future, since the clock was set back', () => {
  it('clocks out with no time worked', async () => {
    const early = await hire('Early')
    const ahead = Date.now() + HOUR
    await clockedInAt(punchline, early.id, ahead)
    const call = await punchline.call({ keysAtAnswer: `${early.phoneClockId}#2468#` })
    await call.hears('clocked-out-at', { within: 20_000 })
    await call.hears('less-than-a-minute')
    await call.hangUp()
    expect(await entriesOf('Early')).toMatchObject([{ state: 'closed', clockInAt: ahead, clockOutAt: ahead }])
  })
})

describe.concurrent('an employee who knows the way', () => {
  it.each([
    ['80 ms tones and gaps', 80],
    ['40 ms tones and gaps', 40],
  ])('keys all in one go before the first prompt, with %s, and hears only the confirmation', async (_, ms) => {
    const eve = await hire(`Eve ${ms}`)
    const call = await punchline.call({
      keysAtAnswer: `${eve.phoneClockId}#2468#`,
      timingAtAnswer: { tone: ms, gap: ms },
    })
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.press('#')
    const heard = await heardToTheEnd(call)
    expect(heard).toMatch(/^(\S+\/ )*clocked-in-at .* say-your-name tone thank-you-goodbye$/)
    expect(await punchesOf(punchline, eve.id)).toHaveLength(1)
  })

  it('interrupts each prompt with the first key and loses none', async () => {
    const dan = await hire('Dan')
    const call = await punchline.call()
    await call.hears('welcome', { part: 'start' })
    await call.press(`${dan.phoneClockId}#`, { tone: 40, gap: 40 })
    await call.hears('enter-pin', { part: 'start' })
    await call.press('2468#', { tone: 40, gap: 40 })
    await call.hears('clocked-in-at', { part: 'start' })
    await call.press('#')
    await call.hears('say-your-name', { part: 'start' })
    await call.press('#')
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.speak(800)
    await call.press('#')
    expect(await heardToTheEnd(call)).toMatch(
      /^welcome\/ enter-pin\/ clocked-in-at\/ say-your-name\/ tone thank-you-goodbye$/,
    )
  })

  it('clears an entry with star', async () => {
    const fay = await hire('Fay')
    const call = await punchline.call()
    await call.hears('enter-phone-clock-id', { part: 'start' })
    await call.press('99*')
    await call.hears('enter-phone-clock-id', { part: 'end' })
    await call.press(`${fay.phoneClockId}#2468#`)
    await call.hears('clocked-in-at')
    await call.hangUp()
    expect(await punchesOf(punchline, fay.id)).toHaveLength(1)
  })
})

describe.concurrent('the voice check', () => {
  it('ends by itself after two seconds of silence, and is noted as silent', async () => {
    const gus = await hire('Gus')
    const call = await punchline.call({ keysAtAnswer: `${gus.phoneClockId}#2468#` })
    expect(await heardToTheEnd(call)).toMatch(/tone thank-you-goodbye$/)
    const check = await until('the voice check is kept', async () => (await entriesOf('Gus'))[0]?.clockInVoice)
    expect(check.hasSpeech).toBe(false)
  })

  it('ends after six seconds at most', async () => {
    const ida = await hire('Ida')
    const call = await punchline.call({ keysAtAnswer: `${ida.phoneClockId}#2468#` })
    const tone = await call.hears('tone', { part: 'end', within: 20_000 })
    const speaking = call.speak(9_000)
    const bye = await call.hears('thank-you-goodbye', { within: 12_000 })
    expect(bye.at - tone.at).toBeGreaterThan(5_500)
    expect(bye.at - tone.at).toBeLessThan(8_000)
    await call.ended
    await speaking.catch(() => {})
  })

  it('is kept when the caller hangs up after their name', async () => {
    const jim = await hire('Jim')
    const call = await punchline.call({ keysAtAnswer: `${jim.phoneClockId}#2468#` })
    await call.hears('tone', { part: 'end', within: 20_000 })
    await call.speak(1_500)
    await call.hangUp()
    const check = await until('the voice check is kept', async () => (await entriesOf('Jim'))[0]?.clockInVoice)
    expect(check.hasSpeech).toBe(true)
  })
})

describe.concurrent('a second call within two minutes', () => {
  it('hears that the first one took; without a key nothing is recorded; with 1 it clocks out', async () => {
    const kim = await hire('Kim')
    const first = await punchline.call({ keysAtAnswer: `${kim.phoneClockId}#2468#` })
    await first.hears('clocked-in-at')
    await first.hangUp()

    const second = await punchline.call({ keysAtAnswer: `${kim.phoneClockId}#2468#` })
    expect(await heardToTheEnd(second)).toMatch(
      /^(\S+\/ )*you-clocked-in-at .* less-than-a-minute-ago to-clock-out-now-press-1 goodbye$/,
    )
    expect(await punchesOf(punchline, kim.id)).toHaveLength(1)

    const third = await punchline.call({ keysAtAnswer: `${kim.phoneClockId}#2468#` })
    await third.hears('to-clock-out-now-press-1')
    await third.press('1')
    await third.hears('clocked-out-at')
    await third.hangUp()
    expect(await punchesOf(punchline, kim.id)).toMatchObject([{ direction: 'in' }, { direction: 'out' }])
  })

  it('does not take keys that were typed ahead for an answer', async () => {
    const lea = await hire('Lea')
    const first = await punchline.call({ keysAtAnswer: `${lea.phoneClockId}#2468#` })
    await first.hears('clocked-in-at')
    await first.hangUp()
    const second = await punchline.call({ keysAtAnswer: `${lea.phoneClockId}#2468#1#` })
    expect(await heardToTheEnd(second)).toMatch(/to-clock-out-now-press-1 goodbye$/)
    expect(await punchesOf(punchline, lea.id)).toHaveLength(1)
  })
})

it('a forgotten clock-out stays open for an admin, and the call clocks in', async () => {
  const moe = await hire('Moe')
  await clockedInAt(punchline, moe.id, Date.now() - 17 * HOUR)
  const call = await punchline.call({ keysAtAnswer: `${moe.phoneClockId}#2468#` })
  await call.hears('clocked-in-at')
  await call.hangUp()
  expect(await entriesOf('Moe')).toMatchObject([{ state: 'open' }, { state: 'missing-clock-out', clockOutAt: null }])
})
