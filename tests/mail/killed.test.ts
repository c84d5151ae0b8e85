/** A Punchline that is killed while it sends, with nothing left to say or do, and what the next start makes of it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settleInterruptedMails } from '../../src/store/mail-outbox.js'
import { readUnreached } from '../../src/store/roster.js'
import { type Office, openOffice } from './support/office.js'

let office: Office
let punchline: ChildProcess

beforeEach(async () => {
  office = await openOffice()
})

afterEach(async () => {
  punchline.kill('SIGKILL')
  await office.close()
})

function startPunchline(): void {
  const script = ['--import', 'tsx', 'tests/mail/support/outbox-process.ts']
  punchline = spawn(process.execPath, [...script, office.directory, office.server.url], { stdio: 'inherit' })
}

async function kill(): Promise<void> {
  punchline.kill('SIGKILL')
  await once(punchline, 'exit')
}

describe('Punchline killed', () => {
  it('when the server has the whole mail, but has not confirmed it, never sends it twice and tells the admin', async () => {
    await office.link('Ann')
    const held = office.server.hold('end')
    startPunchline()
    await held.reached
    await kill()
    expect(await office.states()).toEqual(['handing-over'])
    held.release()
    await office.server.received(1)

    await office.start()
    await office.link('Ben')
    await office.start()
    await expect.poll(() => office.states()).toEqual(['unconfirmed', 'sent'])
    expect(office.server.mails.map(mail => mail.to)).toEqual(['ann@example.com', 'ben@example.com'])
    const [unreached] = await readUnreached(office.db, Date.now())
    expect(unreached).toMatchObject({ name: 'Ann', status: 'Link sent', link: { isActive: true } })
    expect(unreached?.link?.mail.fault).toBe(
      'Punchline was stopped while it sent this mail, so it may or may not have arrived.',
    )
  })

  it('before the server has the mail sends it once after the next start', async () => {
    await office.link('Ann')
    const held = office.server.hold('recipient')
    startPunchline()
    await held.reached
    await kill()
    expect(await office.states()).toEqual(['waiting'])
    held.release()

    await office.start()
    await expect.poll(() => office.states()).toEqual(['sent'])
    expect(office.server.mails.map(mail => mail.to)).toEqual(['ann@example.com'])
  })

  it('again and again while 150 mails flow sends none twice, and tells of each that may not have arrived', async () => {
    for (let n = 1; n <= 150; n++) await office.link(`Employee ${n}`)
    for (let kills = 0; kills < 5; kills++) {
      await settleInterruptedMails(office.db)
      startPunchline()
      await office.server.received(office.server.mails.length + 1 + Math.floor(20 * Math.random()))
      await sleep(10 * Math.random())
      await kill()
    }
    await office.start()
    await expect.poll(() => office.states(), { timeout: 10_000 }).not.toContain('waiting')
    await expect.poll(() => office.states()).not.toContain('handing-over')

    const arrived = office.server.mails.map(mail => mail.to)
    expect(new Set(arrived).size).toBe(arrived.length)
    const outbox = await office.outbox()
    const told = new Set(outbox.filter(mail => mail.state === 'unconfirmed').map(mail => mail.address))
    expect(outbox.filter(({ state }) => state !== 'sent' && state !== 'unconfirmed')).toEqual([])
    expect(outbox.filter(({ address }) => !arrived.includes(address) && !told.has(address))).toEqual([])
  })
})
