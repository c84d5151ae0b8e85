import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lastBackup } from '../../src/backup/label.js'
import { openCompany } from './support/company.js'

it('a backup that is killed is none, and the next one clears what it left', async () => {
  const company = await openCompany()
  const { directory } = company.workspace
  const { place } = await company.backUp()
  const recording = join(directory, 'recordings', await company.clock())
  // Who reads it waits for ever.
  rmSync(recording)
  execFileSync('mkfifo', [recording])
  const env = { PATH: process.env.PATH, DATA_DIR: directory }
  const killed = spawn('node', ['dist/cli.js', 'backup', company.backups], { env })
  await expect.poll(() => existsSync(join(company.backups, 'unfinished/punchline.db')), { timeout: 20_000 }).toBe(true)
  killed.kill('SIGKILL')
  await once(killed, 'close')
  expect(await lastBackup(company.backups)).toMatchObject({ place })

  rmSync(recording)
  writeFileSync(recording, 'a name')
  expect(await company.backUp()).toMatchObject({ recordings: 1, lost: [] })
  expect(readdirSync(company.backups)).toHaveLength(3)
  await company.close()
})
