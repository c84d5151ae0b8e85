/** What callers meet while IT stops Punchline, or replaces it by a new version. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import type { Call } from '../../scripts/telephone/telephone.js'
import { startInstallation } from './support/installation.js'
import { heardBy } from './support/listening.js'
import { callFrom, punchesOf } from './support/records.js'

const { pbx, punchline } = await startInstallation()
const ann = await punchline.workspace.hire('Ann', '2468')

const isStopping = () =>
  until('it is stopping', () => punchline.log().includes('"calls":1,"msg":"Punchline is stopping"'))

/** What a caller hears who presses # whenever something might wait for it. */
async function heardInHaste(call: Call): Promise<string> {
  let isOver = false
  call.ended.then(() => {
    isOver = true
  })
  const press = () =>
    call.press('#').catch(error => {
      if (!isOver) throw error
    })
  for (await sleep(4_000); !isOver; await sleep(1_500)) await press()
  return heardBy(call)
}

beforeEach(() => punchline.connected())

describe('when IT stops Punchline', () => {
  it('a call in progress goes on to its end, and one that comes meanwhile is kept by the PBX', async () => {
    const running = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#` })
    await running.hears('enter-pin')
    const exit = punchline.stop()
    await isStopping()
    const late = await punchline.call({ from: '+15550103' })
    await late.hears('clock-not-available', { within: 3_000 })
    await late.hangUp()
    await running.press('2468#')
    await running.hears('clocked-in-at')
    await running.hears('tone', { part: 'end' })
    await running.speak(1_000)
    await running.press('#')
    await running.hears('thank-you-goodbye', { part: 'end' })
    expect(await running.ended).toBe('pbx')
    expect(await exit).toBe(0)
    expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
    expect(await callFrom(punchline, '+15550102')).toMatchObject({ outcome: 'clocked-in' })
    expect(await callFrom(punchline, '+15550103')).toBeUndefined()
    await punchline.start()
  })

  it('a second signal does not wait: the caller is given to the PBX at once', async () => {
    const call = await punchline.call({ from: '+15550104' })
    await call.hears('welcome')
    const exit = punchline.stop()
    await until('it is stopping', () => punchline.log().match(/Punchline is stopping/g)?.length === 2)
    punchline.stop()
    await call.hears('clock-not-available', { within: 3_000 })
    expect(await exit).toBe(0)
    expect((await callFrom(punchline, '+15550104'))?.outcome).toBe('cut-off')
    await call.hangUp()
    await punchline.start()
  })
})

describe('when a new version takes over', () => {
  it('nobody who calls meanwhile is refused or left in silence: each is clocked, or kept for the office', async () => {
    const employees = await Promise.all(
      Array.from({ length: 16 }, (_, n) => punchline.workspace.hire(`No ${n}`, '1357')),
    )
    const stream = employees.map(async ({ phoneClockId }, n) => {
      await sleep(n * 250)
      const call = await punchline.call({ from: `+1555020${n}`, keysAtAnswer: `${phoneClockId}#1357#` })
      return { call, heard: await heardInHaste(call) }
    })
    await sleep(1_500)
    expect(await punchline.stop()).toBe(0)
    await punchline.start()
    const calls = await Promise.all(stream)
    for (const { call, heard } of calls) {
      expect(heard).toMatch(/clocked-in-at|call-kept/)
      expect(await call.ended).toBe('pbx')
    }
    const clocked = calls.filter(({ heard }) => heard.includes('clocked-in-at')).length
    const kept = calls.length - clocked
    expect(kept).toBeGreaterThan(0)
    expect(clocked).toBeGreaterThan(0)
    await until('those that were kept are taken in', async () => {
      const unclaimed = await punchline.workspace.db.selectFrom('unclaimed_punches').select('id').execute()
      return unclaimed.length === kept
    })
    const counts = await Promise.all(employees.map(async ({ id }) => (await punchesOf(punchline, id)).length))
    expect(counts.reduce((a, b) => a + b)).toBe(clocked)
    expect(Math.max(...counts)).toBe(1)
    expect(await pbx.ari('/channels')).toEqual([])
  })
})
