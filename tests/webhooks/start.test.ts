/** The whole of Punchline as a process, as far as it concerns webhooks: no Asterisk is needed for that. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { type Office, openOffice } from './support/office.js'

let office: Office

beforeEach(async () => {
  office = await openOffice()
})

afterEach(() => office.close())

it('Punchline sends what waits when it starts, and a punch that comes later, and stops cleanly', async () => {
  const webhook = await office.addWebhook()
  const ann = await office.employ('Ann Baker')
  const punches = [await office.punch(ann)]
  writeFileSync(join(office.directory, 'ari-password'), 'secret\n')
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: office.directory,
    ARI_URL: 'http://127.0.0.1:1',
    HTTP_PORT: String(await freePort()),
    LOG_LEVEL: 'debug',
  }
  const punchline = spawn('node', ['dist/cli.js', 'start'], { env })
  let log = ''
  punchline.stdout.on('data', text => {
    log += text
  })
  await office.receiver.reached(1)
  punches.push(await office.punch(ann))
  await office.receiver.reached(2, 2000)
  await expect.poll(() => office.states()).toEqual(['delivered', 'delivered'])
  punchline.kill('SIGTERM')
  const [exit] = await once(punchline, 'close')
  expect(exit).toBe(0)
  expect(office.punchesReceived()).toEqual(punches)
  expect(log).toContain('Punchline has stopped')
  for (const secret of [office.secretOf(webhook), 'Ann Baker']) expect(log).not.toContain(secret)
})
