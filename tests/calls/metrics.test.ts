/** What Prometheus is told of real calls on a real Asterisk. */
import { afterAll, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { type Scrape, scrape, seriesOf } from '../support/scrape.js'
import { startPunchline } from './support/punchline.js'

const port = await freePort()
const pbx = await startPbx('test')
const punchline = await startPunchline(pbx, { MONITOR_PORT: String(port) })

afterAll(async () => {
  await punchline.close()
  await pbx.stop()
})

const ask = () => scrape(`http://127.0.0.1:${port}`)

const CLOCKED_IN = 'punchline_calls_total{outcome="clocked-in"}'

/** What is told once so many calls have clocked in and are over. */
const afterClockIns = (calls: number) =>
  until('the call is over', async () => {
    const found = await ask()
    return found.get(CLOCKED_IN) === calls && found
  })

/** How often each prompt was ordered after a `#`. */
function reactions(found: Scrape): Record<string, number | undefined> {
  const series = seriesOf(found, 'punchline_reaction_duration_seconds_count')
  return Object.fromEntries(series.map(name => [name.match(/prompt="(.*)"/)?.[1], found.get(name)]))
}

it('a call at an ordinary pace: its outcome, its punch, its steps, and how soon a prompt followed each #', async () => {
  const { phoneClockId } = await punchline.workspace.hire('Ann', '2468')
  const began = performance.now()
  const call = await punchline.call()
  await call.hears('enter-phone-clock-id', { part: 'end' })
  expect((await ask()).get('punchline_calls_in_progress')).toBe(1)
  await call.press(`${phoneClockId}#`)
  await call.hears('enter-pin', { part: 'end' })
  await call.press('2468#')
  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(1_200)
  await call.press('#')
  expect(await call.ended).toBe('pbx')
  const took = (performance.now() - began) / 1000

  const found = await afterClockIns(1)
  expect(found.get('punchline_calls_in_progress')).toBe(0)
  expect(found.get('punchline_punches_total{direction="in"}')).toBe(1)
  const steps = seriesOf(found, 'punchline_call_step_duration_seconds_sum')
  expect(steps.map(series => series.match(/step="(.*)"/)?.[1])).toEqual([
    'phone clock ID entered',
    'PIN entered',
    'ID and PIN accepted',
    'clocked in',
    'recording the name',
    'Punchline hung up',
  ])
  const all = steps.reduce((sum, series) => sum + (found.get(series) ?? 0), 0)
  expect(all).toBeGreaterThan(took - 2)
  expect(all).toBeLessThan(took)
  expect(reactions(found)).toEqual({ 'enter-pin': 1, 'clocked-in-at': 1 })
  expect(found.get('punchline_reaction_duration_seconds_sum{prompt="enter-pin"}')).toBeLessThan(0.5)
})

it('a prompt that follows a pause, and no #, is no reaction', async () => {
  const found = await ask()
  const { phoneClockId } = await punchline.workspace.hire('Bob', '2468')
  const call = await punchline.call()
  await call.hears('enter-phone-clock-id')
  await call.press(phoneClockId)
  await call.hears('enter-pin')
  await call.press('2468')
  await call.hears('clocked-in-at')
  await call.hangUp()
  const after = await afterClockIns((found.get(CLOCKED_IN) ?? 0) + 1)
  expect(reactions(after)).toEqual(reactions(found))
})

it('while the PBX is away no calls are taken, and when it is back they are', async () => {
  await pbx.crash()
  const away = await until('the PBX is missed', async () => {
    const found = await ask()
    return found.get('punchline_pbx_connected') === 0 && found
  })
  expect(away.get('punchline_takes_calls')).toBe(0)
  await pbx.start()
  const back = await until('the PBX is back', async () => {
    const found = await ask()
    return found.get('punchline_pbx_connected') === 1 && found
  })
  expect(back.get('punchline_pbx_since_timestamp_seconds')).toBeGreaterThan(
    away.get('punchline_pbx_since_timestamp_seconds') ?? Number.NaN,
  )
})
