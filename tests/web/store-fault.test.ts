/** What pages say when nothing can be saved, and why; what only reads goes on. */
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { damageDatabase } from '../support/damage.js'
import { lockDatabase } from '../support/lock-holder.js'
import { type Office, openOffice } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { signedInAdmin, Visitor, words } from './support/visitor.js'

let office: Office
let admin: Visitor

beforeEach(async () => {
  office = await openOffice()
  admin = await signedInAdmin(office)
})

afterEach(() => office.close())

const addJob = (name: string) => admin.post('/jobs/new', new URLSearchParams({ name, phoneCode: '' }))
const pragma = (text: string) => sql.raw(`pragma ${text}`).execute(office.db)

describe('while the database is read-only', () => {
  beforeEach(() => pragma('query_only = on'))
  afterEach(() => pragma('query_only = off'))

  it('a form is answered with 503, with what is wrong and what to do', async () => {
    const response = await addJob('Roof')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('30')
    const page = await words(response)
    expect(page).toContain('Not possible now')
    expect(page).toContain('The data directory is read-only, so nothing can be saved. Make it writable')
    expect(page).toContain('Nothing was changed.')
  })

  it('pages that only show something are shown', async () => {
    for (const path of ['/', '/time-entries', '/calls', '/employees', '/settings']) {
      expect((await admin.get(path)).status).toBe(200)
    }
  })

  it('the setup link of an employee stays, and its page tells the world nothing of the disk', async () => {
    await pragma('query_only = off')
    const link = await setupLinkFor(office, await office.hire('Ann', 'ann@example.com'))
    await pragma('query_only = on')
    const visitor = new Visitor(office)
    const pins = new URLSearchParams({ pin: '7391', pinAgain: '7391' })
    const refused = await visitor.post(link, pins)
    expect(refused.status).toBe(503)
    expect(await words(refused)).toMatch(/Nothing can be saved at this moment, and nothing was changed\. Try again/)
    await pragma('query_only = off')
    expect(await words(await visitor.post(link, pins))).toContain('You are ready')
  })
})

it('while another process holds the lock, a form says so within four seconds, and works again afterwards', async () => {
  const unlock = await lockDatabase(office.directory)
  const since = performance.now()
  const response = await addJob('Roof')
  expect(performance.now() - since).toBeLessThan(4_000)
  expect(response.status).toBe(503)
  expect(await words(response)).toContain('Another program has locked the database')
  await unlock()
  expect((await addJob('Roof')).status).toBe(303)
})

it('a damaged database is said to be, with what to do', async () => {
  await damageDatabase(office)
  const response = await admin.get('/employees')
  expect(response.status).toBe(503)
  expect(await words(response)).toContain('The database is damaged, and nothing more is read from it or written to it.')
})
