/** What happens to the database when the disk, its file or another process fails it. On full disks: tests/whole/. */
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addJob } from '../../src/store/jobs.js'
import { probeWriting } from '../../src/store/sqlite.js'
import { storeFault } from '../../src/store/store-fault.js'
import { damageDatabase } from '../support/damage.js'
import { lockDatabase } from '../support/lock-holder.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
})

afterEach(() => workspace.close())

const jobs = () => workspace.db.selectFrom('jobs').select('name').execute()
const add = (name: string) => addJob(workspace.db, { name, phoneCode: null }, 'test')
const faultOf = (work: Promise<unknown>) => work.then(() => 'none', storeFault)

describe('while another process holds the lock', () => {
  let unlock: () => Promise<void>

  beforeEach(async () => {
    unlock = await lockDatabase(workspace.directory)
  })

  afterEach(() => unlock())

  it('a write waits for it, and everything else of the process goes on, reads too', async () => {
    const adding = add('Roof')
    let longestGap = 0
    let last = performance.now()
    const beat = setInterval(() => {
      longestGap = Math.max(longestGap, performance.now() - last)
      last = performance.now()
    }, 5)
    for (let reads = 0; reads < 20; reads++) {
      expect(await jobs()).toEqual([])
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    await unlock()
    await adding
    clearInterval(beat)
    expect(await jobs()).toEqual([{ name: 'Roof' }])
    expect(longestGap).toBeLessThan(500)
  })

  it('a write that waits too long is refused, and leaves nothing that keeps the next one out', async () => {
    const since = performance.now()
    expect(await faultOf(Promise.all([add('Roof'), add('Yard')]))).toBe('locked')
    expect(performance.now() - since).toBeLessThan(4_500)
    await unlock()
    await add('Wall')
    expect(await jobs()).toContainEqual({ name: 'Wall' })
  })
})

describe('when there is no room', () => {
  const pageCount = async (pragma: string) => {
    const { rows } = await sql<Record<string, number>>`${sql.raw(`pragma ${pragma}`)}`.execute(workspace.db)
    return Object.values(rows[0] ?? {})[0] ?? 0
  }

  it('says so, has nothing of the transaction, and goes on once there is', async () => {
    await pageCount(`max_page_count = ${await pageCount('page_count')}`)
    const filling = async () => {
      for (let n = 0; n < 10_000; n++) await add(`Job ${n} ${'x'.repeat(90)}`)
    }
    expect(await faultOf(filling())).toBe('disk-full')
    const before = await jobs()
    expect(
      await faultOf(
        workspace.db.transaction().execute(async trx => {
          await trx.insertInto('jobs').values({ name: 'half', phone_code: null, created_at: 0 }).execute()
          for (let n = 0; n < 500; n++) {
            const name = `more ${n} ${'x'.repeat(90)}`
            await trx.insertInto('jobs').values({ name, phone_code: null, created_at: 0 }).execute()
          }
        }),
      ),
    ).toBe('disk-full')
    expect(await jobs()).toEqual(before)
    await pageCount('max_page_count = 1000000')
    await add('Roof')
    expect(await jobs()).toContainEqual({ name: 'Roof' })
  })
})

describe('a database that is damaged while it is used', () => {
  it('says so, and from then on takes nothing more, until it is opened anew', async () => {
    await add('Roof')
    await damageDatabase(workspace)
    expect(await faultOf(jobs())).toBe('damaged')
    expect(await faultOf(probeWriting(workspace.db))).toBe('damaged')
    expect(await faultOf(workspace.db.transaction().execute(async () => 1))).toBe('damaged')
  })
})

it('what has another reason is no such fault', async () => {
  await add('Roof')
  expect(storeFault(await add('Roof').catch(error => error))).toBe(null)
  expect(storeFault(new Error('disk is full'))).toBe(null)
})

it.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EROFS', 'read-only'],
  ['EIO', 'disk-failing'],
  ['ENOENT', null],
])('a file that fails with %s: %s', (code, fault) => {
  expect(storeFault(Object.assign(new Error(code), { code }))).toBe(fault)
})
