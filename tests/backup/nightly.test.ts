/** The whole of Punchline as a process, as far as it concerns backups: no Asterisk is needed for that. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { backupName, backupNames, LABEL, lastBackup } from '../../src/backup/label.js'
import { latestAtHour } from '../../src/calendar.js'
import { DAY } from '../../src/clock/time.js'
import { readConfig } from '../../src/config.js'
import { isDue } from '../../src/nightly-backup.js'
import { type Company, openCompany } from './support/company.js'

describe('the hour of the backup', () => {
  const latest = (hour: number, now: string) =>
    new Date(latestAtHour(hour, Date.parse(now), 'America/New_York')).toISOString()

  it('is that of the company’s clocks', () => {
    expect(latest(2, '2026-11-26T08:00:00Z')).toBe('2026-11-26T07:00:00.000Z')
    expect(latest(2, '2026-11-26T06:59:59Z')).toBe('2026-11-25T07:00:00.000Z')
    expect(latest(2, '2026-07-01T06:00:00Z')).toBe('2026-07-01T06:00:00.000Z')
  })

  it('that the clocks skipped is the next', () => {
    expect(latest(2, '2026-03-08T12:00:00Z')).toBe('2026-03-08T07:00:00.000Z')
  })

  it('that the clocks showed twice is the first', () => {
    expect(latest(1, '2026-11-01T12:00:00Z')).toBe('2026-11-01T05:00:00.000Z')
  })
})

describe('a backup is due', () => {
  const due = (latest: string, now: string) => isDue(Date.parse(latest), Date.parse(now), 2, 'America/New_York')

  it('each night, once', () => {
    expect(due('2026-11-25T07:00:05Z', '2026-11-26T06:59:59Z')).toBe(false)
    expect(due('2026-11-25T07:00:05Z', '2026-11-26T07:00:00Z')).toBe(true)
    expect(due('2026-11-26T07:00:05Z', '2026-11-26T07:01:05Z')).toBe(false)
  })

  it('after a night in which the machine was off', () => {
    expect(due('2026-11-25T07:00:05Z', '2026-11-26T14:00:00Z')).toBe(true)
  })

  it('also in the night in which the clocks go forward or back', () => {
    expect(due('2026-03-07T07:00:05Z', '2026-03-08T07:00:00Z')).toBe(true)
    expect(due('2026-10-31T06:00:05Z', '2026-11-01T07:00:00Z')).toBe(true)
  })

  it('never, where IT has switched it off', () => {
    expect(readConfig({ BACKUP_HOUR: 'off' }).backup.hour).toBeNull()
    expect(readConfig({}).backup.hour).toBe(2)
  })
})

describe('Punchline, when it runs', () => {
  let company: Company

  beforeEach(async () => {
    company = await openCompany()
    writeFileSync(join(company.workspace.directory, 'ari-password'), 'secret\n')
  })

  afterEach(() => company.close())

  async function running(variables: Record<string, string>, meanwhile: (log: () => string) => Promise<void>) {
    const env = {
      PATH: process.env.PATH,
      DATA_DIR: company.workspace.directory,
      BACKUP_DIR: company.backups,
      ARI_URL: 'http://127.0.0.1:1',
      HTTP_PORT: String(await freePort()),
      ...variables,
    }
    const punchline = spawn('node', ['dist/cli.js', 'start'], { env })
    let log = ''
    punchline.stdout.on('data', text => (log += text))
    try {
      await meanwhile(() => log)
    } finally {
      punchline.kill('SIGTERM')
      const [exit] = await once(punchline, 'close')
      expect([exit, log]).toEqual([0, expect.stringContaining('Punchline has stopped')])
    }
  }

  /** Backs up, as if two days ago. */
  async function backedUpBefore(): Promise<void> {
    const { place, at } = await company.backUp()
    const before = at - 2 * DAY
    const label = JSON.parse(readFileSync(join(place, LABEL), 'utf8'))
    writeFileSync(join(place, LABEL), JSON.stringify({ ...label, at: new Date(before).toISOString() }))
    renameSync(place, join(company.backups, backupName(before)))
  }

  it('makes the backup of a night that it missed, and keeps as many as it was told', async () => {
    await backedUpBefore()
    await running({ BACKUP_KEEP: '1' }, async log => {
      await expect.poll(log, { timeout: 20_000 }).toMatch(/is whole: the database and 0 recordings/)
    })
    expect(await backupNames(company.backups)).toHaveLength(1)
    expect(Date.now() - ((await lastBackup(company.backups))?.at ?? 0)).toBeLessThan(60_000)
  })

  it('says so when a backup fails', async () => {
    await backedUpBefore()
    writeFileSync(join(company.workspace.directory, 'recordings'), 'not a folder')
    const row = {
      call_id: await company.callOnly(),
      at: 0,
      duration_ms: 0,
      has_speech: 0,
      recording: 'a/b.wav',
    } as const
    await company.db.insertInto('unclaimed_punches').values(row).execute()
    await running({}, log =>
      expect.poll(log, { timeout: 20_000 }).toMatch(/No backup was made in .*tried again in an hour/),
    )
  })
})
