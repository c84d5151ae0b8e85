import { promisify } from 'node:util'
import session, { type SessionData } from 'express-session'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DAY, MINUTE } from '../../src/clock/time.js'
import { addAdmin } from '../../src/store/admins.js'
import { removeExpiredSessions } from '../../src/store/sessions.js'
import { DatabaseSessions } from '../../src/web/accounts/session.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const ANN: SessionData = {
  adminId: 1,
  browser: null,
  address: null,
  awaitsCode: false,
  throughProvider: false,
  cookie: new session.Cookie(),
}

let workspace: Workspace
let sessions: DatabaseSessions

beforeEach(async () => {
  workspace = await openWorkspace()
  sessions = new DatabaseSessions(workspace.db)
  await addAdmin(workspace.db, { email: 'ann@example.com', password: 'correct horse battery', role: 'owner' }, 'test')
})

afterEach(() => workspace.close())

const get = (id: string) => promisify(sessions.get.bind(sessions))(id)
const set = (id: string) => promisify(sessions.set.bind(sessions))(id, ANN)
const touch = (id: string) => promisify(sessions.touch.bind(sessions))(id, ANN)
const destroy = (id: string) => promisify(sessions.destroy.bind(sessions))(id)
const expiry = () => workspace.db.selectFrom('sessions').select('expires_at').executeTakeFirstOrThrow()

it('a page extends its session', async () => {
  await set('a')
  await workspace.db
    .updateTable('sessions')
    .set({ expires_at: Date.now() + 1000 })
    .execute()
  await touch('a')
  expect((await expiry()).expires_at).toBeGreaterThan(Date.now() + 1000)
  expect(await get('a')).toMatchObject({ adminId: 1 })
})

it('a session ends seven days after its sign-in, however much it is used', async () => {
  await set('a')
  const signedInAt = async (at: number) => {
    await workspace.db
      .updateTable('sessions')
      .set({ expires_at: Date.now() + 1000 })
      .execute()
    await sql`update sessions set signed_in_at = ${at}`.execute(workspace.db)
  }
  await signedInAt(Date.now() - 7 * DAY + MINUTE)
  await touch('a')
  expect(await get('a')).toMatchObject({ adminId: 1 })
  await signedInAt(Date.now() - 7 * DAY)
  await touch('a')
  expect(await get('a')).toBeNull()
  await removeExpiredSessions(workspace.db)
  expect(await workspace.db.selectFrom('sessions').selectAll().execute()).toEqual([])
})

it('a page that is still on its way after the sign-out does not bring the session back', async () => {
  await set('a')
  await destroy('a')
  await touch('a')
  expect(await get('a')).toBeNull()
})
