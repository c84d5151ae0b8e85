/** What monitors hear and what the page Status says, of a real database that is made to fail. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import { MINUTE } from '../../src/clock/time.js'
import type { LineStanding } from '../../src/status/pbx.js'
import { addCall, endCall } from '../../src/store/calls.js'
import { damageDatabase } from '../support/damage.js'
import { lockDatabase } from '../support/lock-holder.js'
import { LINE, type Office, openOffice, REFUSED_LINE } from './support/office.js'
import { setupLinkFor } from './support/setup-links.js'
import { signedInAdmin, words } from './support/visitor.js'

let office: Office
let line: LineStanding

beforeEach(async () => {
  line = LINE
  office = await openOffice({ line: () => line, lastBackup: async () => ({ at: Date.now() }) })
})

afterEach(() => office.close())

const ask = async () => {
  const response = await fetch(`${office.url}/healthz`)
  return Object.assign({ status: response.status }, await response.json())
}
const readOnly = (isOn: boolean) => sql.raw(`pragma query_only = ${isOn ? 'on' : 'off'}`).execute(office.db)

describe('a monitor', () => {
  it('hears 200 while calls are taken, and how each part is', async () => {
    expect(await ask()).toMatchObject({
      status: 200,
      takesCalls: true,
      parts: { PBX: 'ok', Database: 'ok', 'Kept calls': 'ok', Backup: 'ok', Mail: 'ok', 'Last call': 'attention' },
    })
  })

  it('hears at once that the PBX is not connected', async () => {
    await ask()
    line = REFUSED_LINE
    const failing = expect.arrayContaining(['PBX: password-refused'])
    expect(await ask()).toMatchObject({ status: 503, takesCalls: false, failing })
    line = LINE
    expect(await ask()).toMatchObject({ status: 200 })
  })

  it('hears that nothing can be written, and soon that it can again', async () => {
    await readOnly(true)
    expect(await ask()).toMatchObject({ status: 503, failing: expect.arrayContaining(['Database: read-only']) })
    await readOnly(false)
    await until('it takes writes', async () => (await ask()).status === 200, 5_000)
  })

  it('hears within a second that another process holds the lock', async () => {
    const unlock = await lockDatabase(office.directory)
    const since = performance.now()
    expect(await ask()).toMatchObject({ status: 503, failing: expect.arrayContaining(['Database: locked']) })
    expect(performance.now() - since).toBeLessThan(1_000)
    await unlock()
  })

  it('hears that the database is damaged', async () => {
    await damageDatabase(office)
    await office.db
      .selectFrom('employees')
      .selectAll()
      .execute()
      .catch(() => {})
    expect(await ask()).toMatchObject({ status: 503, failing: expect.arrayContaining(['Database: damaged']) })
  })

  it('hears no name, no address and no number', async () => {
    const id = await office.hire('Ann Baker', 'ann@example.com')
    await setupLinkFor(office, id)
    await office.call(id, { at: Date.now(), from: '+15550102' })
    expect(JSON.stringify(await ask())).not.toMatch(/Ann|example|1555|22\.9/)
  })

  it('that asks all the time costs no more than one that asks now and then', async () => {
    const log = join(office.directory, 'punchline.db-wal')
    await sql`pragma wal_checkpoint(truncate)`.execute(office.db)
    await Promise.all(Array.from({ length: 50 }, ask))
    expect(statSync(log).size).toBeLessThan(10_000)
  })
})

describe('the page Status', () => {
  const page = async () => words(await (await signedInAdmin(office)).get('/status'))

  it('says of each part how it is, and the versions', async () => {
    const said = await page()
    expect(said).toContain('Calls are taken.')
    expect(said).toMatch(/PBX OK Connected since .*\. The application is registered: calls are taken\./)
    expect(said).toMatch(/Database OK Takes writes\. \d+ KiB; found whole at the start, /)
    expect(said).toMatch(/Disk \w+ (Only )?[\d.]+ [MG]iB free on the disk of the data directory\./)
    expect(said).toMatch(/Mail OK No mail waits\./)
    expect(said).toMatch(/Backup OK The latest is of /)
    expect(said).toMatch(/Last call Attention Nobody has called yet\. Call the dial-in number, to hear that it works\./)
    expect(said).toMatch(/Punchline \d+\.\d+\.\d+ .*Node v\d+\..* Asterisk 22\.9\.1 SQLite 3\.\d+/)
  })

  it('says what is wrong and what to do', async () => {
    line = REFUSED_LINE
    const said = await page()
    expect(said).toContain('Calls can’t be taken: the PBX keeps them for the office.')
    expect(said).toMatch(/PBX Wrong Calls can’t be taken since .*\. Asterisk refuses the ARI user punchline/)
    expect(said).toContain('Make them those of a user in ari.conf. asterisk -rx')
  })

  it('is shown while nothing can be written, which it says', async () => {
    const admin = await signedInAdmin(office)
    await readOnly(true)
    const said = await words(await admin.get('/status'))
    expect(said).toMatch(/Database Wrong The data directory is read-only, so nothing can be saved\./)
    await readOnly(false)
  })

  it('says how many mails wait, since when, and why', async () => {
    await setupLinkFor(office, await office.hire('Ann', 'ann@example.com'))
    const queuedAt = Date.now() - 20 * MINUTE
    await sql`update mail_outbox set queued_at = ${queuedAt}, fault = 'The server is down.'`.execute(office.db)
    expect(await page()).toMatch(
      /Mail Attention One mail waits, the oldest since .* The server is down\. Each is tried/,
    )
  })

  it.each([
    ['clocked-in', 'OK', 'clocked in'],
    ['handed-back', 'Attention', 'met a fault here, and was handed back to the PBX'],
    ['cut-off', 'Attention', 'was cut off, as Punchline or the PBX stopped'],
  ] as const)('says of the latest call that it %s: %s', async (outcome, verdict, said) => {
    const id = await addCall(office.db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
    await endCall(office.db, id, outcome)
    await addCall(office.db, { channel: 'in progress', callerNumber: null, answeredAt: Date.now() })
    expect(await page()).toMatch(new RegExp(`Last call ${verdict} \\w+, .*: ${said}\\.`))
  })
})
