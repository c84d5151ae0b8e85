/** A disk that fills up or is read-only, and a lock that another process holds: what is saved, and what callers hear. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addCall } from '../../src/store/calls.js'
import { punch } from '../../src/store/punches.js'
import { storeFault } from '../../src/store/store-fault.js'
import { startPbx } from '../calls/support/pbx.js'
import { startPunchline } from '../calls/support/punchline.js'
import { punchesOf } from '../calls/support/records.js'
import { mountSmallDisk, type SmallDisk } from '../calls/support/small-disk.js'
import { until } from '../calls/support/until.js'
import { lockDatabase } from '../support/lock-holder.js'
import { openWorkspace } from '../support/workspace.js'

let disk: SmallDisk

beforeEach(() => {
  disk = mountSmallDisk()
})

afterEach(() => disk.unmount())

describe('a disk that fills up while employees clock in', () => {
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
  const start = () =>
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

  it('on a read-only disk', async () => {
    const workspace = await openWorkspace(disk.directory)
    await workspace.db.destroy()
    disk.makeReadOnly(true)
    expect(await start()).toMatch(/^The database \S+ can't be used: .*The data directory is read-only.*\n$/)
    disk.makeReadOnly(false)
  })

  it('on a full one', async () => {
    const workspace = await openWorkspace(disk.directory)
    await workspace.db.destroy()
    disk.fill()
    expect(await start()).toMatch(/^The database \S+ can't be used: .*The disk of the data directory is full.*\n$/)
  })

  it('on one that has room for no more than the start itself', async () => {
    const workspace = await openWorkspace(disk.directory)
    await workspace.db.destroy()
    disk.fill(36_864)
    expect(await start()).toMatch(/^.*The disk of the data directory is full.*\n$/)
  })
})

it('callers are told and kept on the PBX while nothing can be saved; then all is taken in, without a restart', async () => {
  const pbx = await startPbx('test')
  const punchline = await startPunchline(pbx, {}, disk.directory)
  const { db, hire } = punchline.workspace
  const ann = await hire('Ann', '2468')
  const bob = await hire('Bob', '1357')

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

  disk.free()
  const next = await punchline.call({ keysAtAnswer: `${bob.phoneClockId}#1357#` })
  await next.hears('clocked-in-at', { within: 20_000 })
  await next.hangUp()
  expect(await punchesOf(punchline, ann.id)).toHaveLength(1)
  expect(
    await until('the kept call is taken in', () => db.selectFrom('unclaimed_punches').selectAll().executeTakeFirst()),
  ).toMatchObject({ keyed_id: bob.phoneClockId, has_speech: 1 })
  expect(
    await until('the name is taken in', () =>
      db.selectFrom('voice_checks').selectAll().where('has_speech', '=', 1).executeTakeFirst(),
    ),
  ).toMatchObject({ has_speech: 1 })
  await until('no recording is left on the PBX', async () => String(await pbx.ari('/recordings/stored')) === '')

  const unlock = await lockDatabase(disk.directory)
  const locked = await punchline.call()
  await locked.hears('clock-not-available', { within: 6_000 })
  await locked.hangUp()
  await unlock()
  const last = await punchline.call({ keysAtAnswer: `${ann.phoneClockId}#2468#` })
  await last.hears('to-clock-out-now-press-1', { within: 20_000 })
  await last.hangUp()

  await punchline.close()
  await pbx.stop()
})
