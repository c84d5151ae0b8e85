/** What the PBX writes down of a call that Punchline gave back to it amid its keys. */
import { expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import { startInstallation } from './support/installation.js'

const { punchline } = await startInstallation()

it('a PIN that was still being keyed is not taken for the phone clock ID', async () => {
  const pin = '135790'
  const ann = await punchline.workspace.hire('Ann', pin)
  const call = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#` })
  await call.hears('enter-pin')
  await punchline.kill()
  await punchline.start()
  await call.hears('clock-not-available')
  await call.press(`${pin}#`, { tone: 60, gap: 40 })
  await call.hears('enter-phone-clock-id', { part: 'end' })
  await call.press(`${ann.phoneClockId}#`)
  await call.hears('call-kept', { within: 30_000 })
  const unclaimed = punchline.workspace.db.selectFrom('unclaimed_punches').selectAll()
  expect(await until('the call is taken in', () => unclaimed.executeTakeFirst(), 30_000)).toMatchObject({
    keyed_id: ann.phoneClockId,
  })
})
