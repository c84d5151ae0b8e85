import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { EMAIL, type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

const BEN = 'ben@example.com'
const BENS = 'the password of ben'

let office: Office
let admin: Visitor
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  office = await openOffice({ log: pino({ level: 'debug' }, { write: line => logged.push(line) }) })
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const add = (email: string, password = BENS, passwordAgain = password, by = admin) =>
  by.post('/admins', new URLSearchParams({ email, password, passwordAgain, role: 'owner' }))

const emails = async () =>
  (await office.db.selectFrom('admins').select('email').orderBy('id').execute()).map(a => a.email)

async function idOf(email: string): Promise<number> {
  return (await office.db.selectFrom('admins').select('id').where('email', '=', email).executeTakeFirstOrThrow()).id
}

async function lastEvent() {
  const events = await office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).execute()
  return events.at(-1)
}

it('the page of the admins leads whoever is not signed in to the sign-in', async () => {
  const stranger = new Visitor(office)
  for (const response of [
    await stranger.get('/admins'),
    await add(BEN, BENS, BENS, stranger),
    await stranger.post(`/admins/${await idOf(EMAIL)}/remove`),
  ]) {
    expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in'])
  }
  expect(await emails()).toEqual([EMAIL])
})

it('lists the admins with e-mail address and since when, and offers to remove all but oneself', async () => {
  await addAdmin(office.db, { email: BEN, password: BENS, role: 'owner' }, 'test')
  const html = await (await admin.get('/admins')).text()
  expect(html.match(/<form method="post" action="\/admins\/\d+\/remove"/g)).toEqual([
    `<form method="post" action="/admins/${await idOf(BEN)}/remove"`,
  ])
  const said = await words(await admin.get('/admins'))
  expect(said).toContain('Who is an admin: 2')
  expect(said).toMatch(/ben@example\.com owner off \w{3}, \w{3} \d+, [\d:]+ [AP]M Change/)
  expect(said).toMatch(/office@example\.com owner off \w{3}, \w{3} \d+, [\d:]+ [AP]M This is you\./)
})

describe('a role', () => {
  beforeEach(() => addAdmin(office.db, { email: BEN, password: BENS, role: 'owner' }, 'test'))
  const give = async (role: string, email = BEN, by = admin) =>
    by.post(`/admins/${await idOf(email)}/role`, new URLSearchParams({ role }))

  it('is changed by an owner, says so, and is on record', async () => {
    expect((await give('read-only')).headers.get('location')).toBe('/admins')
    expect(await words(await admin.get('/admins'))).toContain('ben@example.com has the role read-only from now on.')
    expect(await lastEvent()).toEqual({ actor: EMAIL, action: 'role changed', detail: `${BEN}: read-only` })
  })

  it('of oneself is changed by another owner alone', async () => {
    expect((await give('admin', EMAIL)).status).toBe(409)
  })

  it('of two owners who demote each other at once one stays an owner', async () => {
    const ben = new Visitor(office)
    await ben.signIn(BEN, BENS)
    await Promise.all([give('admin'), give('admin', EMAIL, ben)])
    const owners = await office.db.selectFrom('admins').select('id').where('role', '=', 'owner').execute()
    expect(owners).toHaveLength(1)
  })

  it('that is none is refused', async () => {
    expect((await give('king')).status).toBe(400)
    expect((await admin.post('/admins/99999/role', new URLSearchParams({ role: 'admin' }))).status).toBe(303)
  })
})

describe('adding an admin', () => {
  it('lets them sign in, says so, and is on record', async () => {
    const response = await add(' Ben@Example.com ')
    expect([response.status, response.headers.get('location')]).toEqual([303, '/admins'])
    expect(await words(await admin.get('/admins'))).toContain('ben@example.com can sign in now')
    expect((await new Visitor(office).signIn(BEN, BENS)).status).toBe(303)
    expect(await lastEvent()).toEqual({ actor: EMAIL, action: 'admin added', detail: `${BEN}: owner` })
  })

  it.each([
    ['no address', 'ben', BENS, BENS, 'email', 'ben is not an e-mail address.'],
    ['an empty address', ' ', BENS, BENS, 'email', 'An admin needs an e-mail address.'],
    ['an endless address', `${'b'.repeat(250)}@example.com`, BENS, BENS, 'email', 'is not an e-mail address.'],
    ['an admin’s address', 'OFFICE@example.com', BENS, BENS, 'email', 'OFFICE@example.com is an admin already.'],
    [
      'a short password',
      BEN,
      'elevenchars',
      'elevenchars',
      'password',
      'A password has at least 12 characters; this one has 11.',
    ],
    ['passwords that differ', BEN, BENS, `${BENS}!`, 'passwordAgain', 'The two passwords differ.'],
  ])(
    'with %s says so beside the field, and keeps the address alone',
    async (_what, email, password, again, field, why) => {
      const response = await add(email, password, again)
      expect(response.status).toBe(422)
      const html = await response.text()
      const at = html.indexOf(`id="${field}"`)
      const input = html.slice(at, html.indexOf('>', at))
      expect(input).toContain('aria-invalid="true"')
      expect(input).toMatch(new RegExp(`aria-describedby="${field}-fault[ "]`))
      expect(html.match(new RegExp(`id="${field}-fault" role="alert">([^<]*)`))?.[1]).toContain(why)
      expect(html).toContain(`value="${email}"`)
      expect(html).not.toContain(password)
      expect(await emails()).toEqual([EMAIL])
    },
  )

  it('shows markup in an address as text', async () => {
    const html = await (await add('"><script>alert(1)</script>')).text()
    expect(html).not.toContain('<script>alert')
  })

  it('twice at once adds one', async () => {
    const both = await Promise.all([add(BEN), add(BEN)])
    expect(both.map(({ status }) => status).sort()).toEqual([303, 422])
    expect(await emails()).toEqual([EMAIL, BEN])
  })

  it('with something else in place of the form gets a sentence', async () => {
    for (const body of ['', 'email=a@b', 'email=a@b&email=c@d&password=x&passwordAgain=x']) {
      const response = await admin.post('/admins', body, { 'content-type': 'application/x-www-form-urlencoded' })
      expect(response.status).toBe(400)
      expect(await words(response)).toContain('Use the form on the page.')
    }
  })

  it('puts no password into the log', async () => {
    await add(BEN)
    expect(logged.join('')).toContain('admin added')
    expect(logged.join('')).not.toContain(BENS)
  })
})

describe('removing an admin', () => {
  let ben: Visitor

  beforeEach(async () => {
    await addAdmin(office.db, { email: BEN, password: BENS, role: 'owner' }, 'test')
    ben = new Visitor(office)
    await ben.signIn(BEN, BENS)
  })

  it('ends their sessions at once, says so, and is on record', async () => {
    const response = await admin.post(`/admins/${await idOf(BEN)}/remove`)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/admins'])
    expect(await words(await admin.get('/admins'))).toContain('ben@example.com is no longer an admin')
    expect((await ben.get('/admins')).headers.get('location')).toBe('/sign-in')
    expect((await ben.signIn(BEN, BENS)).status).toBe(401)
    expect(await lastEvent()).toEqual({ actor: EMAIL, action: 'admin removed', detail: BEN })
    expect(await office.db.selectFrom('sessions').select('id').execute()).toHaveLength(1)
  })

  it('twice says that it was done already', async () => {
    const id = await idOf(BEN)
    await admin.post(`/admins/${id}/remove`)
    for (const gone of [id, 0, 999, 'x', '1e0']) {
      await admin.post(`/admins/${gone}/remove`)
      expect(await words(await admin.get('/admins'))).toContain('That admin had been removed already.')
    }
    expect(await emails()).toEqual([EMAIL])
  })

  it('nobody removes themselves, so the last admin stays', async () => {
    const response = await admin.post(`/admins/${await idOf(EMAIL)}/remove`)
    expect(response.status).toBe(409)
    expect(await words(response)).toContain('Nobody can remove themselves. Another admin can do it.')
    expect(await emails()).toEqual([EMAIL, BEN])
  })

  it('of two who remove each other at once, one stays', async () => {
    const [one, two] = [await idOf(EMAIL), await idOf(BEN)]
    await Promise.all([admin.post(`/admins/${two}/remove`), ben.post(`/admins/${one}/remove`)])
    expect(await emails()).toHaveLength(1)
  })

  it('asks once, without a script', async () => {
    const html = await (await admin.get('/admins')).text()
    expect(html).toMatch(
      /<details[^>]*>\s*<summary[^>]*>Change[\s\S]*<form[\s\S]*no longer be an admin\?[\s\S]*Remove[\s\S]*<\/details>/,
    )
  })

  it('from a page of another site does nothing', async () => {
    const response = await admin.post(`/admins/${await idOf(BEN)}/remove`, null, { origin: 'http://evil.example' })
    expect(response.status).toBe(403)
    expect(await emails()).toEqual([EMAIL, BEN])
  })
})

describe('signing somebody out everywhere', () => {
  let ben: Visitor

  beforeEach(async () => {
    await addAdmin(office.db, { email: BEN, password: BENS, role: 'admin' }, 'test')
    ben = new Visitor(office)
    await ben.signIn(BEN, BENS)
  })

  it('ends their sessions, says so, and is on record; they may sign in again', async () => {
    await admin.post(`/admins/${await idOf(BEN)}/sign-out`)
    expect(await words(await admin.get('/admins'))).toContain('ben@example.com is signed out everywhere.')
    expect((await ben.get('/employees')).headers.get('location')).toBe('/sign-in')
    expect(await lastEvent()).toEqual({ actor: EMAIL, action: 'signed out everywhere', detail: BEN })
    expect((await ben.signIn(BEN, BENS)).status).toBe(303)
  })

  it('who is signed in nowhere is said, and so is that there is no such admin', async () => {
    await ben.post('/sign-out')
    await admin.post(`/admins/${await idOf(BEN)}/sign-out`)
    expect(await words(await admin.get('/admins'))).toContain('ben@example.com was signed in nowhere.')
    expect((await admin.post('/admins/999/sign-out')).status).toBe(404)
  })
})
