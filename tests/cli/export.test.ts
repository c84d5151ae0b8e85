/** `punchline export` as payroll uses it: a real process, a real data directory. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addEmployee } from '../../src/store/employees.js'
import { addEntry, at } from '../export/support/payroll.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let workspace: Workspace
let ann: number
let out: string

beforeEach(async () => {
  workspace = await openWorkspace()
  ann = await addEmployee(workspace.db, { name: 'Zoë Baker', email: null }, 'test')
  await addEntry(workspace.db, {
    employee_id: ann,
    clock_in_at: at('2026-11-10T22:00'),
    clock_out_at: at('2026-11-11T06:00'),
  })
  out = join(workspace.directory, 'out')
  mkdirSync(out)
})

afterEach(() => workspace.close())

const variables = () => ({ PATH: process.env.PATH, TIME_ZONE: 'America/New_York', DATA_DIR: workspace.directory })

async function run(command: string, args: string[]): Promise<{ stdout: string; stderr: string; exit: unknown }> {
  try {
    return { ...(await promisify(execFile)(command, args, { env: variables() })), exit: 0 }
  } catch (error) {
    const { stdout, stderr, code } = Object(error)
    return { stdout, stderr, exit: code }
  }
}

const RANGE = ['--from', '2026-11-01', '--to', '2026-11-15']
const exporting = (kind: string, ...args: string[]) => run('node', ['dist/cli.js', 'export', kind, ...RANGE, ...args])

it.each([
  ['entries', ['2026-11-10T22:00:00-05:00']],
  ['employee-days', ['2026-11-10', '2026-11-11']],
])('%s go to standard output, without a byte order mark', async (kind, expected) => {
  const { stdout, stderr, exit } = await exporting(kind)
  const rows: Record<string, string>[] = parse(stdout, { columns: true })
  expect(rows.map(row => row['clock-in'] ?? row.date)).toEqual(expected)
  expect([stdout.charCodeAt(0) === 0xfeff, stderr, exit]).toEqual([false, '', 0])
})

it('--bom begins the file with a byte order mark', async () => {
  expect((await exporting('entries', '--bom')).stdout.charCodeAt(0)).toBe(0xfeff)
})

it('--output writes a file that only its owner reads, and leaves nothing else', async () => {
  const file = join(out, 'november.csv')
  expect(await exporting('entries', '--output', file)).toEqual({ stdout: '', stderr: '', exit: 0 })
  expect(readFileSync(file, 'utf8')).toContain('Zoë Baker')
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
  expect(readdirSync(out)).toEqual(['november.csv'])
})

it('a folder that is not there is a sentence', async () => {
  const { stderr, exit } = await exporting('entries', '--output', join(out, 'none', 'november.csv'))
  expect([stderr, exit]).toEqual([expect.stringMatching(/none\/november\.csv can't be written: .*\n$/), 1])
})

it('a reader that stops early, as head does, is no fault', async () => {
  const many = Array.from({ length: 900 }, (_, i) => ({
    employee_id: ann,
    state: 'closed' as const,
    clock_in_at: at('2026-11-10T08:00') + i,
    clock_out_at: at('2026-11-10T09:00'),
  }))
  for (let lot = 0; lot < 10; lot++) await workspace.db.insertInto('time_entries').values(many).execute()
  const command = `set -o pipefail; node dist/cli.js export entries ${RANGE.join(' ')} | head -1`
  const { stdout, stderr, exit } = await run('bash', ['--norc', '-c', command])
  expect([stdout, stderr, exit]).toEqual([expect.stringMatching(/^entry,/), '', 0])
})

it('--employee is one of them alone, also one who has left', async () => {
  const ben = await addEmployee(workspace.db, { name: 'Ben', email: null }, 'test')
  await workspace.db.updateTable('employees').set({ active: 0 }).execute()
  expect((await exporting('entries', '--employee', String(ann))).stdout.split('\r\n')).toHaveLength(3)
  expect((await exporting('entries', '--employee', String(ben))).stdout.split('\r\n')).toHaveLength(2)
})

it.each([
  ['a day that is none', ['--from', '2026-02-30', '--to', '2026-03-01'], '"2026-02-30" is not a day.'],
  [
    'days that are swapped',
    ['--from', '2026-11-15', '--to', '2026-11-01'],
    'The first day, 2026-11-15, is after the last',
  ],
  ['an unknown employee', [...RANGE, '--employee', 'Ann'], 'There is no employee Ann.'],
])('%s: a sentence, and nothing written', async (_what, args, sentence) => {
  const { stdout, stderr, exit } = await run('node', ['dist/cli.js', 'export', 'entries', ...args])
  expect([stdout, stderr, exit]).toEqual(['', expect.stringContaining(sentence), 1])
})
