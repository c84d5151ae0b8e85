import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchChanges } from '../../src/store/changes.js'
import { addEmployee } from '../../src/store/employees.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace
let told: number
let stop: () => void

beforeEach(async () => {
  workspace = await openWorkspace()
  told = 0
  stop = watchChanges(workspace.db, () => told++)
  // The watch begins with one, for what changed just before.
  await vi.waitFor(() => expect(told).toBe(1))
})

afterEach(async () => {
  stop()
  await workspace.close()
})

it('tells of a write of this process within half a second', async () => {
  await addEmployee(workspace.db, { name: 'Ann Smith', email: null }, 'test')
  await vi.waitFor(() => expect(told).toBe(2), { timeout: 500 })
})

it('tells of a write of another process', async () => {
  const other = new SQLite(join(workspace.directory, 'punchline.db'))
  other.prepare("insert into settings (name, value) values ('callDays', '30')").run()
  other.close()
  await vi.waitFor(() => expect(told).toBe(2), { timeout: 500 })
})

it('tells nothing while nothing changes, and each who watches when it does', async () => {
  let others = 0
  const stopOther = watchChanges(workspace.db, () => others++)
  await new Promise(resolve => setTimeout(resolve, 500))
  expect(told).toBe(1)
  await addEmployee(workspace.db, { name: 'Ann Smith', email: null }, 'test')
  await vi.waitFor(() => expect([told, others]).toEqual([2, 1]))
  stopOther()
})

it('tells nothing to one who has stopped', async () => {
  const other = vi.fn()
  watchChanges(workspace.db, other)()
  await addEmployee(workspace.db, { name: 'Ann Smith', email: null }, 'test')
  await vi.waitFor(() => expect(told).toBe(2))
  expect(other).not.toHaveBeenCalled()
})

it('goes on after a look that failed', async () => {
  const failing = vi.spyOn(workspace.db, 'getExecutor').mockImplementation(() => {
    throw new Error('the disk is gone')
  })
  await vi.waitFor(() => expect(failing).toHaveBeenCalled())
  failing.mockRestore()
  await addEmployee(workspace.db, { name: 'Ann Smith', email: null }, 'test')
  await vi.waitFor(() => expect(told).toBe(2))
})
