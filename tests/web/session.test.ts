import { promisify } from 'node:util'
import session, { type SessionData } from 'express-session'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addAdmin } from '../../src/store/admins.js'
import { DatabaseSessions } from '../../src/web/accounts/session.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

const ANN: SessionData = { adminId: 1, browser: null, address: null, cookie: new session.Cookie() }

let workspace: Workspace
let sessions: DatabaseSessions

beforeEach(async () => {
  workspace = await openWorkspace()
  sessions = new DatabaseSessions(workspace.db)
  await addAdmin(workspace.db, 'ann@example.com', 'correct horse battery', 'test')
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

it('a page that is still on its way after the sign-out does not bring the session back', async () => {
  await set('a')
  await destroy('a')
  await touch('a')
  expect(await get('a')).toBeNull()
})
