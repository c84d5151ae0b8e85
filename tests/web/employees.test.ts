import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/clock/time.js'
import { addCall } from '../../src/store/calls.js'
import { deactivateEmployee, deleteEmployee, findEmployee } from '../../src/store/employees.js'
import { judge } from '../../src/store/judging.js'
import { setPin } from '../../src/store/pins.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { EMAIL, type Office, openOffice } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const NOBODY = { name: '', email: '', payrollNumber: '', note: '' }
const ANN = { name: 'Ann Baker', email: 'ann@example.com', payrollNumber: 'P-7', note: 'Roofer' }
type Fields = Partial<typeof NOBODY> & { revision?: string }

const page = async (path: string) => words(await admin.get(path))
const post = (path: string, fields: Fields = {}, visitor = admin) =>
  visitor.post(path, new URLSearchParams({ ...NOBODY, ...fields }))
const add = (fields: Fields = ANN) => post('/employees/new', fields)
const rows = () =>
  office.db
    .selectFrom('employees')
    .select(['name', 'email', 'payroll_number as payrollNumber', 'note', 'active'])
    .orderBy('id')
    .execute()
const actions = async () =>
  (await office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).orderBy('id').execute()).filter(
    ({ action }) => action.startsWith('employee'),
  )

describe('adding an employee', () => {
  it('keeps name, e-mail address, payroll number and note, and says what comes next', async () => {
    const response = await add()
    expect(response.status).toBe(303)
    const said = await page(response.headers.get('location') ?? '')
    expect(said).toContain('Ann Baker is added. To let them clock in, set them up for phone clocking.')
    expect(await rows()).toEqual([{ ...ANN, active: 1 }])
    expect(await actions()).toEqual([{ actor: EMAIL, action: 'employee added', detail: null }])
  })

  it('needs nothing but a name', async () => {
    expect((await add({ name: '  Ben  ' })).status).toBe(303)
    expect(await rows()).toEqual([{ name: 'Ben', email: null, payrollNumber: null, note: null, active: 1 }])
  })

  it('adds one when the form comes twice', async () => {
    const [one, other] = await Promise.all([add(), add()])
    expect(one?.headers.get('location')).toBe(other?.headers.get('location'))
    expect(await page('/employees/1')).toMatch(/Ann Baker (is added|was added a moment ago)/)
    expect(await rows()).toHaveLength(1)
    expect(await actions()).toHaveLength(1)
  })

  it('may add two of one name who differ', async () => {
    await add()
    expect((await add({ name: 'Ann Baker' })).status).toBe(303)
    expect(await rows()).toHaveLength(2)
  })

  it.each<[Fields, string]>([
    [{ name: '' }, 'An employee needs a name.'],
    [{ name: 'x'.repeat(101) }, 'A name has at most 100 characters.'],
    [{ name: 'Ben', email: 'ben at home' }, '“ben at home” is not an e-mail address.'],
    [{ name: 'Ben', email: `${'x'.repeat(250)}@x.com` }, 'An e-mail address has at most 254 characters.'],
    [{ name: 'Ben', email: 'ANN@example.com' }, 'Ann Baker has the address ANN@example.com.'],
    [{ name: 'Ben', payrollNumber: 'P-7' }, 'Ann Baker has the payroll number P-7.'],
    [{ name: 'Ben', payrollNumber: '7'.repeat(41) }, 'A payroll number has at most 40 characters.'],
    [{ name: 'Ben', note: 'x'.repeat(1001) }, 'A note has at most 1000 characters.'],
  ])('is refused beside the field, and what was typed stays: %j', async (fields, sentence) => {
    await add()
    const response = await add({ ...fields, note: fields.note ?? 'Typed before' })
    expect(response.status).toBe(422)
    const said = await words(response)
    expect(said).toContain(sentence)
    if (fields.note === undefined) expect(said).toContain('Typed before')
    expect(await rows()).toHaveLength(1)
  })

  it('takes the address of somebody who has left', async () => {
    await add()
    await deactivateEmployee(office.db, 1, 'test')
    expect((await add({ name: 'Ben', email: ANN.email })).status).toBe(303)
  })

  it.each(['<script>alert(1)</script>', '\u202Eevil', '🙂 Zoë', "O'Brien & Sons", '=1+1', 'a\u0000b'])(
    'shows a name as it was typed: %j',
    async name => {
      const response = await add({ name })
      expect([303, 422]).toContain(response.status)
      const html = await (await admin.get('/employees?which=all')).text()
      expect(html).not.toContain('<script>alert')
    },
  )

  it.each(['', 'name=Ann', 'name[]=Ann&email=&payrollNumber=&note=', '%'])(
    'from a form that is not ours is refused: %j',
    async body => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      expect((await admin.post('/employees/new', body, headers)).status).toBe(400)
      expect(await rows()).toEqual([])
    },
  )
})

describe('changing an employee', () => {
  beforeEach(() => add())

  it('changes what the form says; the history names what, and not its value', async () => {
    await post('/employees/1', { ...ANN, name: 'Ann Carter', payrollNumber: '', revision: '1' })
    expect(await rows()).toEqual([{ ...ANN, name: 'Ann Carter', payrollNumber: null, active: 1 }])
    const said = await page('/employees/1')
    expect(said).toContain('Ann Carter is changed.')
    expect(said).toContain(`employee changed: name, payroll number`)
    expect((await actions()).at(-1)).toEqual({
      actor: EMAIL,
      action: 'employee changed',
      detail: 'name, payroll number',
    })
  })

  it('tells the second of two admins, who overwrites nothing unseen', async () => {
    await post('/employees/1', { ...ANN, name: 'Ann Carter', revision: '1' })
    const second = await post('/employees/1', { ...ANN, note: 'Left-handed', revision: '1' })
    expect(second.status).toBe(409)
    const said = await words(second)
    expect(said).toContain('another admin has changed this employee since you opened it')
    expect(said).toContain('Name: Ann Carter')
    expect(said).toContain('Left-handed')
    expect(await rows()).toMatchObject([{ name: 'Ann Carter', note: 'Roofer' }])
    await post('/employees/1', { ...ANN, note: 'Left-handed', revision: '2' })
    expect(await rows()).toMatchObject([{ name: 'Ann Baker', note: 'Left-handed' }])
  })

  it('changes nothing when the form comes twice', async () => {
    const changed = { ...ANN, name: 'Ann Carter', revision: '1' }
    await Promise.all([post('/employees/1', changed), post('/employees/1', changed)])
    expect(await findEmployee(office.db, 1)).toMatchObject({ name: 'Ann Carter', revision: 2 })
  })

  it('may change the case of the own address, and keep the own payroll number', async () => {
    expect((await post('/employees/1', { ...ANN, email: 'Ann@Example.com', revision: '1' })).status).toBe(303)
  })

  it.each(['/employees/2', '/employees/0', '/employees/x', '/employees/999999999999999999'])(
    'finds nobody at %s',
    async path => {
      expect((await admin.get(path)).status).toBe(404)
      expect((await post(path, { ...ANN, revision: '1' })).status).toBe(404)
      expect((await post(`${path}/deactivate`)).status).toBe(404)
    },
  )

  it('finds nobody who was deleted', async () => {
    await deleteEmployee(office.db, 1, 'test')
    expect((await admin.get('/employees/1')).status).toBe(404)
    expect((await post('/employees/1/reactivate')).status).toBe(404)
    expect(await page('/employees?which=all')).not.toContain('Deleted employee')
  })
})

describe('deactivating an employee', () => {
  beforeEach(() => add())

  it('kills PIN, phone clock ID and setup link at once', async () => {
    const phoneClockId = await setPin(office.db, office.pinKey, { employeeId: 1, pin: '2468', actor: 'test' })
    const link = await setupLinkFor(office, 1)
    await post('/employees/1/deactivate')
    expect(await page('/employees/1')).toContain('Ann Baker is no longer active and can’t clock in any more.')
    const callId = await addCall(office.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
    expect(await judge(office.db, office.pinKey, { callId, callerNumber: null, phoneClockId, pin: '2468' })).toBeNull()
    expect((await fetch(office.linkUrl + link)).status).toBe(404)
    expect(await page('/phone-clocking')).not.toContain('Ann Baker')
  })

  it('closes nothing in the past', async () => {
    const now = Date.now()
    await office.call(1, { at: now - 30 * HOUR })
    await office.call(1, { at: now - 22 * HOUR })
    await office.call(1, { at: now - 5 * MINUTE })
    const before = await listTimeEntries(office.db, {})
    await post('/employees/1/deactivate')
    expect(await listTimeEntries(office.db, {})).toEqual(before)
    expect(await page('/')).toContain('In now: 1')
  })

  it('twice says so', async () => {
    await post('/employees/1/deactivate')
    await post('/employees/1/deactivate')
    expect(await page('/employees/1')).toContain('Ann Baker was not active any more.')
    expect((await actions()).map(({ action }) => action)).toEqual(['employee added', 'employee deactivated'])
  })

  it('can be taken back; a new PIN is needed then', async () => {
    await setPin(office.db, office.pinKey, { employeeId: 1, pin: '2468', actor: 'test' })
    await post('/employees/1/deactivate')
    await post('/employees/1/reactivate')
    expect(await page('/employees/1')).toContain('Ann Baker is active again. They need a new PIN')
    expect(await page('/phone-clocking')).toMatch(/Ann Baker .* Not set up/)
    await post('/employees/1/reactivate')
    expect(await page('/employees/1')).toContain('Ann Baker is active already.')
  })

  it('can’t be taken back while somebody has the address', async () => {
    await post('/employees/1/deactivate')
    await add({ name: 'Ben', email: ANN.email })
    const response = await post('/employees/1/reactivate')
    expect(response.status).toBe(409)
    expect(await words(response)).toContain('Ben has the address ann@example.com. Change one of the two first.')
  })
})

describe('the list', () => {
  it('without employees says how to add them', async () => {
    expect(await page('/employees')).toContain('No employees yet. Add one , or import them from a CSV file .')
  })

  it('shows those who are active, and on demand those who are not', async () => {
    await add()
    await add({ name: 'Ben' })
    await deactivateEmployee(office.db, 2, 'test')
    expect(await page('/employees')).toMatch(/Ann Baker ann@example.com P-7 Roofer/)
    expect(await page('/employees')).not.toContain('Ben')
    expect(await page('/employees?which=inactive')).toMatch(/Ben not active/)
    expect(await page('/employees?which=all')).toMatch(/Ann Baker .* Ben not active/)
  })

  it('finds by every word of a search, whatever its case and accents', async () => {
    await add({ name: 'Zoë Ångström', payrollNumber: '1234', note: 'forklift licence' })
    await add()
    // What was done last is told once.
    await page('/employees')
    for (const q of ['zoe', 'ANGSTROM zoë', '1234', 'forklift']) {
      const said = await page(`/employees?q=${encodeURIComponent(q)}`)
      expect([q, said.includes('Zoë Ångström'), said.includes('Ann Baker')]).toEqual([q, true, false])
    }
    expect(await page('/employees?q=nobody')).toContain('Nobody matches “nobody”.')
  })

  it('has fifty on a page', async () => {
    await office.db
      .insertInto('employees')
      .values(
        Array.from({ length: 120 }, (_, i) => ({ name: `Employee ${String(i).padStart(3, '0')}`, created_at: 0 })),
      )
      .execute()
    expect(await page('/employees')).toContain('1–50 of 120')
    expect(await page('/employees?page=3')).toContain('101–120 of 120')
    expect(await page('/employees?page=99')).toContain('101–120 of 120')
  })

  it.each(['?page=0', '?page=x', '?which=some', '?q[]=1', '?q=%00', `?q=${'x'.repeat(3000)}`])(
    'takes addresses that make no sense: %s',
    async query => {
      await add()
      expect((await admin.get(`/employees${query}`)).status).toBe(200)
    },
  )
})

it('whoever is not signed in sees and changes nothing', async () => {
  await add()
  const visitor = new Visitor(office)
  for (const path of ['/employees', '/employees/1', '/employees/new', '/employees/import', '/employees/export.csv']) {
    expect([path, (await visitor.get(path)).headers.get('location')]).toEqual([path, expect.stringMatching('/sign-in')])
  }
  for (const path of ['/employees/new', '/employees/1', '/employees/1/deactivate', '/employees/1/reactivate']) {
    expect([path, (await post(path, ANN, visitor)).status]).toEqual([path, 303])
  }
  expect(await rows()).toEqual([{ ...ANN, active: 1 }])
  expect(await actions()).toHaveLength(1)
})
