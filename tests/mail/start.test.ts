/** The whole of Punchline as a process, as far as it concerns mail: no Asterisk is needed for that. */
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

it('Punchline sends what waits when it starts, settles what a killed one left, and stops cleanly', async () => {
  await office.link('Ann')
  await office.link('Ben')
  await office.db.updateTable('mail_outbox').set({ state: 'handing-over' }).where('id', '=', 1).execute()
  writeFileSync(join(office.directory, 'ari-password'), 'secret\n')
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: office.directory,
    ARI_URL: 'http://127.0.0.1:1',
    HTTP_PORT: String(await freePort()),
    SMTP_URL: office.server.url,
    MAIL_FROM: 'clock@example.com',
    PUBLIC_URL: 'https://clock.example.com',
  }
  const punchline = spawn('node', ['dist/cli.js', 'start'], { env })
  let log = ''
  punchline.stdout.on('data', text => (log += text))
  await office.server.received(1)
  await expect.poll(() => office.states()).toEqual(['unconfirmed', 'sent'])
  punchline.kill('SIGTERM')
  const [exit] = await once(punchline, 'close')
  expect(exit).toBe(0)
  expect(log).toContain('Punchline has stopped')
  expect(log).not.toContain('ben@example.com')
  expect(log).not.toContain(await office.tokenOf(2))
})
