/** The outbox with a real mail server that is away, slow, full, strict or breaks off: each link is mailed once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/clock/time.js'
import { deleteEmployee } from '../../src/store/employees.js'
import { waitingFaults } from '../../src/store/mail-outbox.js'
import { findOnRoster } from '../../src/store/roster.js'
import { type Office, openOffice } from './support/office.js'

let office: Office

beforeEach(async () => {
  office = await openOffice()
})

afterEach(() => office.close())

const ANN = 'ann@example.com'
const BEN = 'ben@example.com'
const settled = (...states: string[]) =>
  expect.poll(() => office.states(), { timeout: 10_000, interval: 10 }).toEqual(states)
const recipients = () => office.server.mails.map(mail => mail.to).sort()
const faultOf = async (address: string) => (await office.outbox()).find(mail => mail.address === address)?.fault

describe('mails that wait', () => {
  it('are sent once each, 25 in a burst', async () => {
    const outbox = await office.start()
    const names = Array.from({ length: 25 }, (_, i) => `Employee ${String(i).padStart(2, '0')}`)
    await Promise.all(names.map(name => office.link(name)))
    outbox.wake()
    await settled(...names.map(() => 'sent'))
    expect(recipients()).toEqual(names.map(name => `${name.toLowerCase().replace(' ', '.')}@example.com`))
    expect(office.server.connections).toBeLessThanOrEqual(3)
    expect(new Set(office.server.mails.map(mail => mail.messageId)).size).toBe(25)
  })

  it('are sent once each when Punchline starts', async () => {
    await office.link('Ann')
    await office.link('Ben')
    await office.start()
    await settled('sent', 'sent')
    expect(recipients()).toEqual([ANN, BEN])
  })

  it('are sent once each over any number of restarts', async () => {
    for (let i = 0; i < 12; i++) await office.link(`Employee ${i}`)
    for (let i = 0; i < 4; i++) {
      const outbox = await office.start()
      await office.server.received(i * 3 + 1)
      await outbox.stop()
      expect(await office.states()).not.toContain('handing-over')
    }
    await office.start()
    await settled(...Array(12).fill('sent'))
    expect(new Set(recipients()).size).toBe(12)
    expect(recipients()).toHaveLength(12)
  })

  it('hold up nobody who queues more while the server is slow', async () => {
    const outbox = await office.start()
    const held = office.server.hold('recipient')
    for (let i = 0; i < 5; i++) await office.link(`Employee ${i}`)
    outbox.wake()
    await held.reached
    const before = performance.now()
    for (let i = 0; i < 1000; i++) outbox.wake()
    expect(performance.now() - before).toBeLessThan(500)
    held.release()
    await settled(...Array(5).fill('sent'))
    expect(office.server.mails).toHaveLength(5)
  })

  it('with a link that expired meanwhile are not sent', async () => {
    await office.link('Ann')
    await office.expireLinks()
    await office.link('Ben')
    await office.start()
    await settled('failed', 'sent')
    expect(recipients()).toEqual([BEN])
    expect(await faultOf(ANN)).toBe('The setup link expired before its mail could be sent.')
  })
})

describe('a mail server that is away', () => {
  it('gets everything once when it is back, and the admin sees meanwhile what holds the mails up', async () => {
    await office.server.goDown()
    for (let i = 0; i < 8; i++) await office.link(`Employee ${i}`)
    await office.start()
    const fault = `The mail server can't be reached: connect ECONNREFUSED 127.0.0.1:${office.server.port}`
    await expect.poll(() => waitingFaults(office.db)).toEqual([{ fault, count: 8 }])
    await office.server.comeUp()
    await settled(...Array(8).fill('sent'))
    expect(office.server.mails).toHaveLength(8)
    expect(new Set(recipients()).size).toBe(8)
    expect((await office.outbox()).map(mail => mail.fault)).toEqual(Array(8).fill(null))
  })

  it('is tried with one mail at a time, and the others are not touched', async () => {
    await office.server.goDown()
    for (let i = 0; i < 30; i++) await office.link(`Employee ${i}`)
    await office.start()
    const attempts = async () => (await office.outbox()).reduce((sum, mail) => sum + mail.attempts, 0)
    await expect.poll(attempts, { timeout: 5000 }).toBeGreaterThanOrEqual(7)
    const rounds = office.log().split('mail put off').length - 1
    // The first round is tried with as many mails as there are connections.
    expect(rounds).toBeLessThanOrEqual((await attempts()) + 1)
    expect(await office.states()).toEqual(Array(30).fill('waiting'))
    expect((await office.outbox()).filter(mail => mail.attempts === 0).length).toBeGreaterThan(15)
  })

  it('for 24 hours loses the mails, which are given up with a sentence, and the links with them', async () => {
    await office.server.goDown()
    const ann = await office.link('Ann')
    await office.link('Ben')
    await office.age(DAY)
    await office.link('Cleo')
    await office.start()
    await settled('failed', 'failed', 'waiting')
    expect(await faultOf(BEN)).toMatch(
      /^Given up after 24 hours\. The mail server can't be reached: connect ECONNREFUSED/,
    )
    expect(await findOnRoster(office.db, Date.now(), ann)).toMatchObject({ status: 'Not set up' })
  })

  it('and back after a weekend in which Punchline was off too gets what was queued before', async () => {
    await office.link('Ann')
    await office.age(2 * DAY)
    await office.start()
    await settled('sent')
  })

  it('for nobody but us, since it refuses the login, holds up the mails', async () => {
    await office.close()
    office = await openOffice({ login: { user: 'clock', password: 'right' } })
    const { from, publicUrl } = office.settings.mail
    await office.link('Ann')
    const wrong = `smtp://clock:wrong-password@127.0.0.1:${office.server.port}`
    const outbox = await office.start({ mail: { smtpUrl: wrong, from, publicUrl } })
    await expect.poll(() => faultOf(ANN)).toContain('The mail server refuses the login: 535 5.7.8')
    await outbox.stop()
    expect(office.log()).not.toContain('wrong-password')
    await office.start()
    await settled('sent')
  })

  it('for nobody but us, since it refuses the sender, holds up the mails', async () => {
    office.server.refuseSenders('553 5.7.1 not your address')
    await office.link('Ann')
    await office.start()
    await expect.poll(() => faultOf(ANN)).toBe('The mail server refuses the sender: 553 5.7.1 not your address')
    office.server.refuseSenders(null)
    await settled('sent')
  })
})

describe('a mail server that does not take a mail', () => {
  it('now gets it later, and meanwhile the others', async () => {
    office.server.putOff(3, ANN)
    await office.link('Ann')
    await office.link('Ben')
    await office.start()
    await settled('sent', 'sent')
    expect(recipients()).toEqual([ANN, BEN])
    expect((await office.outbox()).map(mail => mail.attempts)).toEqual([3, 0])
  })

  it('for 24 hours makes us give it up', async () => {
    office.server.putOff(1, ANN)
    await office.link('Ann')
    await office.age(24 * HOUR)
    await office.start()
    await settled('failed')
    expect(await faultOf(ANN)).toBe(
      'Given up after 24 hours. The mail server does not take mail for ann@example.com now: 451 4.7.1 try again later',
    )
  })

  it('at all ends it at once, with its link, and the others get theirs', async () => {
    office.server.refuse(ANN, '550 5.1.1 no such user')
    const ann = await office.link('Ann')
    await office.link('Ben')
    await office.start()
    await settled('failed', 'sent')
    expect(recipients()).toEqual([BEN])
    expect(await faultOf(ANN)).toBe('The mail server refused ann@example.com: 550 5.1.1 no such user')
    expect(await findOnRoster(office.db, Date.now(), ann)).toMatchObject({
      status: 'Not set up',
      link: { ended: 'undelivered' },
    })
  })

  it('because the address is none ends it at once', async () => {
    await office.link('Ann')
    // Kept by a version that did not look at addresses.
    await office.db.updateTable('mail_outbox').set({ address: '<>' }).execute()
    await office.link('Ben')
    await office.start()
    await settled('failed', 'sent')
    expect(await faultOf('<>')).toContain('<> is not an address that mail can be sent to')
  })

  it('and quotes its link does not get the token into our records', async () => {
    await office.link('Ann')
    const held = office.server.hold('recipient')
    const outbox = await office.start()
    await held.reached
    const token = await office.tokenOf(1)
    office.server.refuse(
      ANN,
      `554 5.7.1 spam: ${office.settings.mail.publicUrl}/setup/${token} ${'very '.repeat(80)}bad`,
    )
    held.release()
    await settled('failed')
    await outbox.stop()
    expect(await faultOf(ANN)).toMatch(
      /^The mail server refused ann@example\.com: 554 5\.7\.1 spam: .*\/setup\/… very .*…$/,
    )
    expect((await faultOf(ANN))?.length).toBeLessThan(300)
    expect(office.isOnDisk(token)).toBe(false)
    expect(office.log()).not.toContain(token)
  })
})

describe('a connection that breaks', () => {
  it.each(['recipient', 'message', 'end'] as const)('at the %s leads to one mail in the end', async stage => {
    office.server.drop(stage)
    await office.link('Ann')
    await office.start()
    await settled('sent')
    expect(recipients()).toEqual([ANN])
    expect(office.server.connections).toBe(2)
  })

  it('after the last byte, without a reply, leads to a second mail by which a receiver knows the first', async () => {
    office.server.drop('end')
    await office.link('Ann')
    await office.start()
    await settled('sent')
    const [first, ...others] = office.server.unconfirmed
    expect(others).toEqual([])
    expect(office.server.mails.map(mail => mail.messageId)).toEqual([first?.messageId])
  })
})

describe('a mail whose link is replaced', () => {
  it('while it waits is not sent: the new one is', async () => {
    const ann = await office.link('Ann')
    await office.linkAgain(ann)
    await office.start()
    await settled('cancelled', 'sent')
    expect(office.server.mails.map(mail => mail.link?.pathname)).toEqual([`/setup/${await office.tokenOf(2)}`])
  })

  it('while it is being sent is broken off, and the server does not have it', async () => {
    const held = office.server.hold('recipient')
    const ann = await office.link('Ann')
    const outbox = await office.start()
    await held.reached
    await office.linkAgain(ann)
    outbox.wake()
    held.release()
    await settled('cancelled', 'sent')
    await expect.poll(() => office.server.brokenOff).toBe(1)
    expect(office.server.mails.map(mail => mail.link?.pathname)).toEqual([`/setup/${await office.tokenOf(2)}`])
  })

  it('with its employee deleted while it is being sent is broken off, and no record has the address', async () => {
    const held = office.server.hold('recipient')
    office.server.refuse(ANN, '550 5.1.1 no such user')
    const ann = await office.link('Ann')
    const outbox = await office.start()
    await held.reached
    await deleteEmployee(office.db, ann, 'test')
    held.release()
    await outbox.stop()
    expect(await office.outbox()).toEqual([{ address: '', state: 'cancelled', attempts: 0, fault: null }])
  })
})

describe('stopping', () => {
  it('lets the mails that are under way finish', async () => {
    for (let i = 0; i < 5; i++) await office.link(`Employee ${i}`)
    const held = office.server.hold('end')
    const outbox = await office.start()
    await held.reached
    const stopping = outbox.stop()
    held.release()
    await stopping
    const sent = (await office.states()).filter(state => state === 'sent').length
    expect(sent).toBe(office.server.mails.length)
    expect(sent).toBeGreaterThan(0)
    expect(await office.states()).not.toContain('handing-over')
  })

  it('waits no longer than a moment for a server that says nothing, and sends the mail after the next start', async () => {
    await office.link('Ann')
    const held = office.server.hold('recipient')
    const outbox = await office.start()
    await held.reached
    const before = performance.now()
    await outbox.stop()
    expect(performance.now() - before).toBeLessThan(2000)
    expect(await office.outbox()).toEqual([{ address: ANN, state: 'waiting', attempts: 0, fault: null }])
    held.release()
    await office.start()
    await settled('sent')
    expect(recipients()).toEqual([ANN])
  })
})
