/** Somebody who can write to the database changes the audit, and is found out. */
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { latestHash, verifyChain } from '../../src/store/audit-chain.js'
import { audit } from '../../src/store/audit-events.js'
import { addEmployee, deactivateEmployee } from '../../src/store/employees.js'
import { comingFrom } from '../../src/store/origin.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
  const ann = await workspace.hire('Ann', '2468')
  await deactivateEmployee(workspace.db, ann.id, 'office@example.com')
})

afterEach(() => workspace.close())

const verify = (noted: string | null = null) => verifyChain(workspace.db, noted)

/** What somebody does who has the file, triggers or not. */
async function tamper(statement: string): Promise<void> {
  for (const verb of ['update', 'delete']) await sql.raw(`drop trigger audit_events_no_${verb}`).execute(workspace.db)
  await sql.raw(statement).execute(workspace.db)
}

it('an audit that nobody touched is whole, and tells the hash of its latest event', async () => {
  expect(await verify()).toEqual({ kind: 'whole', events: 5, latestHash: await latestHash(workspace.db) })
})

it('an event can be neither changed nor removed through the database', async () => {
  for (const statement of ["update audit_events set actor = 'nobody'", 'delete from audit_events']) {
    await expect(sql.raw(statement).execute(workspace.db)).rejects.toThrow('audit_events is append-only')
  }
})

it.each(['actor', 'action', 'detail', 'address'])('an event whose %s was changed is found', async column => {
  await tamper(`update audit_events set ${column} = 'something else' where id = 2`)
  expect(await verify()).toMatchObject({ kind: 'broken', id: 2 })
})

it.each(['at', 'employee_id'])('an event whose %s was changed is found', async column => {
  await addEmployee(workspace.db, { name: 'Ben', email: null }, 'test')
  await tamper(`update audit_events set ${column} = 2 where id = 3`)
  expect(await verify()).toMatchObject({ kind: 'broken', id: 3 })
})

it('an event that was taken out is found by the one after it', async () => {
  await tamper('delete from audit_events where id = 3')
  expect(await verify()).toMatchObject({ kind: 'broken', id: 4 })
})

it('events that were exchanged are found', async () => {
  await tamper(`update audit_events set id = case id when 3 then -1 else 3 end where id in (3, 4)`)
  expect((await verify()).kind).toBe('broken')
})

it('latest events that were cut off are found', async () => {
  await tamper('delete from audit_events where id > 3')
  expect(await verify()).toEqual({ kind: 'cut off', events: 3 })
})

it('an audit that was written anew, with hashes that fit, is found by a hash that was noted before', async () => {
  const noted = await latestHash(workspace.db)
  await audit(workspace.db, { actor: 'test', action: 'setting changed' })
  expect((await verify(noted)).kind).toBe('whole')
  await tamper('delete from audit_events')
  for (let i = 0; i < 6; i++) await audit(workspace.db, { actor: 'test', action: 'setting changed' })
  expect((await verify()).kind).toBe('whole')
  expect(await verify(noted)).toEqual({ kind: 'not included', events: 6 })
})

it('events of many at once are one chain', async () => {
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      comingFrom(`203.0.113.${i}`, () => addEmployee(workspace.db, { name: `Employee ${i}`, email: null }, 'test')),
    ),
  )
  expect(await verify()).toMatchObject({ kind: 'whole', events: 25 })
  const rows = await workspace.db.selectFrom('audit_events').select('address').orderBy('id').execute()
  expect(new Set(rows.slice(5).map(row => row.address)).size).toBe(20)
})
