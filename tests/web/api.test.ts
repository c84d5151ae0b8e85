import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { HOUR } from '../../src/clock/time.js'
import { addApiToken } from '../../src/store/api-tokens.js'
import { addJob } from '../../src/store/jobs.js'
import { addEntry, at } from '../export/support/payroll.js'
import { type Office, openOffice } from './support/office.js'
import { signedInAdmin } from './support/visitor.js'

const Page = z.object({
  timeZone: z.string(),
  items: z.array(z.record(z.string(), z.unknown())),
  next: z.string().nullable(),
})
type Page = z.infer<typeof Page>

const Description = z.looseObject({
  paths: z.record(
    z.string(),
    z.looseObject({ get: z.looseObject({ parameters: z.array(z.looseObject({ name: z.string() })).optional() }) }),
  ),
  components: z.looseObject({ securitySchemes: z.unknown() }),
})

let office: Office
let token: string
let ann: number
let schemas: Ajv2020

beforeEach(async () => {
  office = await openOffice()
  token = (await addApiToken(office.db, 'Payroll', 'test')) ?? ''
  ann = await office.hire('Ann Baker', 'ann@example.com')
  schemas = await describedSchemas()
})

afterEach(() => office.close())

/** The schemas of the served description. */
async function describedSchemas(): Promise<Ajv2020> {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ ...(await description()), $id: 'api' })
  return ajv
}

async function description(): Promise<z.infer<typeof Description>> {
  return Description.parse(await (await fetch(`${office.url}/api/v1/openapi.json`)).json())
}

const send = (path: string, init: RequestInit = {}) =>
  fetch(office.url + path, { headers: { authorization: `Bearer ${token}` }, ...init })

function expectDescribed(schema: string, body: unknown): void {
  const validate = schemas.getSchema(`api#/components/schemas/${schema}`)
  expect([validate?.(body), validate?.errors]).toEqual([true, null])
}

async function get(list: 'entries' | 'punches' | 'employees', query = ''): Promise<Page> {
  const response = await send(`/api/v1/${list}${query}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  const body: unknown = await response.json()
  expectDescribed({ entries: 'EntryPage', punches: 'PunchPage', employees: 'EmployeePage' }[list], body)
  return Page.parse(body)
}

async function refusal(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; code: unknown; detail: unknown }> {
  const response = await send(path, init)
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  const body = z.record(z.string(), z.unknown()).parse(await response.json())
  expectDescribed('Problem', body)
  expect(body.status).toBe(response.status)
  return { status: response.status, code: body.code, detail: body.detail }
}

const ids = (page: Page) => page.items.map(item => item.id)

describe('the description', () => {
  it('is valid OpenAPI 3.1, and served without a token', async () => {
    const result = await new Validator().validate(await description())
    expect([result.valid, result.errors]).toEqual([true, undefined])
  })

  it('names each path, each parameter and where the token goes', async () => {
    const { paths, components } = await description()
    const named = Object.entries(paths).map(([path, { get }]) => [path, (get.parameters ?? []).map(it => it.name)])
    expect(named).toEqual([
      ['/entries', ['from', 'to', 'employee', 'cursor', 'limit']],
      ['/punches', ['from', 'to', 'employee', 'cursor', 'limit']],
      ['/employees', ['active', 'cursor', 'limit']],
      ['/openapi.json', []],
    ])
    expect(components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } })
  })
})

describe('the token', () => {
  it.each([
    ['none', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty one', { authorization: 'Bearer ' }],
  ])('%s: 401, and what to send', async (_what, headers) => {
    const response = await send('/api/v1/entries', { headers })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await refusal('/api/v1/entries', { headers })).toMatchObject({ status: 401, code: 'no-token' })
  })

  it('that is unknown: 401, invalid_token', async () => {
    const headers = { authorization: 'Bearer punchline_x' }
    const response = await send('/api/v1/punches', { headers })
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(await refusal('/api/v1/punches', { headers })).toMatchObject({ status: 401, code: 'token-refused' })
  })

  it('in the address opens nothing', async () => {
    const path = `/api/v1/employees?access_token=${token}`
    expect(await refusal(path, { headers: {} })).toMatchObject({ status: 401 })
  })

  it('opens no page, and an admin’s session opens no API', async () => {
    expect((await send('/employees', { redirect: 'manual' })).status).not.toBe(200)
    const admin = await signedInAdmin(office)
    const response = await admin.get('/api/v1/entries')
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
  })
})

describe('what is not there', () => {
  it.each(['/api', '/api/v1', '/api/v2/entries', '/api/v1/entries/1', '/api/v1/%E0%A4%A'])(
    '%s: 404 in JSON',
    async path => {
      expect(await refusal(path)).toMatchObject({ status: 404, code: 'not-found' })
    },
  )

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s: 405, and what is allowed', async method => {
    expect((await send('/api/v1/entries', { method })).headers.get('allow')).toBe('GET, HEAD')
    expect(await refusal('/api/v1/entries', { method })).toMatchObject({ status: 405, code: 'method-not-allowed' })
  })

  it('a fault of ours is JSON without details', async () => {
    await sql`alter table punches rename to gone`.execute(office.db)
    const { status, detail } = await refusal('/api/v1/punches')
    expect([status, detail]).toEqual([500, expect.not.stringContaining('punches')])
  })
})

it.each([
  ['from=2026-02-30', 'from: allowed is a day, such as 2026-11-23.'],
  ['to=tomorrow', 'to: allowed is a day, such as 2026-11-23.'],
  ['from=2026-11-02&to=2026-11-01', 'from: 2026-11-02 is after to, 2026-11-01.'],
  ['employee=Ann', 'employee: allowed is an employee’s number.'],
  ['limit=0', 'limit: allowed is a whole number from 1 to 1000.'],
  ['limit=1001', 'limit: allowed is a whole number from 1 to 1000.'],
  ['limit=1&limit=2', 'limit: give it once.'],
  ['cursor=', 'cursor: allowed is what `next` of the page before says.'],
  ['cursor=rubbish', 'cursor: not one of this list. Give what `next` of the page before says.'],
  ['form=2026-11-01', 'form: there is no such parameter.'],
])('%s: 400 with a sentence', async (query, sentence) => {
  expect(await refusal(`/api/v1/entries?${query}`)).toEqual({ status: 400, code: 'bad-parameter', detail: sentence })
})

it('a cursor of another list is refused', async () => {
  await office.call(ann, { at: Date.now() - HOUR })
  const { next } = await get('punches', '?limit=1')
  expect(await refusal(`/api/v1/entries?cursor=${next}`)).toMatchObject({ status: 400 })
})

describe('entries', () => {
  it('come with all that payroll needs, instants in UTC', async () => {
    const jobId = await addJob(office.db, { name: 'Roofing', phoneCode: '12' }, 'test')
    await office.call(ann, { at: at('2026-11-23T08:05'), jobId })
    await office.call(ann, { at: at('2026-11-23T16:32') })
    expect(await get('entries', '?from=2026-11-23&to=2026-11-23')).toEqual({
      timeZone: 'America/New_York',
      items: [
        {
          id: 1,
          employeeId: ann,
          employee: 'Ann Baker',
          payrollNumber: null,
          jobId,
          job: 'Roofing',
          state: 'closed',
          clockIn: '2026-11-23T13:05:00.000Z',
          clockOut: '2026-11-23T21:32:00.000Z',
          workedMinutes: 507,
          corrected: false,
          revision: 2,
          clockInPunchId: 1,
          clockOutPunchId: 2,
        },
      ],
      next: null,
    })
  })

  it('of a range are those that touch its days in the company’s zone', async () => {
    await addEntry(office.db, {
      employee_id: ann,
      clock_in_at: at('2026-11-10T22:00'),
      clock_out_at: at('2026-11-11T06:00'),
    })
    for (const [day, found] of [
      ['09', []],
      ['10', [1]],
      ['11', [1]],
      ['12', []],
    ] as const) {
      expect(ids(await get('entries', `?from=2026-11-${day}&to=2026-11-${day}`))).toEqual(found)
    }
    expect(ids(await get('entries', '?from=0001-01-01&to=9999-12-31'))).toEqual([1])
  })

  it('that were voided say so and have no minutes', async () => {
    await addEntry(office.db, { employee_id: ann, clock_in_at: 0, clock_out_at: HOUR, state: 'voided' })
    const { items } = await get('entries')
    expect(items).toMatchObject([{ state: 'voided', workedMinutes: null }])
  })

  it('can be of one employee', async () => {
    const ben = await office.hire('Ben')
    await addEntry(office.db, { employee_id: ann, clock_in_at: HOUR })
    await addEntry(office.db, { employee_id: ben, clock_in_at: HOUR })
    expect(ids(await get('entries', `?employee=${ben}`))).toEqual([2])
    expect(ids(await get('entries', '?employee=999'))).toEqual([])
  })
})

it('a punch tells when it counts and when it was written', async () => {
  const answered = at('2026-11-23T08:05')
  await office.call(ann, { at: answered })
  expect((await get('punches', '?from=2026-11-23&to=2026-11-23')).items).toEqual([
    {
      id: 1,
      employeeId: ann,
      employee: 'Ann Baker',
      payrollNumber: null,
      jobId: null,
      job: null,
      direction: 'in',
      at: '2026-11-23T13:05:00.000Z',
      committedAt: expect.stringMatching(/Z$/),
      assigned: false,
    },
  ])
  expect(ids(await get('punches', '?from=2026-11-24'))).toEqual([])
  expect(ids(await get('punches', '?to=2026-11-22'))).toEqual([])
})

it('employees come without what they clock in with', async () => {
  const ben = await office.hire('Ben')
  await office.db.updateTable('employees').set({ active: 0 }).where('id', '=', ben).execute()
  expect((await get('employees')).items).toEqual([
    { id: ann, name: 'Ann Baker', email: 'ann@example.com', payrollNumber: null, active: true },
    { id: ben, name: 'Ben', email: null, payrollNumber: null, active: false },
  ])
  expect(ids(await get('employees', '?active=true'))).toEqual([ann])
  expect(ids(await get('employees', '?active=false'))).toEqual([ben])
})

it.each(['entries', 'punches', 'employees'] as const)(
  'walking the pages of %s gives each once, also while new ones are made',
  async list => {
    const began = at('2026-11-23T08:00')
    for (let i = 0; i < 7; i++) {
      const employeeId = await office.hire(`Employee ${i}`)
      // Some at the same instant.
      await office.call(employeeId, { at: began + Math.floor(i / 2) })
    }
    const before = ids(await get(list))
    const walked: unknown[] = []
    let next: string | null = null
    do {
      const page: Page = await get(list, `?limit=2${next === null ? '' : `&cursor=${next}`}`)
      walked.push(...ids(page))
      next = page.next
      if (walked.length < 8) await office.call(await office.hire('New'), { at: began + HOUR + walked.length })
    } while (next !== null)
    expect(new Set(walked).size).toBe(walked.length)
    expect(walked).toEqual(expect.arrayContaining(before))
    expect(walked).toEqual(ids(await get(list)))
  },
)
