import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FirstAdminLink } from '../../src/web/accounts/first-admin-link.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { Visitor, words } from './support/visitor.js'

let office: Office
let visitor: Visitor
let path: string
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  office = await openOffice({ log: pino({ level: 'trace' }, { write: line => logged.push(line) }) })
  visitor = new Visitor(office)
  path = await offered()
})

afterEach(() => office.close())

/** The path of a new link. */
async function offered(): Promise<string> {
  await office.firstAdminLink.offer(office.url)
  return new URL(readFileSync(office.firstAdminLink.file, 'utf8').trim()).pathname
}

const form = (email = EMAIL, password = PASSWORD, passwordAgain = password) =>
  new URLSearchParams({ email, password, passwordAgain })

const admins = () => office.db.selectFrom('admins').select('email').execute()

describe('the first admin’s link', () => {
  it('is in a file that its owner alone can read, with an address and 256 bits', async () => {
    expect(statSync(office.firstAdminLink.file).mode & 0o777).toBe(0o600)
    expect(readFileSync(office.firstAdminLink.file, 'utf8')).toMatch(
      new RegExp(`^${office.url}/first-admin/[\\w-]{43}\n$`),
    )
  })

  it('takes no file that is there already for its own', async () => {
    const link = new FirstAdminLink(office.directory)
    writeFileSync(link.file, 'stale', { mode: 0o666 })
    await link.offer('http://127.0.0.1:8080')
    expect(statSync(link.file).mode & 0o777).toBe(0o600)
    expect(readFileSync(link.file, 'utf8')).not.toContain('stale')
  })

  it('opened or fetched ahead, however often, changes nothing', async () => {
    for (const method of ['GET', 'HEAD', 'GET']) {
      const response = await fetch(office.url + path, { method })
      expect(response.status).toBe(200)
      expect(response.headers.get('set-cookie')).toBeNull()
    }
    expect(await admins()).toEqual([])
    expect(existsSync(office.firstAdminLink.file)).toBe(true)
    expect((await visitor.post(path, form())).status).toBe(303)
  })

  it('makes the first admin, signs them in, says so, and is on record', async () => {
    const response = await visitor.post(path, form(' Office@Example.com '))
    expect([response.status, response.headers.get('location')]).toEqual([303, '/getting-started'])
    expect(await words(await visitor.get('/getting-started'))).toContain(
      'You are signed in. Next time, sign in as office@example.com',
    )
    expect(await admins()).toEqual([{ email: EMAIL }])
    expect((await new Visitor(office).signIn()).status).toBe(303)
    expect(await office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).execute()).toEqual([
      { actor: 'first-admin link', action: 'admin added', detail: `${EMAIL}: owner` },
    ])
  })

  it('works once, and its file is gone then', async () => {
    await visitor.post(path, form())
    expect(existsSync(office.firstAdminLink.file)).toBe(false)
    await office.db.deleteFrom('admins').execute()
    for (const response of [await visitor.get(path), await visitor.post(path, form())]) {
      expect(response.status).toBe(404)
    }
    expect(await admins()).toEqual([])
  })

  it('two at once make one admin', async () => {
    const both = await Promise.all([
      new Visitor(office).post(path, form('ann@example.com')),
      new Visitor(office).post(path, form('ben@example.com')),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410])
    expect(await admins()).toHaveLength(1)
  })

  it.each([
    ['no address', 'office', PASSWORD, PASSWORD, 'email', 'office is not an e-mail address.'],
    [
      'a short password',
      EMAIL,
      'elevenchars',
      'elevenchars',
      'password',
      'A password has at least 12 characters; this one has 11.',
    ],
    ['passwords that differ', EMAIL, PASSWORD, `${PASSWORD}!`, 'passwordAgain', 'The two passwords differ.'],
  ])('with %s says so beside the field, and can be used again', async (_what, email, password, again, field, why) => {
    const response = await visitor.post(path, form(email, password, again))
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain(`id="${field}-fault" role="alert">${why}`)
    expect(html).toContain(`value="${email}"`)
    expect(html).not.toContain(password)
    expect(await admins()).toEqual([])
    expect((await visitor.post(path, form())).status).toBe(303)
  })

  it('is dead as soon as an admin was added otherwise, and says to sign in', async () => {
    await office.addAdmin()
    for (const response of [await visitor.get(path), await visitor.post(path, form('ben@example.com'))]) {
      expect(response.status).toBe(410)
      expect(await words(response)).toContain('There is an admin already, so this link does nothing any more. Sign in')
    }
    expect(await admins()).toEqual([{ email: EMAIL }])
  })

  it('of an earlier start, or a guessed one, says where the current one is', async () => {
    const stale = path
    path = await offered()
    for (const other of [stale, '/first-admin/x', `${path}x`, `/first-admin/${'A'.repeat(43)}`]) {
      for (const response of [await visitor.get(other), await visitor.post(other, form())]) {
        expect(response.status).toBe(404)
        const said = await words(response)
        expect(said).toContain('it is in the file “first-admin-link” in the data directory')
        expect(said).toContain('npx punchline admin add you@example.com')
      }
    }
    expect(await admins()).toEqual([])
    expect((await visitor.get(path)).status).toBe(200)
  })

  it('with no link out, opens with nothing', async () => {
    await office.firstAdminLink.withdraw()
    expect((await visitor.get(path)).status).toBe(404)
    expect((await visitor.get('/first-admin/')).status).toBe(404)
  })

  it('is kept nowhere, and no page learns more of its address than the site', async () => {
    for (const response of [
      await visitor.get(path),
      await visitor.post(path, form('x')),
      await visitor.post(path, form()),
    ]) {
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      expect(response.headers.get('referrer-policy')).toBe('strict-origin')
      expect(await response.text()).not.toContain(path.split('/').at(-1))
    }
  })

  it('takes no form of another site', async () => {
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect((await visitor.post(path, form(), headers)).status).toBe(403)
    }
    expect(await admins()).toEqual([])
    expect((await visitor.post(path, form(), { origin: office.url })).status).toBe(303)
  })

  it('comes into no log, nor does the password, even when the page fails', async () => {
    await visitor.get(`${path}x`)
    await visitor.post(path, form('x'))
    await office.db.schema.dropTable('sessions').execute()
    await office.db.schema.dropTable('admins').execute()
    expect((await visitor.get(path)).status).toBe(500)
    expect((await visitor.post(path, form())).status).toBe(500)
    const log = logged.join('')
    expect(log).toContain('"route":"/first-admin/:token"')
    expect(log).not.toContain(path.split('/').at(-1))
    expect(log).not.toContain(PASSWORD)
  })
})
