import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LINK_LIFE } from '../../src/clock/setup-status.js'
import { addCall } from '../../src/store/calls.js'
import { deactivateEmployee } from '../../src/store/employees.js'
import { addJob } from '../../src/store/jobs.js'
import { judge } from '../../src/store/judging.js'
import { dueMails, giveUp } from '../../src/store/mail-outbox.js'
import { currentId } from '../../src/store/phone-clock-ids.js'
import { removePin, setPin } from '../../src/store/pins.js'
import { type Office, openOffice } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { Visitor, words } from './support/visitor.js'

let office: Office
let employee: Visitor
let ann: number
let path: string
let phoneClockId: string
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  office = await openOffice({ log: pino({ level: 'trace' }, { write: line => logged.push(line) }) })
  employee = new Visitor(office)
  ann = await office.hire('Ann Smith', 'ann@example.com')
  path = await setupLinkFor(office, ann)
  phoneClockId = (await currentId(office.db, ann)) ?? ''
})

afterEach(async () => {
  vi.useRealTimers()
  await office.close()
})

const form = (pin: string, pinAgain = pin) => new URLSearchParams({ pin, pinAgain })
const pick = (pin: string, pinAgain = pin) => employee.post(path, form(pin, pinAgain))

/** Who a call with this PIN would clock. */
async function callerWith(pin: string, id = phoneClockId): Promise<number | null> {
  const callId = await addCall(office.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
  return (
    (await judge(office.db, office.pinKey, { callId, callerNumber: null, phoneClockId: id, pin }))?.employeeId ?? null
  )
}

describe('the page of a setup link', () => {
  it('names company, employee, phone clock ID and dial-in number, and asks for a PIN twice', async () => {
    const response = await employee.get(path)
    expect(response.status).toBe(200)
    const html = await response.clone().text()
    expect(html).toContain('<title>Pick your PIN · Acme Roofing</title>')
    expect(html).toContain('<a href="tel:+15550100">+1 555 0100</a>')
    expect(html.match(/type="password" inputmode="numeric"/g)).toHaveLength(2)
    const said = await words(response)
    expect(said).toContain('Ann Smith')
    expect(said).toContain(`Phone clock ID ${phoneClockId} Dial-in number +1 555 0100`)
    expect(said).toContain('4 to 12 digits.')
    expect(said).not.toMatch(/current PIN|Sign in|Sign out/)
  })

  it('leaves out the dial-in number until IT sets one', async () => {
    const other = await openOffice({ dialInNumber: null })
    const link = await setupLinkFor(other, await other.hire('Ben Jones', 'ben@example.com'))
    const said = await words(await new Visitor(other).get(link))
    expect(said).toContain('Ben Jones')
    expect(said).not.toContain('Dial-in number')
    await other.close()
  })

  it('a name with markup in it is text', async () => {
    const link = await setupLinkFor(office, await office.hire('<b>Bo</b> & Co', 'bo@example.com'))
    expect(await (await employee.get(link)).text()).toContain('&lt;b&gt;Bo&lt;/b&gt; &amp; Co')
  })

  it('opened or fetched ahead, however often, changes nothing', async () => {
    const tables = ['setup_links', 'pins', 'phone_clock_ids', 'mail_outbox', 'audit_events', 'sessions'] as const
    const everything = () => Promise.all(tables.map(table => office.db.selectFrom(table).selectAll().execute()))
    const before = await everything()
    const urls = Array.from({ length: 20 }, () => office.linkUrl + path)
    const opened = await Promise.all(urls.map((url, i) => fetch(url, { method: i % 2 === 0 ? 'GET' : 'HEAD' })))
    expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await everything()).toEqual(before)
    expect((await pick('80527')).status).toBe(200)
  })

  it('is kept and indexed nowhere, tells no other page its address, and reads or sets no cookie', async () => {
    await office.addAdmin()
    await employee.signIn()
    const { cookie } = employee
    for (const response of [
      await employee.get(path),
      await employee.post(path, form('1234')),
      await employee.post(path, form('80527')),
      await employee.get(path),
      await employee.get('/setup/unknown'),
      await employee.get('/setup/%E0%A4'),
      await employee.get('/setup'),
      await employee.post(path, 'x'.repeat(20_000), { 'content-type': 'application/x-www-form-urlencoded' }),
    ]) {
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
      expect(response.headers.get('cache-control')).toContain('no-store')
      expect(response.headers.get('x-robots-tag')).toBe('noindex')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(await words(response)).not.toContain('Sign out')
    }
    expect(employee.cookie).toBe(cookie)
  })

  it('is sent also by browsers that do not say where a form comes from', async () => {
    expect((await employee.post(path, form('80527'), { origin: 'null' })).status).toBe(200)
  })
})

describe('picking a PIN', () => {
  it('makes it the PIN, and says how to clock in', async () => {
    const response = await pick('80527')
    expect(response.status).toBe(200)
    const said = await words(response)
    expect(said).toContain('You are ready')
    expect(said).toContain(`Phone clock ID ${phoneClockId}`)
    expect(said).toContain('Call +1 555 0100 . Enter your phone clock ID, then press # . Enter your PIN, then press #')
    expect(said).not.toMatch(/80527|job|Ann Smith/)
    expect(await callerWith('80527')).toBe(ann)
    expect(await callerWith('80537')).toBeNull()
  })

  it('tells of the job’s phone code where jobs have one', async () => {
    await addJob(office.db, { name: 'Warehouse', phoneCode: '12' }, 'test')
    const said = await words(await pick('80527'))
    expect(said).toContain('If you are asked for the job’s phone code, enter it')
    expect(said).not.toContain('Warehouse')
  })

  it('forgives spaces around the digits', async () => {
    expect((await pick(' 80527 ', '80527\n')).status).toBe(200)
    expect(await callerWith('80527')).toBe(ann)
  })

  it.each([
    ['two that differ', '80527', '80537', 'The two PINs differ.'],
    ['one that is too short', '805', '805', 'A PIN has 4 to 12 digits; this one has 3.'],
    ['one that is too long', '8052716498052', '8052716498052', 'A PIN has 4 to 12 digits; this one has 13.'],
    ['an easy one', '7878', '7878', 'This PIN is easily guessed (repeated digits). Choose another.'],
    ['letters', 'mypin', 'mypin', 'A PIN has digits only, 0 to 9.'],
    ['digits of another script', '٨٠٥٢', '٨٠٥٢', 'A PIN has digits only, 0 to 9.'],
    ['nothing', '', '', 'A PIN has 4 to 12 digits; this one has 0.'],
  ])(
    'refuses %s with a sentence at the field, and sends back nothing that was typed',
    async (_what, pin, again, why) => {
      const response = await pick(pin, again)
      expect(response.status).toBe(422)
      const html = await response.clone().text()
      expect(await words(response)).toContain(why)
      expect(html).toMatch(/aria-describedby="fault pin-hint"\s+aria-invalid="true" autofocus/)
      expect(html).not.toMatch(/ value=/)
      if (pin !== '' && pin !== '7878') expect(html).not.toContain(`${pin}<`)
      expect((await employee.get(path)).status).toBe(200)
      expect((await pick('80527')).status).toBe(200)
    },
  )

  it('refuses the phone clock ID as the PIN', async () => {
    expect(await words(await pick(phoneClockId))).toContain('too close to the phone clock ID')
  })

  it.each([
    ['no field', '', 422],
    ['one field', 'pin=80527', 422],
    ['fields twice', 'pin=80527&pin=80527&pinAgain=80527', 422],
    ['an object', 'pin[a]=80527&pinAgain[a]=80527', 422],
    ['a prototype', '__proto__[pin]=80527&pinAgain=80527', 422],
    ['a broken encoding', 'pin=%E0%A4&pinAgain=%E0%A4', 422],
    ['a megabyte', `pin=80527&pinAgain=${'8'.repeat(1_000_000)}`, 413],
    ['a thousand fields too many', 'a=1&'.repeat(2000), 413],
  ])('with %s gets a sentence and changes nothing', async (_what, body, status) => {
    const response = await employee.post(path, body, { 'content-type': 'application/x-www-form-urlencoded' })
    expect(response.status).toBe(status)
    expect(await words(response)).toMatch(/Type your PIN into both|digits only|What was sent is too long/)
    expect(await office.db.selectFrom('pins').selectAll().execute()).toEqual([])
  })

  it.each([
    ['JSON', '{"pin":"80527","pinAgain":"80527"}', 'application/json', 422],
    ['an unknown charset', 'pin=80527&pinAgain=80527', 'application/x-www-form-urlencoded; charset=klingon', 415],
    ['no type', 'pin=80527&pinAgain=80527', 'text/plain', 422],
  ])('as %s gets a sentence and changes nothing', async (_what, body, type, status) => {
    const response = await employee.post(path, body, { 'content-type': type })
    expect(response.status).toBe(status)
    expect(await words(response)).toMatch(/Type your PIN into both|can’t be understood/)
    expect(await office.db.selectFrom('pins').selectAll().execute()).toEqual([])
  })

  it('twice at once works once', async () => {
    const answers = await Promise.all([pick('80527'), pick('80527'), pick('91635')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410])
    const works = await Promise.all(['80527', '91635'].map(pin => callerWith(pin)))
    expect(works.filter(id => id === ann)).toHaveLength(1)
  })

  it('by other methods changes nothing', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect((await fetch(office.linkUrl + path, { method, body: form('80527') })).status).toBe(404)
    }
    expect((await employee.get(path)).status).toBe(200)
  })
})

describe('a link that resets a PIN', () => {
  beforeEach(async () => {
    await setPin(office.db, office.pinKey, { employeeId: ann, pin: '29468', actor: 'test' })
    path = await setupLinkFor(office, ann)
  })

  it('leaves the current PIN working until another is picked, and says so', async () => {
    expect(await words(await employee.get(path))).toContain('Your current PIN works until you pick a new one here.')
    expect((await pick('1234')).status).toBe(422)
    expect(await callerWith('29468')).toBe(ann)
    expect((await pick('80527')).status).toBe(200)
    expect(await callerWith('29468')).toBeNull()
    expect(await callerWith('80527')).toBe(ann)
  })

  it('keeps the phone clock ID', async () => {
    await pick('80527')
    expect(await currentId(office.db, ann)).toBe(phoneClockId)
  })
})

describe('a link that can’t be used says what to do next', () => {
  const ended = async () => {
    const answers = [await employee.get(path), await employee.post(path, form('91635'))]
    expect(answers.map(({ status }) => status)).toEqual([410, 410])
    const [opened, sent] = await Promise.all(answers.map(words))
    expect(sent).toBe(opened)
    expect(opened).not.toMatch(new RegExp(`Ann Smith|${phoneClockId}`))
    return opened
  }

  it('used: whoever tapped twice is ready, and reads the steps of a call', async () => {
    await pick('80527')
    const said = await ended()
    expect(said).toContain('This link has been used If you picked your PIN with it a moment ago, you are ready.')
    expect(said).toContain('Enter your phone clock ID, then press #')
    expect(said).toContain('ask your office for a new link')
    expect(await callerWith('80527')).toBe(ann)
  })

  it('replaced by a newer one', async () => {
    await setupLinkFor(office, ann)
    expect(await ended()).toContain('There is a newer link')
  })

  it('the office has set a PIN', async () => {
    await setPin(office.db, office.pinKey, { employeeId: ann, pin: '29468', actor: 'test' })
    expect(await ended()).toContain('Your office has set your PIN')
    expect(await callerWith('29468')).toBe(ann)
  })

  it('undelivered', async () => {
    const [mail] = await dueMails(office.db, Date.now(), 1)
    await giveUp(office.db, mail?.id ?? 0, 'no such mailbox')
    expect(await ended()).toContain('reported as not delivered')
  })

  it('expired, after 7 days and not before', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + LINK_LIFE - 60_000 })
    expect((await employee.get(path)).status).toBe(200)
    vi.setSystemTime(Date.now() + 60_000)
    expect(await ended()).toContain('This link has expired A setup link works for 7 days.')
    expect(await office.db.selectFrom('pins').selectAll().execute()).toEqual([])
  })

  it.each([
    ['unknown', () => `/setup/${'A'.repeat(43)}`],
    ['truncated', () => path.slice(0, -1)],
    ['mistyped', () => `${path.slice(0, -4)}____`],
    ['with something behind it', () => `${path}.`],
    ['over-long', () => path + 'A'.repeat(4000)],
    ['no token', () => '/setup'],
    ['an empty token', () => '/setup/'],
    ['more than a token', () => `${path}/more`],
    ['broken escapes', () => '/setup/%E0%A4'],
    ['an escaped zero', () => `${path}%00`],
    ['of a removed PIN', () => removePin(office.db, ann, 'test').then(() => path)],
    ['of an employee who was deactivated', () => deactivateEmployee(office.db, ann, 'test').then(() => path)],
  ])('%s: the same page as for every link that is not known', async (_what, wrong) => {
    const reference = await (await employee.get('/setup/nobody-knows')).text()
    const address = await wrong()
    for (const response of [await employee.get(address), await employee.post(address, form('80527'))]) {
      expect(response.status).toBe(404)
      expect(await response.text()).toBe(reference)
    }
    expect(reference).toContain('Check that the link was copied whole')
    expect(reference).toContain('ask your office for a new link')
    expect(await office.db.selectFrom('pins').selectAll().execute()).toEqual([])
  })
})

describe('a fault of ours', () => {
  it.each([
    ['opening', 'pins', () => employee.get(path)],
    ['picking', 'mail_outbox', () => pick('805271649')],
    ['saying how to call', 'settings', () => pick('805271649')],
  ] as const)('at %s leaves neither token nor PIN in the log, and changes nothing', async (_what, table, attempt) => {
    await office.db.schema.dropTable(table).execute()
    const response = await attempt()
    expect(response.status).toBe(500)
    const said = await words(response)
    expect(said).toContain('Something went wrong here, and nothing was changed.')
    expect(said).not.toMatch(/SQLITE|first page|\.[jt]s/)
    expect(logged.join('')).toContain(`no such table: ${table}`)
    const token = path.slice('/setup/'.length)
    for (const secret of [token, token.slice(0, 12), '805271649']) expect(logged.join('')).not.toContain(secret)
    const { ended } = await office.db.selectFrom('setup_links').select('ended').executeTakeFirstOrThrow()
    expect(ended).toBeNull()
  })
})

describe('with LINK_PORT', () => {
  let links: Visitor

  beforeEach(async () => {
    await office.close()
    office = await openOffice({ linkHttp: { host: '127.0.0.1', port: 0 } })
    employee = new Visitor(office)
    links = new Visitor({ url: office.linkUrl })
    ann = await office.hire('Ann Smith', 'ann@example.com')
    path = await setupLinkFor(office, ann)
    phoneClockId = (await currentId(office.db, ann)) ?? ''
  })

  it('setup links have a listener of their own, with the style and the script that they need', async () => {
    expect(office.linkUrl).not.toBe(office.url)
    const opened = await links.get(path)
    expect(opened.status).toBe(200)
    const needed = [...(await opened.text()).matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(match => match[1] ?? '')
    expect(needed).toContain('/assets/submit-once.js')
    for (const asset of needed) expect((await links.get(asset)).status).toBe(200)
    expect((await links.post(path, form('80527'))).status).toBe(200)
    expect(await callerWith('80527')).toBe(ann)
  })

  it('that listener serves nothing else', async () => {
    await office.addAdmin()
    for (const other of [
      '/',
      '/healthz',
      '/sign-in',
      '/phone-clocking',
      '/voice-checks/1/audio',
      '/assets/sending.js',
    ]) {
      const response = await links.get(other)
      expect(response.status).toBe(404)
      expect(await words(response)).toBe('Not found · Acme Roofing Acme Roofing Not found There is no such page.')
      expect(response.headers.get('set-cookie')).toBeNull()
    }
    expect((await links.signIn()).status).toBe(404)
  })

  it('the admins’ listener does not serve them', async () => {
    for (const other of [path, '/setup', `${path}/`]) {
      const response = await employee.get(other)
      expect(response.status).toBe(404)
      expect(await words(response)).not.toContain('Ann Smith')
    }
    expect((await employee.post(path, form('80527'), { origin: 'null' })).status).toBe(404)
    expect((await employee.get('/sign-in')).status).toBe(200)
    expect((await links.get(path)).status).toBe(200)
  })

  it('a port that is taken is named with its variable, and nothing is left listening', async () => {
    const taken = Number(new URL(office.linkUrl).port)
    await expect(openOffice({ linkHttp: { host: '127.0.0.1', port: taken } })).rejects.toThrow(
      `Port ${taken} on 127.0.0.1 is taken by another program. Stop it, or set LINK_PORT.`,
    )
    await expect(openOffice({ linkHttp: { host: '192.0.2.1', port: 0 } })).rejects.toThrow(/Set LINK_HOST/)
  })

  it('a request whose head is too long is refused', async () => {
    expect((await links.get(path, { 'x-long': 'x'.repeat(10_000) })).status).toBe(431)
  })
})

it('without LINK_PORT they are served beside the pages', () => {
  expect(office.linkUrl).toBe(office.url)
})
