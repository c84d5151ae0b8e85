/** Every form and every address with input that no page of ours would send: an answer below 500, always, and nobody else is troubled. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addApiToken } from '../../src/store/api-tokens.js'
import { addJob } from '../../src/store/jobs.js'
import { addWebhook } from '../../src/store/webhooks.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { routesOfApp } from './support/routes.js'
import { setupLinkFor } from './support/setup-links.js'
import { signedInAdmin, type Visitor } from './support/visitor.js'

/** The names of all fields that our forms and addresses have. */
const FIELDS = (
  'name email payrollNumber note active phoneCode jobRequired revision clockIn clockOut job reason voidReason pin pinAgain ' +
  'after count kind number role password passwordAgain current code q status page from to who action before view voided ' +
  'employee direction jobId employeeId verdict next url digest show forgottenAfterHours recordingDays callDays payPeriods ' +
  'payPeriodStart wrongPinsInARow agreedDays inOffset outOffset'
).split(' ')

const OPEN_STREAM = /\/live$/
/** These end what the other forms need. */
const ENDING = /^\/(sign-out|account\/password|account\/second-factor|account\/sessions|admins\/:adminId)/

const routes = (await routesOfApp()).filter(({ path }) => !OPEN_STREAM.test(path) && !ENDING.test(path))

let office: Office
let admin: Visitor
let token: string
let setupToken: string

beforeAll(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
  const ann = await office.hire('Ann', 'ann@example.com')
  await office.call(ann, { at: Date.now() - 60_000, voice: SPOKEN, from: '+15550102' })
  await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
  await addWebhook(office.db, 'https://example.com/hook', 'test')
  token = (await addApiToken(office.db, 'fuzz', 'test')) ?? ''
  setupToken = (await setupLinkFor(office, ann)).split('/').at(-1) ?? ''
})

afterAll(() => office.close())

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1',
    '999999999999999999999',
    '1e309',
    'NaN',
    'null',
    'undefined',
    '__proto__',
    'constructor',
    "' or 1=1 --",
    '"><script>alert(1)</script>',
    '<%= 1 %>',
    '../../../etc/passwd',
    '%00',
    '\u0000',
    '\r\nSet-Cookie: a=b',
    '//evil.example',
    '2026-02-30',
    '2026-11-01T01:30',
    '9999-12-31T23:59',
    '\ud800',
    '🦊'.repeat(50),
    'x'.repeat(5000),
  ),
)
const field = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FIELDS) }, { weight: 1, arbitrary: text })
const fields = fc.array(fc.tuple(field, text), { maxLength: 8 })
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('1', '2') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '-1', '1.5', '999999999999999999999', 'x', '%00', '%E0%A4', '..%2f', "'"),
  },
)
const bodyKind = fc.constantFrom('form', 'form', 'form', 'json', 'multipart', 'garbage', 'none')

function addressOf(path: string, parts: readonly string[]): string {
  let next = 0
  return path.replace(/:(\w+)/g, (_, name: string) =>
    name === 'token' ? setupToken : (parts[next++ % parts.length] ?? '1'),
  )
}

function bodyOf(kind: string, pairs: [string, string][]): { body: string | FormData | null; type: string | null } {
  const form = new URLSearchParams(pairs)
  switch (kind) {
    case 'form':
      return { body: form.toString(), type: 'application/x-www-form-urlencoded' }
    case 'json':
      return { body: JSON.stringify(Object.fromEntries(pairs)), type: 'application/json' }
    case 'multipart': {
      const data = new FormData()
      for (const [name, value] of form) data.append(name, value)
      data.append('file', new Blob([form.toString()]), '../../x\u0000.csv')
      return { body: data, type: null }
    }
    case 'garbage':
      return { body: '%%%=%E0%A4&&&=&[]=&a[b][c]=1&\u0000', type: 'application/x-www-form-urlencoded; charset=x' }
    default:
      return { body: null, type: null }
  }
}

async function answered(path: string, init: RequestInit): Promise<void> {
  const response = await fetch(office.url + path, { ...init, redirect: 'manual' })
  const body = await response.text()
  // An address of more than 16 KB: Node refuses it, without a word, before there is a page.
  if (response.status === 431) return expect(body).toBe('')
  const shown = { path, status: response.status, body: response.status >= 500 ? body.slice(0, 2000) : '' }
  // 503: too many passwords at once.
  expect(response.status === 503 || response.status < 500, JSON.stringify(shown)).toBe(true)
  expect(body).not.toMatch(/\n\s+at .+\.[jt]s:\d+/)
  // Where it is no page, it says so, and browsers take it for none (nosniff).
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false
  if (isPage) expect(body).not.toContain('<script>alert(1)')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(response.headers.get('set-cookie') ?? '').not.toContain('a=b')
  expect(response.headers.get('location') ?? '/').toMatch(/^\/(?!\/)/)
}

describe.each(routes)('$method $path', ({ method, path }) => {
  it('has an answer to anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 2 }), fields, bodyKind, async (parts, pairs, kind) => {
        const cookie = admin.cookie ?? ''
        const prefix =
          /^\/(openapi\.json|entries|punches|employees)$/.test(path) && method === 'GET' ? ['', '/api/v1'] : ['']
        for (const before of prefix) {
          const headers = { cookie, authorization: `Bearer ${token}` }
          const address = before + addressOf(path, parts)
          if (method === 'GET') {
            const query = new URLSearchParams(pairs)
            await answered(`${address}?${query}`, { headers })
          } else {
            const { body, type } = bodyOf(kind, pairs)
            await answered(address, {
              method,
              body,
              headers: { ...headers, ...(type !== null && { 'content-type': type }) },
            })
          }
        }
      }),
      { numRuns: 25 },
    )
  })
})

it('after all of it the pages still work', async () => {
  expect((await admin.get('/')).status).toBe(200)
  expect((await admin.get('/time-entries')).status).toBe(200)
})
