/** A backup while calls run, restored elsewhere, and called there. */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { until } from '../../scripts/rig/until.js'
import { lastBackup } from '../../src/backup/label.js'
import { openDatabase } from '../../src/store/database.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { startInstallation } from './support/installation.js'
import { type Punchline, startPunchline } from './support/punchline.js'

const { pbx, punchline } = await startInstallation()
const elsewhere = mkdtempSync(join(tmpdir(), 'punchline-restored-'))

afterAll(() => rmSync(elsewhere, { recursive: true }))

const CALLERS = 4
const PIN = '246813'
const KEYS = ['pin.key', 'link.key', 'totp.key', 'session.key']

const { directory, db, hire } = punchline.workspace
const restored = join(elsewhere, 'data')
const entries = () => listTimeEntries(db, {})

/** The `punchline` command, on a data directory. */
const command = async (dataDirectory: string, ...args: string[]) => {
  const env = { PATH: process.env.PATH, DATA_DIR: dataDirectory, TIME_ZONE: 'UTC' }
  return (await promisify(execFile)('node', ['dist/cli.js', ...args], { env })).stdout
}

async function clocksInWithName(phoneClockId: string): Promise<void> {
  const call = await punchline.call({ keysAtAnswer: `${phoneClockId}#${PIN}#` })
  await call.hears('tone', { part: 'end', within: 20_000 })
  await call.speak(1_200)
  await call.press('#')
  await call.ended
  await until('the voice check is kept', async () => (await entries())[0]?.clockInVoice)
}

async function clocksIn(phoneClockId: string, at: Punchline): Promise<void> {
  const call = await at.call({ keysAtAnswer: `${phoneClockId}#${PIN}#` })
  await call.hears('clocked-in-at', { within: 20_000 })
  await call.hangUp()
}

it('calls go on while it is backed up; what is restored has their punches and voices, and takes the next call', async () => {
  const early = await hire('Early', PIN)
  const late = await hire('Late', PIN)
  await clocksInWithName(early.phoneClockId)

  const callers = await Promise.all(Array.from({ length: CALLERS }, (_, n) => hire(`Caller ${n}`, PIN)))
  let areCalling = true
  const calling = Promise.all(callers.map(({ phoneClockId }) => clocksIn(phoneClockId, punchline))).finally(() => {
    areCalling = false
  })
  const backingUp = async () => {
    while (areCalling) expect(await command(directory, 'backup')).toContain('is whole')
  }
  await Promise.all([calling, backingUp()])
  await command(directory, 'backup')
  await punchline.stop()

  const backup = await lastBackup(join(directory, 'backups'))
  expect(await command(restored, 'restore', backup?.place ?? '')).toContain('pin.key: without it no PIN works')
  await expect(command(restored, 'employees', 'list')).rejects.toThrow(/PINs were made with another key/)
  for (const key of KEYS) copyFileSync(join(directory, key), join(restored, key))

  const again = await startPunchline(pbx, { DATA_DIR: restored })
  const there = await openDatabase(restored)
  try {
    const found = await listTimeEntries(there, {})
    expect(found).toEqual(await entries())
    expect(found).toHaveLength(1 + CALLERS)
    const voice = found.find(({ employee }) => employee === 'Early')?.clockInVoice
    expect(existsSync(join(restored, 'recordings', voice?.recording ?? 'none'))).toBe(true)
    await clocksIn(late.phoneClockId, again)
    expect(await listTimeEntries(there, {})).toHaveLength(2 + CALLERS)
  } finally {
    await there.destroy()
    await again.close()
  }
})
