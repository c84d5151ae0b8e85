/** A full or read-only disk, a locked and a damaged database: what is saved, what callers hear, what monitors are told. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Pbx, startPbx } from '../../scripts/rig/pbx.js'
import { until } from '../../scripts/rig/until.js'
import { addCall } from '../../src/store/calls.js'
import { punch } from '../../src/store/punches.js'
import { probeWriting } from '../../src/store/sqlite.js'
import { storeFault } from '../../src/store/store-fault.js'
import { type Punchline, startPunchline } from '../calls/support/punchline.js'
import { punchesOf } from '../calls/support/records.js'
import { mountSmallDisk, type SmallDisk } from '../calls/support/small-disk.js'
import { damageDatabase } from '../support/damage.js'
import { lockDatabase } from '../support/lock-holder.js'
import { openWorkspace } from '../support/workspace.js'

/** What `punchline start` says on a disk. */
const start = (disk: SmallDisk) =>
  promisify(execFile)('node', ['dist/cli.js', 'start'], {
    env: {
      PATH: process.env.PATH,
      DATA_DIR: disk.directory,
      HTTP_PORT: '1',
      TIME_ZONE: 'UTC',
      ARI_PASSWORD_FILE: join(disk.directory, 'pin.key'),
    },
  }).then(
    () => 'started',
    ({ stderr }) => stderr,
  )

describe('a disk that fills up while employees clock in', () => {
  let disk: SmallDisk

  beforeEach(() => {
    disk = mountSmallDisk()
  })

  afterEach(() => disk.unmount())

  it.each([0, 4_096, 20_480, 65_536])(
    'with room for %i bytes: what was confirmed is there, what failed is not',
    async room => {
      const { db, hire, close } = await openWorkspace(disk.directory)
      const { id: employeeId } = await hire('Ann', '2468')
      const clock = async () => {
        const callId = await addCall(db, { channel: 'test', callerNumber: null, answeredAt: Date.now() })
        return punch(db, { callId, employeeId, answeredAt: Date.now(), secondPunchConfirmed: true, jobId: null })
      }
      await clock()
      await sql`pragma wal_checkpoint(truncate)`.execute(db)
      disk.fill(room)
      let confirmed = 1
      const fault = await (async () => {
        for (;;) {
          await clock()
          confirmed += 1
        }
      })().catch(storeFault)
      expect(fault).toBe('disk-full')
      const punches = () =>
        db
          .selectFrom('punches')
          .select(eb => eb.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      expect(await punches()).toEqual({ n: confirmed })

      disk.free()
      await clock()
      expect(await punches()).toEqual({ n: confirmed + 1 })
      const check = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db)
      expect(check.rows).toEqual([{ integrity_check: 'ok' }])
      await close()
    },
  )
})

describe('Punchline does not start, and says in one sentence why,', () => {
  let disk: SmallDisk

  beforeEach(() => {
    disk = mountSmallDisk()
  })

  afterEach(() => disk.unmount())

  it('on a read-only disk', async () => {
    const workspace = await openWorkspace(disk.directory)
    await workspace.db.destroy()
    disk.makeReadOnly(true)
    expect(await start(disk)).toMatch(/^The database \S+ can't be used: .*The data directory is read-only.*\n$/)
    disk.makeReadOnly(false)
  })

  it('on a full one', async () => {
    const workspace = await openWorkspace(disk.directory)
    await workspace.db.destroy()
    disk.fill()
    expect(await start(disk)).toMatch(/^The database \S+ can't be used: .*The disk of the data directory is full.*\n$/)
  })

  it('on one that has room for no more than the start itself', async () => {
    const workspace = await openWorkspace(disk.directory)
    await workspace.db.destroy()
    disk.fill(36_864)
    expect(await start(disk)).toMatch(/^.*The disk of the data directory is full.*\n$/)
  })
})

const Health = z.object({ failing: z.array(z.string()) })

/** A trouble ends with the test that makes it, but for the last one. */
describe('a caller', () => {
  let disk: SmallDisk
  let pbx: Pbx
  let punchline: Punchline
  let ann: { id: number; phoneClockId: string }
  let bob: { id: number; phoneClockId: string }

  beforeAll(async () => {
    disk = mountSmallDisk()
    pbx = await startPbx('test')
    punchline = await startPunchline(pbx, {}, disk.directory)
    ann = await punchline.workspace.hire('Ann', '2468')
    bob = await punchline.workspace.hire('Bob', '1357')
  })

  afterAll(async () => {
    await punchline?.close()
    await pbx?.stop()
    disk.unmount()
  })

  const failing = async () => {
    const response = await fetch(`${punchline.url}/healthz`)
    return Health.parse(await response.json()).failing.find(part => part.startsWith('Database'))
  }

  it('is told and kept on the PBX while the disk is full; then all is taken in, without a restart', async () => {
    const { db } = punchline.workspace
    const early = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#` })
    await early.hears('tone', { part: 'start', within: 20_000 })
    await sql`pragma wal_checkpoint(truncate)`.execute(db)
    disk.fill()
    await early.speak(1_000)
    await early.press('#')
    await early.hears('thank-you-goodbye')

    const late = await punchline.call({ from: '+15550177' })
    await late.hears('clock-not-available')
    await late.hears('enter-phone-clock-id', { part: 'end' })
    await late.press(`${bob.phoneClockId}#`)
    await late.hears('tone', { part: 'end', within: 20_000 })
    await late.speak(1_000)
    await late.press('#')
    await late.hears('call-kept')
    await late.ended
    expect(await punchesOf(punchline, bob.id)).toEqual([])
    expect(await failing()).toBe('Database: disk-full')

    disk.free()
    const next = await punchline.call({ keysAtAnswer: `${bob.phoneClockId}#1357#` })
    await next.hears('clocked-in-at', { within: 20_000 })
    await next.hangUp()
    expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
    expect(
      await until('the kept call is taken in', () => db.selectFrom('unclaimed_punches').selectAll().executeTakeFirst()),
    ).toMatchObject({ keyed_id: bob.phoneClockId, has_speech: 1 })
    await until('the name that was said on the full disk is taken in', () =>
      db.selectFrom('voice_checks').selectAll().where('has_speech', '=', 1).executeTakeFirst(),
    )
    await until('no recording is left on the PBX', async () => String(await pbx.ari('/recordings/stored')) === '')
    expect(await failing()).toBe(undefined)
  })

  it('is told so within seconds while another process holds the lock', async () => {
    const unlock = await lockDatabase(disk.directory)
    const locked = await punchline.call()
    await locked.hears('clock-not-available', { within: 6_000 })
    await locked.hangUp()
    expect(await failing()).toBe('Database: locked')
    await unlock()
    const next = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#` })
    await next.hears('to-clock-out-now-press-1', { within: 20_000 })
    await next.hangUp()
  })

  it('is told so once the database is damaged, and Punchline does not start on it again', async () => {
    await damageDatabase(punchline.workspace)
    // A commit of another process: what Punchline remembers of the file counts no more.
    await probeWriting(punchline.workspace.db)
    const call = await punchline.call()
    await call.hears('clock-not-available', { within: 6_000 })
    await call.hangUp()
    expect(await failing()).toBe('Database: damaged')
    await punchline.stop()
    expect(await start(disk)).toMatch(/^The database \S+ can't be used: .*damaged.*restore.*\n$/)
  })
})
