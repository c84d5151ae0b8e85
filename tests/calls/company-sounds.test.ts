/** A company's own recording of a prompt. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { type Punchline, startPunchline } from './support/punchline.js'

let pbx: Pbx
let punchline: Punchline
let companySounds: string

beforeAll(async () => {
  companySounds = mkdtempSync(join(tmpdir(), 'punchline-sounds-'))
  mkdirSync(join(companySounds, 'en'))
  // Any other sound under that name will do.
  copyFileSync('asterisk-config/sounds/en/twelve-noon.wav', join(companySounds, 'en', 'welcome.wav'))
  pbx = await startPbx('test', { companySounds })
  punchline = await startPunchline(pbx)
})

afterAll(async () => {
  await punchline?.close()
  await pbx?.stop()
  rmSync(companySounds, { recursive: true })
})

it('wins over the delivered one of the same name; the other prompts stay as delivered', async () => {
  const call = await punchline.call()
  await call.hears('enter-phone-clock-id')
  expect(call.heard().map(({ prompt }) => prompt)).toEqual(['twelve-noon', 'enter-phone-clock-id'])
  await call.hangUp()
})
