import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../src/clock/time.js'
import { addAdmin } from '../../src/store/admins.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

const NEW = 'a longer new password'
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0'

let office: Office
let admin: Visitor
let elsewhere: Visitor
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  office = await openOffice({ log: pino({ level: 'debug' }, { write: line => logged.push(line) }) })
  await office.addAdmin()
  admin = new Visitor(office)
  elsewhere = new Visitor(office)
  await signInWith(elsewhere, FIREFOX)
  await admin.signIn()
})

afterEach(() => office.close())

function signInWith(visitor: Visitor, browser: string, email = EMAIL): Promise<Response> {
  return visitor.post('/sign-in', new URLSearchParams({ email, password: PASSWORD }), { 'user-agent': browser })
}

function change(current: string, password: string, passwordAgain = password): Promise<Response> {
  return admin.post('/account/password', new URLSearchParams({ current, password, passwordAgain }))
}

const sessionIds = async () =>
  (await office.db.selectFrom('sessions').select('id').orderBy('id').execute()).map(s => s.id)
const isSignedIn = async (visitor: Visitor) => (await visitor.get('/account')).status === 200

it('the pages of an account lead whoever is not signed in to the sign-in', async () => {
  const stranger = new Visitor(office)
  for (const response of [
    await stranger.get('/account'),
    await stranger.post('/account/password'),
    await stranger.post('/account/sessions/1/end'),
    await stranger.post('/account/sessions/end-others'),
  ]) {
    expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in'])
  }
  expect(await isSignedIn(elsewhere)).toBe(true)
})

describe('changing the password', () => {
  it('says so, counts from the next sign-in on, and is on record', async () => {
    const response = await change(PASSWORD, NEW)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/account'])
    expect(await words(await admin.get('/account'))).toContain('Your password is changed.')
    expect(await words(await admin.get('/account'))).not.toContain('Your password is changed.')
    expect((await new Visitor(office).signIn(EMAIL, PASSWORD)).status).toBe(401)
    expect((await new Visitor(office).signIn(EMAIL, NEW)).status).toBe(303)
    const events = await office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).execute()
    expect(events.at(-1)).toEqual({ actor: EMAIL, action: 'password changed', detail: null })
  })

  it('ends all other sessions of this admin, none of another’s, and gives this one a new id', async () => {
    await addAdmin(office.db, { email: 'ben@example.com', password: PASSWORD, role: 'owner' }, 'test')
    const ben = new Visitor(office)
    await ben.signIn('ben@example.com')
    const before = admin.cookie
    await change(PASSWORD, NEW)
    expect(await isSignedIn(admin)).toBe(true)
    expect(await isSignedIn(elsewhere)).toBe(false)
    expect(await isSignedIn(ben)).toBe(true)
    admin.cookie = before
    expect(await isSignedIn(admin)).toBe(false)
  })

  it.each([
    ['a wrong current password', 'not the password', NEW, NEW, 'current', 'This is not your current password.'],
    ['new ones that differ', PASSWORD, NEW, `${NEW}!`, 'passwordAgain', 'The two new passwords differ.'],
    [
      'a short one',
      PASSWORD,
      'elevenchars',
      'elevenchars',
      'password',
      'A password has at least 12 characters; this one has 11.',
    ],
    [
      'one that is easily guessed',
      PASSWORD,
      'password1234',
      'password1234',
      'password',
      'This password is one of the first that would be guessed. Four words that have nothing to do with each other make a good one.',
    ],
    ['nothing', '', '', '', 'password', 'A password has at least 12 characters; this one has 0.'],
  ])(
    'with %s says so beside the field, echoes nothing, and changes nothing',
    async (_what, current, next, again, field, why) => {
      const response = await change(current, next, again)
      expect(response.status).toBe(422)
      const html = await response.text()
      const at = html.indexOf(`id="${field}"`)
      const input = html.slice(at, html.indexOf('>', at))
      expect(input).toContain('aria-invalid="true"')
      expect(input).toMatch(new RegExp(`aria-describedby="${field}-fault[ "]`))
      expect(html).toContain(`<p class="fault" id="${field}-fault" role="alert">${why}</p>`)
      expect(html.match(/aria-invalid/g)).toHaveLength(1)
      for (const typed of [current, next, again].filter(text => text !== '')) expect(html).not.toContain(typed)
      expect(await isSignedIn(elsewhere)).toBe(true)
      expect((await new Visitor(office).signIn()).status).toBe(303)
    },
  )

  it.each([
    '',
    'current=a',
    'current=a&password=b&password=c&passwordAgain=b',
    'current[a]=b&password=c&passwordAgain=c',
  ])('with "%s" in place of the form gets a sentence', async body => {
    const response = await admin.post('/account/password', body, {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(response.status).toBe(400)
    expect(await words(response)).toContain('Use the form on the page.')
  })

  it('twice at once changes it once', async () => {
    const both = await Promise.all([change(PASSWORD, NEW), change(PASSWORD, `${NEW} too`)])
    expect(both.map(({ status }) => status).sort()).toEqual([303, 422])
  })

  it('while somebody signs in with the old one leaves no session of that sign-in', async () => {
    const thief = new Visitor(office)
    await Promise.all([thief.signIn(), change(PASSWORD, NEW), elsewhere.signIn()])
    expect(await isSignedIn(thief)).toBe(false)
    expect(await isSignedIn(elsewhere)).toBe(false)
    expect(await sessionIds()).toHaveLength(1)
  })

  it('lets ten guesses at the current one through, and turns the rest away', async () => {
    const flood = Array.from({ length: 80 }, (_, i) => change(`guess number ${i}`, NEW))
    const statuses = (await Promise.all(flood)).map(({ status }) => status)
    expect(statuses.filter(status => status === 422)).toHaveLength(10)
    expect(statuses.filter(status => status === 429)).toHaveLength(70)
  })

  it('puts no password into the log or the database', async () => {
    await change('not the password', NEW)
    await change(PASSWORD, NEW)
    const kept = JSON.stringify([
      await office.db.selectFrom('admins').selectAll().execute(),
      await office.db.selectFrom('audit_events').selectAll().execute(),
      await office.db.selectFrom('sessions').selectAll().execute(),
    ])
    expect(logged.join('')).toContain('password change refused')
    expect(logged.join('')).toContain('password changed')
    for (const secret of [PASSWORD, NEW, 'not the password']) expect(kept + logged.join('')).not.toContain(secret)
  })
})

describe('the list of sessions', () => {
  it('has one’s own, this one marked and first, with browser, address and times', async () => {
    await addAdmin(office.db, { email: 'ben@example.com', password: PASSWORD, role: 'owner' }, 'test')
    await signInWith(new Visitor(office), 'Bens browser', 'ben@example.com')
    const said = await words(await admin.get('/account'))
    expect(said).toContain('Where you are signed in: 2')
    expect(said).toMatch(
      /node 127\.0\.0\.1 .* [AP]M now This one Firefox on Windows 127\.0\.0\.1 .* [AP]M .* [AP]M End/,
    )
    expect(said).not.toContain('Bens browser')
  })

  it('leaves out what has expired', async () => {
    await office.db
      .updateTable('sessions')
      .set({ expires_at: Date.now() - HOUR })
      .where('browser', '=', FIREFOX)
      .execute()
    const said = await words(await admin.get('/account'))
    expect(said).toContain('Where you are signed in: 1')
    expect(said).not.toContain('End all others')
  })

  it('shows markup in a browser’s name as text', async () => {
    await signInWith(elsewhere, '<b>x</b>')
    expect(await (await admin.get('/account')).text()).toContain('&lt;b&gt;x&lt;/b&gt;')
  })

  it('a session that is ended is at once no session', async () => {
    const [other] = await sessionIds()
    const response = await admin.post(`/account/sessions/${other}/end`)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/account'])
    expect(await isSignedIn(elsewhere)).toBe(false)
    expect(await words(await admin.get('/account'))).toContain('That session is ended.')
    await admin.post(`/account/sessions/${other}/end`)
    expect(await words(await admin.get('/account'))).toContain('That session had ended already.')
  })

  it('all others end at a press', async () => {
    await signInWith(new Visitor(office), 'a third')
    await admin.post('/account/sessions/end-others')
    const said = await words(await admin.get('/account'))
    expect(said).toContain('2 other sessions are ended.')
    expect(said).toContain('Where you are signed in: 1')
    expect(await isSignedIn(elsewhere)).toBe(false)
  })

  it('another admin’s session can’t be ended, nor one that is none', async () => {
    await addAdmin(office.db, { email: 'ben@example.com', password: PASSWORD, role: 'owner' }, 'test')
    const ben = new Visitor(office)
    await ben.signIn('ben@example.com')
    const bens = (await sessionIds()).at(-1)
    for (const id of [bens, 0, 999, 'x', '-1', '1e0', '%00']) {
      expect((await admin.post(`/account/sessions/${id}/end`)).status).toBe(303)
      expect(await words(await admin.get('/account'))).toContain('That session had ended already.')
    }
    await admin.post('/account/sessions/end-others')
    expect(await isSignedIn(ben)).toBe(true)
  })

  it('a page of another site ends none', async () => {
    const response = await admin.post('/account/sessions/end-others', null, { origin: 'http://evil.example' })
    expect(response.status).toBe(403)
    expect(await isSignedIn(elsewhere)).toBe(true)
  })
})

it('every page leads to the others, and marks itself', async () => {
  const paths = ['/', '/phone-clocking', '/admins', '/account']
  for (const path of paths) {
    const html = await (await admin.get(path)).text()
    for (const other of paths) expect(html).toContain(` href="${other}"`)
    expect([...html.matchAll(/href="([^"]*)" aria-current="page"/g)].map(([, marked]) => marked)).toEqual([path])
  }
})
