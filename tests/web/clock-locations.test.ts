/** Numbers with a name, and what calls and entries say of where they came from. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addCall } from '../../src/store/calls.js'
import { beginAttempt } from '../../src/store/guessing.js'
import { type Office, openOffice, SPOKEN } from './support/office.js'
import { failedCall } from './support/unclaimed.js'
import { signedInAdmin, type Visitor, words } from './support/visitor.js'

const DEPOT = '+15550102'
let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const page = async (path: string) => words(await admin.get(path))
const add = (name: string, number: string) => admin.post('/clock-locations', new URLSearchParams({ name, number }))
const idOf = async (name: string) =>
  (await office.db.selectFrom('clock_locations').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id

describe('a clock location', () => {
  it('is added with the number as people write it, and is on record', async () => {
    expect(await page('/clock-locations')).toContain('No number has a name yet.')
    expect((await add(' Depot ', '+1 (555) 01-02')).headers.get('location')).toBe('/clock-locations')
    expect(await page('/clock-locations')).toMatch(
      /Calls from \+15550102 show as Depot from now on\..*Depot \+15550102/,
    )
    const events = await office.db
      .selectFrom('audit_events')
      .select(['action', 'detail'])
      .orderBy('id', 'desc')
      .execute()
    expect(events[0]).toEqual({ action: 'clock location added', detail: `Depot, ${DEPOT}` })
  })

  it.each([
    ['', DEPOT, 'A clock location needs a name, such as Depot.'],
    ['x'.repeat(101), DEPOT, 'A name has at most 100 characters.'],
    ['Depot', '', 'Give the number as Calls shows it'],
    ['Depot', 'front desk', 'Give the number as Calls shows it'],
    ['Depot', '<b>', 'Give the number as Calls shows it'],
  ])('"%s" with the number "%s" is refused beside its field', async (name, number, sentence) => {
    const response = await add(name, number)
    expect(response.status).toBe(422)
    expect(await words(response)).toContain(sentence)
  })

  it('has one name for each number', async () => {
    await add('Depot', DEPOT)
    const response = await add('Yard', DEPOT)
    expect(response.status).toBe(422)
    expect(await words(response)).toContain('This number has a name already.')
  })

  it('is removed, once', async () => {
    await add('Depot', DEPOT)
    const path = `/clock-locations/${await idOf('Depot')}/remove`
    await admin.post(path)
    expect(await page('/clock-locations')).toContain('Depot is removed.')
    await admin.post(path)
    expect(await page('/clock-locations')).toContain('That clock location had been removed already.')
  })

  it('counts callers from it as known, so that strangers who guess don’t lock them out', async () => {
    await add('Depot', DEPOT)
    const ann = await office.hire('Ann')
    const callId = await addCall(office.db, { channel: 'test', callerNumber: DEPOT, answeredAt: Date.now() })
    await office.db
      .insertInto('phone_clock_ids')
      .values({ phone_clock_id: '48213', employee_id: ann, issued_at: 0 })
      .execute()
    await beginAttempt(office.db, { callId, callerNumber: DEPOT, phoneClockId: '48213' }, ann)
    expect(await office.db.selectFrom('pin_attempts').select('caller').execute()).toEqual([{ caller: 'known' }])
  })
})

describe('calls and entries from a number', () => {
  it('with a name show the place', async () => {
    await add('Depot', DEPOT)
    await office.call(await office.hire('Ann'), { at: Date.now() - 1000, from: DEPOT })
    expect(await page('/calls')).toContain(`Depot, ${DEPOT}`)
    expect(await page('/calls/1')).not.toContain('Name it')
    expect(await page('/time-entries')).toContain('from Depot')
    expect(await page('/time-entries/1')).toContain(`Depot, ${DEPOT}`)
  })

  it('with a name show it where voices are checked and failed calls are assigned', async () => {
    await add('Depot', DEPOT)
    await office.call(await office.hire('Ann'), { at: Date.now() - 1000, from: DEPOT, voice: SPOKEN })
    const { id } = await failedCall(office, { at: Date.now() - 2000, from: DEPOT })
    for (const path of ['/voice-checks', '/voice-checks/1', '/unclaimed-punches', `/unclaimed-punches/${id}`]) {
      expect(await page(path)).toContain(`Depot, ${DEPOT}`)
    }
  })

  it('without a name show the number, and lead to naming it', async () => {
    await office.call(await office.hire('Ann'), { at: Date.now() - 1000, from: DEPOT })
    const html = await (await admin.get('/calls/1')).text()
    expect(html).toContain('href="/clock-locations?number=%2B15550102"')
    expect(await (await admin.get('/clock-locations?number=%2B15550102')).text()).toContain(`value="${DEPOT}"`)
    expect(await page('/time-entries/1')).toContain(DEPOT)
  })

  it('that is new for the employee are marked', async () => {
    await office.call(await office.hire('Ann'), { at: Date.now() - 1000, from: DEPOT })
    expect(await page('/time-entries')).not.toContain('new number')
    await office.db.updateTable('calls').set({ number_is_new: 1 }).execute()
    for (const path of ['/time-entries', '/time-entries/1', '/calls/1'])
      expect(await page(path)).toContain('new number')
  })

  it.each([
    ['A', 'signed: the caller may use this number'],
    ['B', 'signed: a known customer'],
    ['C', 'signed: passed on from elsewhere'],
    ['failed', 'the signature is false: somebody else may have called'],
  ] as const)('that is signed with %s say what that means', async (attestation, sentence) => {
    await addCall(office.db, { channel: 'test', callerNumber: DEPOT, answeredAt: Date.now(), attestation })
    expect(await page('/calls/1')).toContain(sentence)
  })
})
