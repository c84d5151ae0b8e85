import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deactivateEmployee } from '../../src/store/employees.js'
import { addJob } from '../../src/store/jobs.js'
import { dueMails, giveUp, handOver, markSent, putOff, settleInterruptedMails } from '../../src/store/mail-outbox.js'
import { setPin } from '../../src/store/pins.js'
import { EMAIL, type Office, openOffice } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor
let woken = 0

beforeEach(async () => {
  woken = 0
  office = await openOffice({
    mail: {
      wake() {
        woken += 1
      },
      tryNow() {},
    },
  })
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const page = async (path = '/phone-clocking') => words(await admin.get(path))
const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const press = (count: number) => admin.post('/phone-clocking/setup-links', form({ count: String(count) }))
const givePin = (employeeId: number, pin = '2468') =>
  setPin(office.db, office.pinKey, { employeeId, pin, actor: 'test' })
const mails = () => dueMails(office.db, Date.now(), 1000)
const statusOf = (text: string, name: string) =>
  text.match(new RegExp(`${name} \\S+ \\S+ (Ready|Link sent|Link expired|Not set up)`))?.[1]

describe('the list Phone clock PINs', () => {
  it('without employees says how to add them', async () => {
    expect(await page()).toContain('No employees yet. Add one , or import them from a CSV file')
  })

  it('shows the dial-in number, or says where IT sets it', async () => {
    expect(await page()).toContain('Dial-in number +1 555 0100 Copy number')
    const other = await openOffice({ dialInNumber: null })
    await other.addAdmin()
    const visitor = new Visitor(other)
    await visitor.signIn()
    expect(await words(await visitor.get('/phone-clocking'))).toContain('IT sets it as DIAL_IN_NUMBER')
    await other.close()
  })

  it('shows each of the four statuses with the button that belongs to it', async () => {
    const [ann, ben, cleo] = await Promise.all(
      ['Ann', 'Ben', 'Cleo'].map(name => office.hire(name, `${name}@example.com`)),
    )
    await givePin(ann ?? 0)
    await admin.post(`/phone-clocking/${ben}/setup-link`, form({ after: '0' }))
    await admin.post(`/phone-clocking/${cleo}/setup-link`, form({ after: '0' }))
    await expireLinkOf(cleo ?? 0)
    await office.hire('Dora', 'Dora@example.com')
    const text = await page()
    expect(text).toMatch(/Ann Ann@example.com \d{5} Ready Manage Ann/)
    expect(text).toMatch(/Ben Ben@example.com \d{5} Link sent until \w{3}, \w{3} \d+ Set up Ben/)
    expect(text).toMatch(/Cleo Cleo@example.com \d{5} Link expired Set up Cleo/)
    expect(text).toMatch(/Dora Dora@example.com – Not set up Set up Dora/)
  })

  it('leaves out whoever was deactivated', async () => {
    await deactivateEmployee(office.db, await office.hire('Ann Smith'), 'test')
    expect(await page()).not.toContain('Ann Smith')
  })

  it.each([
    ['a part of the name, whatever its case', 'DORA m'],
    ['a name without its accents', 'Muller'],
    ['the words in any order', 'müller dora'],
    ['the e-mail address', 'dora@exam'],
  ])('is searched by %s', async (_how, q) => {
    await office.hire('Dora Müller', 'dora@example.com')
    await office.hire('Ann Smith', 'ann@example.com')
    const text = await page(`/phone-clocking?${form({ q })}`)
    expect(text).toContain('Dora Müller dora@example.com')
    expect(text).not.toContain('Ann Smith')
    expect(text).toContain('All 1 Ready 0 Link sent 0 Link expired 0 Not set up 1')
  })

  it('is searched by phone clock ID', async () => {
    const id = await givePin(await office.hire('Ann Smith'))
    await office.hire('Ben Jones', 'ben@example.com')
    const text = await page(`/phone-clocking?q=${id}`)
    expect(text).toContain(`Ann Smith none ${id}`)
    expect(text).not.toContain('Ben Jones')
  })

  it('is filtered by status, with how many there are of each', async () => {
    await givePin(await office.hire('Ann Smith'))
    await office.hire('Ben Jones', 'ben@example.com')
    const text = await page('/phone-clocking?status=Ready')
    expect(text).toContain('All 2 Ready 1 Link sent 0 Link expired 0 Not set up 1')
    expect(text).toContain('Ann Smith')
    expect(text).not.toContain('Ben Jones')
  })

  it('comes in pages of 50, in the order of names', async () => {
    for (let i = 1; i <= 120; i++) await office.hire(`Employee ${String(i).padStart(3, '0')}`)
    const text = await page('/phone-clocking?page=2')
    expect(text.match(/Employee \d+ none/g)).toEqual(
      Array.from({ length: 50 }, (_, i) => `Employee ${String(i + 51).padStart(3, '0')} none`),
    )
    expect(text).toContain('51–100 of 120 Previous Next')
    expect(await page('/phone-clocking?page=99')).toContain('101–120 of 120 Previous')
  })

  it.each(['?page=0', '?page=x', '?status=Nonsense', '?q=a&q=b', '?q[]=a', `?q=${'x'.repeat(500)}`])(
    'takes an address that makes no sense, %s, as not asked',
    async query => {
      await office.hire('Ann Smith')
      const response = await admin.get(`/phone-clocking${query}`)
      expect(response.status).toBe(200)
      expect(await words(response)).toContain('Ann Smith')
    },
  )
})

describe('Email setup links', () => {
  it('says how many it will send, and sends so many', async () => {
    for (const name of ['Ann', 'Ben', 'Cleo']) await office.hire(name, `${name}@example.com`)
    await office.hire('Gus')
    const before = await page()
    expect(before).toContain('Email 3 setup links')
    expect(before).toContain('1 employee has no e-mail address and can’t be emailed Gus')
    const response = await press(3)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/phone-clocking'])
    expect(woken).toBe(1)
    expect((await mails()).map(mail => mail.address)).toEqual([
      'Ann@example.com',
      'Ben@example.com',
      'Cleo@example.com',
    ])
    const after = await page()
    expect(after).toContain('3 setup links are on their way.')
    expect(after).toContain('Email 0 setup links')
    expect(after).toContain('Everyone with an e-mail address is ready or has an active link.')
    expect(after).toContain('0 of 3 sent , 3 on the way')
  })

  it('says it once: a reload repeats neither the sentence nor the mails', async () => {
    await office.hire('Ann', 'ann@example.com')
    await press(1)
    expect(await page()).toContain('1 setup link is on its way.')
    expect(await page()).not.toContain('is on its way.')
    expect(await mails()).toHaveLength(1)
  })

  it('pressed twice, and by two admins at once, mails nobody twice', async () => {
    for (let i = 0; i < 10; i++) await office.hire(`Employee ${i}`, `e${i}@example.com`)
    const other = new Visitor(office)
    await other.signIn()
    await Promise.all([press(10), press(10), other.post('/phone-clocking/setup-links', form({ count: '10' }))])
    await press(10)
    expect(await mails()).toHaveLength(10)
    expect(await page()).toContain('0 of 10 sent')
  })

  it('sends nothing when the list has grown since the page was shown, and says so', async () => {
    for (const name of ['Ann', 'Ben']) await office.hire(name, `${name}@example.com`)
    await press(1)
    expect(await page()).toContain('nothing was sent: 2 setup links would go out now, not 1.')
    expect(await mails()).toEqual([])
  })

  it('shows how far it has come, what holds it up, and names who was not reached and why', async () => {
    for (const name of ['Ann', 'Ben', 'Cleo', 'Dora']) await office.hire(name, `${name}@example.com`)
    await press(4)
    const [ann, ben, cleo, dora] = (await mails()).map(mail => mail.id)
    await handOver(office.db, ann ?? 0)
    await markSent(office.db, ann ?? 0)
    await giveUp(office.db, ben ?? 0, 'The mail server refused Ben@example.com: 550 no such user')
    await handOver(office.db, cleo ?? 0)
    await settleInterruptedMails(office.db)
    await putOff(office.db, dora ?? 0, { until: Date.now() + 60_000, fault: 'The mail server can’t be reached.' })
    const text = await page('/phone-clocking/sending')
    expect(text).toContain('1 of 4 sent , 1 on the way, 1 failed, 1 not certain.')
    expect(text).toContain(`Asked for by ${EMAIL}`)
    expect(text).toContain('1 mail waits and will be tried again. The mail server can’t be reached.')
    expect(text).toContain('Ben : The mail server refused Ben@example.com: 550 no such user')
    expect(text).toContain('Cleo : Punchline was stopped while it sent this mail')
    expect(await page()).toMatch(/Ben Ben@example.com \d+ Not set up/)
  })

  it('no longer names somebody who was helped since', async () => {
    const ben = await office.hire('Ben', 'ben@example.com')
    await press(1)
    const [mail] = await mails()
    await giveUp(office.db, mail?.id ?? 0, 'The mail server refused it.')
    await givePin(ben)
    expect(await page()).not.toContain('not reached')
  })

  it('without mail set up is off and says what to configure, and PINs can be set', async () => {
    const plain = await openOffice({ mail: null })
    try {
      await plain.addAdmin()
      const visitor = new Visitor(plain)
      await visitor.signIn()
      const ann = await plain.hire('Ann', 'ann@example.com')
      for (const path of ['/phone-clocking', `/phone-clocking/${ann}`]) {
        const html = await (await visitor.get(path)).text()
        expect(html).toMatch(/SMTP_URL<\/code>, <code>MAIL_FROM<\/code> and <code>PUBLIC_URL/)
        expect(html).toMatch(/<button[^>]* disabled>Email/)
      }
      expect((await visitor.post('/phone-clocking/setup-links', form({ count: '1' }))).status).toBe(409)
      expect((await visitor.post(`/phone-clocking/${ann}/pin`, form({ pin: '2468', pinAgain: '2468' }))).status).toBe(
        303,
      )
    } finally {
      await plain.close()
    }
  })
})

describe('the screen of one employee', () => {
  it('offers Set up to somebody without a PIN, and Manage to somebody with one', async () => {
    const ann = await office.hire('Ann', 'ann@example.com')
    const before = await page(`/phone-clocking/${ann}`)
    expect(before).toContain('Not set up')
    expect(before).toContain('Email setup link')
    expect(before).toContain('Set PIN manually')
    expect(before).not.toContain('Remove PIN')
    await givePin(ann)
    const after = await page(`/phone-clocking/${ann}`)
    for (const button of ['Email reset link', 'Change PIN', 'Remove PIN']) expect(after).toContain(button)
  })

  it('emails a setup link, and says so', async () => {
    const ann = await office.hire('Ann', 'ann@example.com')
    await admin.post(`/phone-clocking/${ann}/setup-link`, form({ after: '0' }))
    expect(woken).toBe(1)
    const text = await page(`/phone-clocking/${ann}`)
    expect(text).toContain('A setup link for Ann is on its way to ann@example.com.')
    expect(text).toMatch(/active until \w{3}, \w{3} \d+, /)
    expect(text).toContain(`setup link emailed`)
  })

  it('pressed twice emails one link', async () => {
    const ann = await office.hire('Ann', 'ann@example.com')
    await admin.post(`/phone-clocking/${ann}/setup-link`, form({ after: '0' }))
    await admin.post(`/phone-clocking/${ann}/setup-link`, form({ after: '0' }))
    expect(await page(`/phone-clocking/${ann}`)).toContain(
      'Ann has just been sent a setup link; no second one was sent.',
    )
    expect(await mails()).toHaveLength(1)
  })

  it('has the mail button off for somebody without an address, and says why', async () => {
    const gus = await office.hire('Gus')
    const html = await (await admin.get(`/phone-clocking/${gus}`)).text()
    expect(html).toContain('Gus has no e-mail address.')
    expect(html).toMatch(/<button[^>]* disabled>Email setup link/)
    const refused = await admin.post(`/phone-clocking/${gus}/setup-link`, form({ after: '0' }))
    expect([refused.status, await words(refused)]).toEqual([409, expect.stringContaining('Gus has no e-mail address.')])
  })

  it('sets a PIN, changes it and removes it, and tells of each in the history', async () => {
    const ann = await office.hire('Ann')
    const set = (pin: string) => admin.post(`/phone-clocking/${ann}/pin`, form({ pin, pinAgain: pin }))
    await set('2468')
    const id = (await page(`/phone-clocking/${ann}`)).match(/with phone clock ID (\d{5}) and the PIN that you set/)?.[1]
    await set('8052')
    await admin.post(`/phone-clocking/${ann}/remove-pin`)
    const text = await page(`/phone-clocking/${ann}`)
    expect(text).toContain(`Ann can no longer clock in. Phone clock ID ${id} is gone for good.`)
    expect(text).toMatch(
      new RegExp(`PIN removed .* ${EMAIL} PIN changed .* PIN set .* phone clock ID issued: ${id} .* employee added`),
    )
    await set('8052')
    expect(await page(`/phone-clocking/${ann}`)).not.toContain(`ID ${id} and`)
  })

  it('tells in the history that the employee picked the PIN', async () => {
    const ann = await office.hire('Ann', 'ann@example.com')
    const path = await setupLinkFor(office, ann)
    await new Visitor(office).post(path, form({ pin: '2468', pinAgain: '2468' }))
    expect(await page(`/phone-clocking/${ann}`)).toMatch(
      /PIN set \S+ \S+ \d+, \S+ [AP]M the employee, with the link setup link used .* setup link emailed .* test/,
    )
  })

  it.each([
    ['that differ', '2468', '2469', 'The two PINs differ. Nothing was changed.'],
    ['that are too short', '246', '246', 'A PIN has 4 to 12 digits; this one has 3.'],
    ['that are too long', '1'.repeat(13), '1'.repeat(13), 'A PIN has 4 to 12 digits; this one has 13.'],
    ['that are easily guessed', '7777', '7777', 'This PIN is easily guessed (repeated digits). Choose another.'],
    ['that are no digits', '24a8', '24a8', 'A PIN has digits only, 0 to 9.'],
  ])('refuses PINs %s beside the field, and does not echo them', async (_what, pin, pinAgain, sentence) => {
    const ann = await office.hire('Ann')
    const response = await admin.post(`/phone-clocking/${ann}/pin`, form({ pin, pinAgain }))
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain(sentence)
    expect(html).toMatch(/aria-describedby="pin(Again)?-fault( pin-hint)?" aria-invalid="true" autofocus/)
    expect(html).not.toContain(`value="${pin}"`)
    expect(statusOf(await page(), 'Ann')).toBe('Not set up')
  })

  it.each([
    ['/phone-clocking/999', 404],
    ['/phone-clocking/abc', 404],
    ['/phone-clocking/1e9', 404],
    ['/phone-clocking/99999999999999999999', 404],
  ])('is not found for %s', async (path, status) => {
    expect((await admin.get(path)).status).toBe(status)
    for (const action of ['setup-link', 'pin', 'remove-pin']) {
      expect((await admin.post(`${path}/${action}`, form({ pin: '2468', pinAgain: '2468', after: '0' }))).status).toBe(
        404,
      )
    }
  })

  it.each(['', 'pin=2468', 'pin=2468&pin=8052&pinAgain=2468', 'pin[x]=1&pinAgain=1'])(
    'answers a form that makes no sense, "%s", with a sentence',
    async body => {
      const ann = await office.hire('Ann')
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      const response = await admin.post(`/phone-clocking/${ann}/pin`, body, headers)
      expect(response.status).toBe(400)
      expect(await words(response)).toContain('Use the form on the page.')
    },
  )
})

describe('what is printed', () => {
  it('the sheet for the wall has the number and the steps of a call, the job only where it is asked for', async () => {
    const before = await page('/phone-clocking/sheet')
    expect(before).toContain('Call +1 555 0100 . Enter your phone clock ID, then press # . Enter your PIN')
    expect(before).not.toContain('job')
    await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
    expect(await page('/phone-clocking/sheet')).toContain(
      'If you are asked for the job’s phone code, enter it, then press # , or press # alone to skip',
    )
  })

  it('a card has name, phone clock ID and number, and never a PIN', async () => {
    const ann = await office.hire('Ann Smith')
    const id = await givePin(ann, '80527')
    await office.hire('Ben Jones')
    const text = await page('/phone-clocking/cards')
    expect(text).toContain(`Ann Smith Call +1 555 0100 Phone clock ID ${id}`)
    expect(text).toContain('1 card. 1 without a phone clock ID')
    expect(text).not.toContain('80527')
    expect(await page(`/phone-clocking/cards?employee=${ann}`)).toContain('1 card. No card names a PIN.')
  })
})

it('whoever is not signed in gets none of it', async () => {
  const ann = await office.hire('Ann', 'ann@example.com')
  const stranger = new Visitor(office)
  for (const path of ['', `/${ann}`, '/sheet', '/cards']) {
    expect((await stranger.get(`/phone-clocking${path}`)).headers.get('location')).toBe('/sign-in')
  }
  for (const path of ['setup-links', `${ann}/pin`, `${ann}/setup-link`, `${ann}/remove-pin`]) {
    const body = form({ count: '9', pin: '2468', pinAgain: '2468', after: '0' })
    expect((await stranger.post(`/phone-clocking/${path}`, body)).headers.get('location')).toBe('/sign-in')
  }
  expect((await stranger.get('/phone-clocking/sending')).status).toBe(401)
  expect(statusOf(await page(), 'Ann')).toBe('Not set up')
})

async function expireLinkOf(employeeId: number): Promise<void> {
  await sql`update setup_links set expires_at = ${Date.now()} where employee_id = ${employeeId}`.execute(office.db)
}
