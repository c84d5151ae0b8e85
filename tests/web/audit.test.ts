import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyChain } from '../../src/store/audit-chain.js'
import { addJob } from '../../src/store/jobs.js'
import { EMAIL, type Office, openOffice, PASSWORD } from './support/office.js'
import { signedInAdmin, type Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const page = async (query = '') => words(await admin.get(`/audit${query}`))
const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const latest = () =>
  office.db
    .selectFrom('audit_events')
    .select(['actor', 'address', 'action', 'employee_id', 'detail'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()

/** Every kind of change that the pages offer, with the action that stands for it. */
const CHANGES: [string, () => Promise<Response>][] = [
  [
    'employee added',
    () => admin.post('/employees/new', form({ name: 'Cleo', email: '', payrollNumber: '', note: '' })),
  ],
  ['employee deactivated', () => admin.post('/employees/1/deactivate')],
  ['PIN set', () => admin.post('/phone-clocking/1/pin', form({ pin: '2468', pinAgain: '2468' }))],
  ['setup link emailed', () => admin.post('/phone-clocking/1/setup-link', form({ after: '0' }))],
  ['job added', () => admin.post('/jobs/new', form({ name: 'Paint', phoneCode: '' }))],
  ['job deactivated', () => admin.post('/jobs/1/deactivate')],
  ['entry voided', () => admin.post('/time-entries/1/void', form({ revision: '1', voidReason: 'Called twice' }))],
  ['clock location added', () => admin.post('/clock-locations', form({ name: 'Depot', number: '+15550102' }))],
  ['API token made', () => admin.post('/api-tokens', form({ name: 'Payroll' }))],
  ['webhook added', () => admin.post('/webhooks', form({ url: 'https://example.com/hook' }))],
  [
    'admin added',
    () =>
      admin.post(
        '/admins',
        form({ email: 'ben@example.com', password: PASSWORD, passwordAgain: PASSWORD, role: 'admin' }),
      ),
  ],
  [
    'password changed',
    () =>
      admin.post(
        '/account/password',
        form({ current: PASSWORD, password: `${PASSWORD}!`, passwordAgain: `${PASSWORD}!` }),
      ),
  ],
]

describe('each change is on record with who made it and from where', () => {
  beforeEach(async () => {
    const ann = await office.hire('Ann', 'ann@example.com')
    await office.call(ann, { at: Date.now() - 1000 })
    await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
  })

  it.each(CHANGES)('%s', async (action, change) => {
    await change()
    expect(await latest()).toMatchObject({ action, actor: EMAIL, address: '127.0.0.1' })
    expect((await verifyChain(office.db, null)).kind).toBe('whole')
  })

  it('behind a proxy on this machine, from the address that it names', async () => {
    await admin.post('/jobs/new', form({ name: 'Paint', phoneCode: '' }), { 'x-forwarded-for': '203.0.113.7' })
    expect(await latest()).toMatchObject({ action: 'job added', address: '203.0.113.7' })
  })

  it('without PIN, password or token', async () => {
    for (const [, change] of CHANGES) await change()
    // A hash or an instant may have a PIN's digits by chance.
    const written = office.db.selectFrom('audit_events').select(['actor', 'address', 'action', 'detail'])
    const rows = JSON.stringify(await written.execute())
    expect(rows).not.toContain('2468')
    expect(rows).not.toContain(PASSWORD)
    expect(rows).not.toMatch(/punchline_[\w-]{20}/)
  })
})

describe('the page', () => {
  it('shows who did what to whom, when and from where', async () => {
    const ann = await office.hire('Ann')
    await admin.post(`/employees/${ann}/deactivate`)
    expect(await page()).toMatch(/employee deactivated Ann – office@example\.com 127\.0\.0\.1 \w{3}, \w{3} \d+/)
  })

  it('is filtered by who, what and days', async () => {
    await office.hire('Ann')
    await addJob(office.db, { name: 'Paint', phoneCode: '12' }, 'somebody')
    expect(await page('?who=somebody')).toMatch(/job added/)
    expect(await page('?who=somebody')).not.toContain('Ann')
    expect(await page(`?action=${encodeURIComponent('employee added')}`)).not.toContain('Paint')
    expect(await page('?from=2020-01-01&to=2020-01-31')).toContain('Nothing of that kind is on record.')
    expect(await page('?from=nonsense&who=&action=&before=-3')).toContain('Paint')
  })

  it('leads to earlier events, a hundred at a time', async () => {
    for (let i = 0; i < 120; i++) await office.hire(`Employee ${i}`)
    const html = await (await admin.get('/audit')).text()
    expect(html.match(/<tr role="row">/g)).toHaveLength(101)
    const earlier = html.match(/href="(\/audit\?[^"]+)" rel="next"/)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(await words(await admin.get(earlier))).toContain('Employee 5 ')
  })
})
