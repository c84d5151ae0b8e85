/** How quickly the call answers. The bounds are loose, for a busy machine; the figures are printed. */
import { expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import { startInstallation } from '../calls/support/installation.js'
import { punchesOf } from '../calls/support/records.js'

const { punchline } = await startInstallation()

function report(what: string, values: number[]): { median: number; worst: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const worst = sorted.at(-1) ?? Number.NaN
  console.log(`${what}: median ${median.toFixed(1)} ms, worst of ${values.length} ${worst.toFixed(1)} ms`)
  return { median, worst }
}

it('the next prompt begins soon after pound', async () => {
  const reactions: number[] = []
  while (reactions.length < 20) {
    const call = await punchline.call()
    await call.hears('welcome')
    const released = await call.press('48213#')
    reactions.push((await call.nextAudioAfter(released)) - released)
    await call.hangUp()
  }
  const { median, worst } = report('from pound to the next prompt', reactions)
  expect(median).toBeLessThan(60)
  expect(worst).toBeLessThan(500)
})

it('a call that keys all in one go is on disk soon after its last key', async () => {
  const timing = { tone: 60, gap: 60 }
  const afterAnswer: number[] = []
  const overhead: number[] = []
  for (let n = 0; n < 5; n++) {
    const { id, phoneClockId } = await punchline.workspace.hire(`Employee ${n}`, '2468')
    const keys = `${phoneClockId}#2468#`
    const call = await punchline.call({ keysAtAnswer: keys, timingAtAnswer: timing })
    const answeredAt = Date.now() - (performance.now() - call.answeredAt)
    const punch = await until('the punch is on disk', async () => (await punchesOf(punchline, id))[0])
    afterAnswer.push(punch.committed_at - answeredAt)
    overhead.push(punch.committed_at - answeredAt - (keys.length * (timing.tone + timing.gap) - timing.gap))
    await call.hangUp()
  }
  report('from the answer to the punch on disk', afterAnswer)
  const { median } = report('of that beyond the keys themselves', overhead)
  expect(median).toBeLessThan(300)
})
