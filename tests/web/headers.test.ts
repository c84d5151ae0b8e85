/** What every response says to the browser about itself, whatever kind of response it is. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addApiToken } from '../../src/store/api-tokens.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { signedInAdmin, Visitor } from './support/visitor.js'

let office: Office
let admin: Visitor
let stranger: Visitor
let links: Visitor
let monitor: Visitor
let setupPath: string
let voicePath: string
let authorization: string

const OWN_LISTENER = { host: '127.0.0.1', port: 0 }

beforeAll(async () => {
  office = await openOffice({ linkHttp: OWN_LISTENER, monitorHttp: OWN_LISTENER })
  admin = await signedInAdmin(office)
  stranger = new Visitor(office)
  links = new Visitor({ url: office.linkUrl })
  monitor = new Visitor({ url: office.monitorUrl ?? '' })
  const ann = await office.hire('Ann', 'ann@example.com')
  setupPath = await setupLinkFor(office, ann)
  await office.call(ann, { at: Date.now(), voice: SPOKEN })
  const { id } = await office.db.selectFrom('voice_checks').select('id').executeTakeFirstOrThrow()
  voicePath = `/voice-checks/${id}/audio`
  authorization = `Bearer ${await addApiToken(office.db, 'Payroll', 'test')}`
})

afterAll(() => office.close())

const HTML = 'text/html; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'
const PROBLEM = 'application/problem+json; charset=utf-8'
const CSV = 'text/csv; charset=utf-8'
const TEXT = 'text/plain; charset=utf-8'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** What kind, how it is asked for, the status, the type. */
const RESPONSES: [string, () => Promise<Response>, number, string][] = [
  ['a page', () => stranger.get('/sign-in'), 200, HTML],
  ['a page behind the sign-in', () => admin.get('/employees'), 200, HTML],
  ['a redirect', () => stranger.get('/employees'), 303, TEXT],
  ['a style', () => stranger.get('/assets/style.css'), 200, 'text/css; charset=utf-8'],
  ['a script', () => stranger.get('/assets/submit-once.js'), 200, 'text/javascript; charset=utf-8'],
  ['a page that there is not', () => stranger.get('/none'), 404, HTML],
  ['a style that there is not', () => stranger.get('/assets/none.css'), 404, HTML],
  ['an address that means nothing', () => stranger.get('/jobs/%E0%A4'), 400, HTML],
  ['a form from another site', () => admin.post('/sign-out', null, { origin: 'http://evil.example' }), 403, HTML],
  ['a form that is too long', () => stranger.post('/sign-in', `email=${'x'.repeat(20_000)}`, FORM), 413, HTML],
  ['a form that fails', () => stranger.signIn('x@example.com', 'wrong wrong wrong'), 401, HTML],
  ['an export', () => admin.get('/time-entries/export/entries.csv?from=2026-01-01&to=2026-01-31'), 200, CSV],
  ['a recording', () => admin.get(voicePath), 200, 'audio/wav'],
  ['the live board', () => admin.get('/who-is-in/live'), 200, 'text/event-stream; charset=utf-8'],
  ['monitoring', () => stranger.get('/healthz'), 200, JSON_TYPE],
  ['metrics', () => monitor.get('/metrics'), 200, 'text/plain; version=0.0.4; charset=utf-8'],
  ['a page that the monitoring has not', () => monitor.get('/sign-in'), 404, HTML],
  ['the API', () => stranger.get('/api/v1/employees', { authorization }), 200, JSON_TYPE],
  ['the API without a token', () => stranger.get('/api/v1/employees'), 401, PROBLEM],
  ['what the API has not', () => stranger.get('/api/v1/none', { authorization }), 404, PROBLEM],
  ['a setup link', () => links.get(setupPath), 200, HTML],
  ['a setup link that there is not', () => links.get('/setup/none'), 404, HTML],
  ['a page that the setup links’ listener has not', () => links.get('/sign-in'), 404, HTML],
]

describe.each(RESPONSES)('%s', (_kind, ask, status, type) => {
  let response: Response

  beforeAll(async () => {
    response = await ask()
    await response.body?.cancel()
  })

  it('says what it is, and is taken for nothing else', () => {
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type])
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('lets no foreign and no inline script run, no other site frame it, and no form leave for elsewhere', () => {
    const policy = response.headers.get('content-security-policy')?.split(';') ?? []
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ]),
    )
    expect(policy.join()).not.toContain('unsafe')
  })

  it('tells its address to no other site, and to none at all when a token is in it', () => {
    const hasToken = response.url.startsWith(`${office.linkUrl}/setup`)
    expect(response.headers.get('referrer-policy')).toBe(hasToken ? 'no-referrer' : 'same-origin')
  })

  it('is kept by no cache, unless it is the same for everybody', () => {
    const isAsset = /^text\/(css|javascript)/.test(type)
    expect(response.headers.get('cache-control')).toMatch(isAsset ? /^public, max-age=300$/ : /\bno-store\b/)
  })

  it('may use no microphone, camera or place, and tells nothing of the software', () => {
    expect(response.headers.get('permissions-policy')).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/)
    for (const name of ['server', 'x-powered-by', 'access-control-allow-origin']) {
      expect(response.headers.get(name)).toBeNull()
    }
  })

  it('keeps browsers on https that have come by it', () => {
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
})

describe('what is asked for is never sent back in a header', () => {
  const INJECTED = 'x%0d%0aSet-Cookie:%20evil=1'

  it.each([
    ['the path', `/employees/${INJECTED}`],
    ['where to go on', `/sign-in?next=//evil.example&return=https://evil.example&url=${INJECTED}`],
    ['an export’s days', `/time-entries/export/entries.csv?from=${INJECTED}&to=2026-01-31`],
    ['an export’s employee', `/time-entries/export/entries.csv?from=2026-01-01&to=2026-01-31&employee=${INJECTED}`],
    ['a filter', `/employees?q=${INJECTED}&page=${INJECTED}&status=${INJECTED}`],
    ['a path that looks like another host', '//evil.example/%2f..'],
  ])('%s', async (_what, path) => {
    const response = await admin.get(path)
    const sent = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
    expect(sent).not.toMatch(/evil/)
    expect(response.headers.getSetCookie().join()).not.toContain('evil')
  })
})

it('every redirect leads to a page here', async () => {
  for (const path of ['/', '//evil.example/', '/employees', '/sign-in?next=//evil.example', '/\\evil.example']) {
    const location = (await stranger.get(path, { host: 'evil.example' })).headers.get('location')
    if (location !== null) expect(location).toMatch(/^\/(?![/\\])/)
  }
})

it.each(['TRACE', 'TRACK', 'PUT', 'DELETE', 'PATCH'])('%s does nothing', async method => {
  const status = await new Promise((resolve, reject) => {
    const asked = request(`${office.url}/sign-in`, { method, headers: { 'x-secret': 'echo me' } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject).end()
  }).catch(() => 400)
  expect([400, 403, 404]).toContain(status)
})
