/** What the mail with a setup link says, as a mail program gets it from a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReceivedMail } from '../../scripts/rig/mail-server.js'
import { setPin } from '../../src/store/pins.js'
import { emailSetupLink, findSetupLink } from '../../src/store/setup-links.js'
import { type Office, openOffice, PUBLIC_URL } from './support/office.js'

let office: Office

beforeEach(async () => {
  office = await openOffice()
})

afterEach(() => office.close())

async function theMail(): Promise<ReceivedMail> {
  const [mail] = await office.server.received(1)
  if (!mail) throw new Error('no mail came')
  return mail
}

const tokenOf = (mail: ReceivedMail) => mail.link?.pathname.split('/').at(-1) ?? ''

describe('the mail with a setup link', () => {
  it('has all that the employee needs, as text and as HTML', async () => {
    await office.link('Ann Baker')
    const { phone_clock_id: phoneClockId } = await office.db
      .selectFrom('phone_clock_ids')
      .select('phone_clock_id')
      .executeTakeFirstOrThrow()
    await office.start()
    const mail = await theMail()
    expect(mail.to).toBe('ann.baker@example.com')
    expect(mail.subject).toBe('Acme Roofing: pick your PIN for the phone clock')
    for (const text of [mail.text, mail.html]) {
      expect(text).toContain('Ann Baker')
      expect(text).toContain('Acme Roofing')
      expect(text).toContain(phoneClockId)
      expect(text).toContain('+1 555 0100')
      expect(text).toContain(mail.link?.href)
      expect(text).toMatch(/works once, until (<strong>)?\w+day, \w+ \d+, \d{4}, \d+:\d\d [AP]M/)
      expect(text).toMatch(/(call|Call) .* from any phone/)
      expect(text).toMatch(/expect this mail\? Leave the link alone,\s+and tell your office\./)
      expect(text).not.toContain('current PIN')
    }
  })

  it('has a link that opens the page on which the PIN is picked', async () => {
    await office.link('Ann Baker')
    await office.start()
    const mail = await theMail()
    expect(mail.link?.origin).toBe(PUBLIC_URL)
    expect(await findSetupLink(office.db, tokenOf(mail))).toMatchObject({ state: 'active', name: 'Ann Baker' })
  })

  it('to somebody who has a PIN says that the PIN works until a new one is picked', async () => {
    const { id } = await office.hire('Ann Baker', '2468')
    await office.db.updateTable('employees').set({ email: 'ann@example.com' }).where('id', '=', id).execute()
    await emailSetupLink(office.db, office.linkKey, { employeeId: id, actor: 'test', after: null })
    await office.start()
    const mail = await theMail()
    expect(mail.subject).toBe('Acme Roofing: pick a new PIN for the phone clock')
    for (const text of [mail.text, mail.html])
      expect(text).toContain('Your current PIN works until you pick a new one.')
  })

  it('before IT has set the dial-in number does without it', async () => {
    await office.link('Ann Baker')
    await office.start({ dialInNumber: null })
    const mail = await theMail()
    expect(mail.text).toContain("call the clock's number from any phone")
    expect(mail.text).not.toMatch(/Number to call|null|undefined/)
    expect(mail.html).not.toMatch(/Number to call|null|undefined/)
  })

  it('loads nothing from anywhere and says that a machine wrote it', async () => {
    await office.link('Ann Baker')
    await office.start()
    const { html, parsed, messageId, link } = await theMail()
    expect(html).not.toMatch(/<img|<link|<script|src=|url\(|@import/i)
    expect([...html.matchAll(/https?:\/\/[^"<\s]+/g)].map(([url]) => url)).toEqual([link?.href, link?.href, link?.href])
    expect(parsed.attachments).toEqual([])
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
    expect(parsed.from?.text).toBe('"Time clock" <clock@example.com>')
    expect(messageId).toMatch(/^<setup-link-1-[0-9a-f]{24}@example\.com>$/)
  })

  it('takes names as they are: no name is a header, markup or another recipient', async () => {
    const name = 'Ann\r\nBcc: eve@example.com\r\n<b>"Böll", O’Neil</b> & <eve@example.com>'
    await office.link(name, 'ann@example.com')
    await office.start({ companyName: 'Söhne & <i>Co</i>\r\nX-Evil: yes' })
    const mail = await theMail()
    expect(mail.parsed.headers.has('bcc')).toBe(false)
    expect(mail.parsed.headers.has('x-evil')).toBe(false)
    expect(mail.subject).toBe('Söhne & <i>Co</i> X-Evil: yes: pick your PIN for the phone clock')
    expect(mail.to).toBe('ann@example.com')
    const { to } = mail.parsed
    expect(to && !Array.isArray(to) && to.value.map(({ address }) => address)).toEqual(['ann@example.com'])
    expect(mail.html).not.toMatch(/<b>|<i>/)
    expect(mail.html).toContain('&lt;b&gt;')
    expect(mail.text).toContain('Hello Ann Bcc: eve@example.com <b>"Böll", O’Neil</b> & <eve@example.com>,')
  })

  it('leaves its token in no table, no file and no log', async () => {
    await office.link('Ann Baker')
    await office.start()
    const token = tokenOf(await theMail())
    await expect.poll(() => office.states()).toEqual(['sent'])
    expect(token).toHaveLength(43)
    expect(office.isOnDisk(token)).toBe(false)
    expect(office.log()).toContain('mail sent')
    expect(office.log()).not.toContain(token)
    expect(office.log()).not.toContain('/setup/')
  })
})

it('a PIN that an admin sets meanwhile makes the mail needless', async () => {
  const id = await office.link('Ann Baker')
  await setPin(office.db, office.pinKey, { employeeId: id, pin: '2468', actor: 'test' })
  await office.link('Ben')
  await office.start()
  expect((await theMail()).to).toBe('ben@example.com')
  expect(await office.states()).toEqual(['cancelled', expect.anything()])
})
