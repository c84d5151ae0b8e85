/** The unit, as systemd itself reads and rates it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandFor, unitFor } from '../../src/service/unit.js'

const delivered = readFileSync('service/punchline.service', 'utf8')
const run = promisify(execFile)

let directory: string
let unit: string
let command: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  unit = join(directory, 'punchline.service')
  command = join(directory, 'punchline')
  writeFileSync(command, commandFor(resolve('dist/cli.js'), readFileSync('service/punchline', 'utf8')), { mode: 0o755 })
  writeFileSync(unit, unitFor(command, delivered))
})

afterAll(() => rmSync(directory, { recursive: true }))

describe('the unit', () => {
  it('is flawless to systemd', async () => {
    const { stdout, stderr } = await run('systemd-analyze', ['verify', unit])
    expect(stdout + stderr).toBe('')
  })

  it('exposes no more than 2.0 of 10', async () => {
    const { stdout } = await run('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=20',
      '--no-pager',
      unit,
    ])
    const [, exposure] = /Overall exposure level for punchline\.service: ([\d.]+)/.exec(stdout) ?? []
    expect(Number(exposure)).toBeLessThanOrEqual(2)
  })

  it('leaves calls in progress the time that they have, and more', () => {
    expect(delivered).toMatch(/^TimeoutStopSec=90$/m)
  })

  it('of a checkout differs in the command alone', () => {
    const differing = unitFor('/usr/local/bin/punchline', delivered)
      .split('\n')
      .filter((line, i) => line !== delivered.split('\n')[i])
    expect(differing).toEqual(['ExecStart=/usr/local/bin/punchline start'])
  })
})

describe('the command beside it', () => {
  const env = (variables: object = {}) => ({ env: { PATH: process.env.PATH, TIME_ZONE: 'UTC', ...variables } })

  it('works with the settings and secrets of the service', async () => {
    const settings = join(directory, 'settings')
    writeFileSync(settings, 'ARI_URL=http://127.0.0.1:1\nDATA_DIR=/nowhere\n')
    writeFileSync(join(directory, 'ari-password'), `${'0f'.repeat(32)}\n`, { mode: 0o600 })
    const variables = { DATA_DIR: directory, SETTINGS_FILE: settings, CREDENTIALS_DIRECTORY: directory }
    const { stdout } = await run(command, ['doctor', '--only', 'ARI password'], env(variables))
    expect(stdout).toBe(`ok     ARI password long, and only its owner can read ${directory}/ari-password\n`)
    await run(command, ['jobs', 'add', 'Roof'], env(variables))
    expect(readFileSync(join(directory, 'punchline.db')).length).toBeGreaterThan(0)
  })

  it('starts a program in a folder with any name', () => {
    expect(commandFor("/opt/it's here/cli.js", 'exec /usr/lib/punchline/dist/cli.js "$@"')).toBe(
      `exec '/opt/it'\\''s here/cli.js' "$@"`,
    )
  })
})
