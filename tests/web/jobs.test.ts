import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../src/clock/time.js'
import { addJob, anyJobHasPhoneCode, findJob, findJobByPhoneCode } from '../../src/store/jobs.js'
import { readSettings } from '../../src/store/settings.js'
import { EMAIL, type Office, openOffice } from './support/office.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

interface Fields {
  name?: string
  phoneCode?: string
  revision?: string
}

const page = async (path = '/jobs') => words(await admin.get(path))
const post = (path: string, fields: Fields = {}, visitor = admin) =>
  visitor.post(path, new URLSearchParams({ name: '', phoneCode: '', ...fields }))
const add = (name: string, phoneCode = '') => post('/jobs/new', { name, phoneCode })
const rows = () => office.db.selectFrom('jobs').select(['name', 'phone_code', 'active']).orderBy('id').execute()
const codeMeans = async (digits: string) => (await findJobByPhoneCode(office.db, digits))?.name ?? null

describe('adding a job', () => {
  it('keeps name and phone code, which the phone knows at once', async () => {
    await add('Roof', '12')
    expect(await page()).toMatch(/Roof is added\. .* Roof 12 yes/)
    expect(await codeMeans('12')).toBe('Roof')
    expect(await office.db.selectFrom('audit_events').select(['actor', 'action', 'detail']).execute()).toContainEqual({
      actor: EMAIL,
      action: 'job added',
      detail: 'Roof',
    })
  })

  it('needs no phone code', async () => {
    await add('Office')
    expect(await page()).toMatch(/Office none yes/)
    expect(await anyJobHasPhoneCode(office.db)).toBe(false)
  })

  it('takes codes of which one begins with the other', async () => {
    await add('Roof', '12')
    await add('Yard', '123')
    expect([await codeMeans('12'), await codeMeans('123'), await codeMeans('1')]).toEqual(['Roof', 'Yard', null])
  })

  it.each([
    [{ name: '', phoneCode: '' }, 'A job needs a name.'],
    [{ name: 'x'.repeat(101), phoneCode: '' }, 'A name has at most 100 characters.'],
    [{ name: 'Yard', phoneCode: '123456789' }, '1 to 8 digits'],
    [{ name: 'Yard', phoneCode: '1a' }, '1 to 8 digits'],
    [{ name: 'Yard', phoneCode: '١٢' }, '1 to 8 digits'],
    [{ name: 'Yard', phoneCode: '12' }, '12'],
    [{ name: 'rOOF', phoneCode: '' }, 'There is an active job called rOOF.'],
  ])('is refused beside the field, and what was typed stays: %j', async (fields, sentence) => {
    await add('Roof', '12')
    const response = await post('/jobs/new', fields)
    expect(response.status).toBe(422)
    expect(await response.text()).toMatch(new RegExp(`role="alert">[^<]*${sentence}`))
    expect(await rows()).toHaveLength(1)
  })

  it('adds one when the form comes twice', async () => {
    await Promise.all([add('Roof', '12'), add('Roof', '12')])
    expect(await rows()).toHaveLength(1)
  })
})

describe('changing a job', () => {
  beforeEach(() => add('Roof', '12'))

  it('gives it another name and code from the next call on', async () => {
    await post('/jobs/1', { name: 'Roofing', phoneCode: '34', revision: '1' })
    expect(await page()).toContain('Roofing is changed, from the next call on.')
    expect([await codeMeans('12'), await codeMeans('34')]).toEqual([null, 'Roofing'])
  })

  it('tells the second of two admins, who overwrites nothing unseen', async () => {
    await post('/jobs/1', { name: 'Roofing', phoneCode: '12', revision: '1' })
    const second = await post('/jobs/1', { name: 'Roof', phoneCode: '34', revision: '1' })
    expect(second.status).toBe(409)
    expect(await words(second)).toContain('It is now Roofing, phone code 12.')
    expect(await rows()).toMatchObject([{ name: 'Roofing', phone_code: '12' }])
  })

  it('refuses the code of another active job', async () => {
    await add('Yard', '34')
    const response = await post('/jobs/2', { name: 'Yard', phoneCode: '12', revision: '1' })
    expect(response.status).toBe(422)
    expect(await words(response)).toContain('Roof')
    expect(await codeMeans('12')).toBe('Roof')
  })

  it.each(['/jobs/2', '/jobs/0', '/jobs/x'])('finds none at %s', async path => {
    expect((await admin.get(path)).status).toBe(404)
    expect((await post(path, { name: 'Yard', revision: '1' })).status).toBe(404)
  })

  it.each(['', 'name=Yard', 'name=Yard&phoneCode=1&revision=x'])('refuses a form that is not ours: %j', async body => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await admin.post('/jobs/1', body, headers)).status).toBe(400)
  })
})

describe('deactivating a job', () => {
  beforeEach(() => add('Roof', '12'))

  it('ends its code at once and keeps what was clocked for it', async () => {
    await office.call(await office.hire('Ann Baker'), { at: Date.now() - HOUR, jobId: 1 })
    await post('/jobs/1/deactivate')
    expect(await page()).toMatch(/Roof can’t be chosen any more\..* Roof 12 no/)
    expect(await codeMeans('12')).toBeNull()
    expect(await page('/time-entries')).toMatch(/Ann Baker Roof/)
  })

  it('frees its code, which then keeps it from being active again', async () => {
    await post('/jobs/1/deactivate')
    await add('Yard', '12')
    expect(await codeMeans('12')).toBe('Yard')
    const response = await post('/jobs/1/activate')
    expect(response.status).toBe(409)
    expect(await words(response)).toContain('Change one of the two first.')
    expect(await codeMeans('12')).toBe('Yard')
  })

  it('can be taken back', async () => {
    await post('/jobs/1/deactivate')
    await post('/jobs/1/activate')
    expect(await page()).toContain('Roof is active again.')
    expect(await codeMeans('12')).toBe('Roof')
  })

  it('twice changes nothing more', async () => {
    await post('/jobs/1/deactivate')
    await post('/jobs/1/deactivate')
    expect(await page()).toContain('Roof was not active any more.')
    expect(await findJob(office.db, 1)).toMatchObject({ revision: 2 })
  })
})

describe('whether each entry needs a job', () => {
  const require = (jobRequired: string) => admin.post('/jobs/required', new URLSearchParams({ jobRequired }))

  it('is decided here, for the next call on', async () => {
    await addJob(office.db, { name: 'Roof', phoneCode: '12' }, 'test')
    await require('yes')
    expect(await page()).toContain('From the next call on, each entry needs a job.')
    expect((await readSettings(office.db)).jobRequired).toBe(true)
    await require('no')
    expect((await readSettings(office.db)).jobRequired).toBe(false)
  })

  it('warns when no active job has a code', async () => {
    await require('yes')
    expect(await page()).toContain('No active job has a phone code, so nobody is asked for one')
    await add('Roof', '12')
    expect(await page()).not.toContain('No active job has a phone code')
    await post('/jobs/1/deactivate')
    expect(await page()).toContain('No active job has a phone code')
  })

  it('is yes or no', async () => {
    expect((await require('perhaps')).status).toBe(400)
  })
})

it('whoever is not signed in sees and changes nothing', async () => {
  await add('Roof', '12')
  const visitor = new Visitor(office)
  for (const path of ['/jobs', '/jobs/1', '/jobs/new', '/jobs/import', '/jobs/export.csv']) {
    expect([path, (await visitor.get(path)).headers.get('location')]).toEqual([path, expect.stringMatching('/sign-in')])
  }
  for (const path of ['/jobs/new', '/jobs/1', '/jobs/1/deactivate', '/jobs/required']) await post(path, {}, visitor)
  expect(await rows()).toEqual([{ name: 'Roof', phone_code: '12', active: 1 }])
})
