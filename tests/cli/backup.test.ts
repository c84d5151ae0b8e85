/** `punchline backup` and `punchline restore` as IT uses them. */
import { execFile } from 'node:child_process'
import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Company, openCompany } from '../backup/support/company.js'

let company: Company

beforeEach(async () => {
  company = await openCompany()
  await company.clock()
})

afterEach(() => company.close())

/** What the command prints; rejects with what it prints of errors. */
async function punchline(directory: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, DATA_DIR: directory }
  return (await promisify(execFile)('node', ['dist/cli.js', ...args], { env })).stdout
}

async function backUp(...options: string[]): Promise<string> {
  const said = await punchline(company.workspace.directory, 'backup', company.backups, ...options)
  const [, place] = /^(\S+) is whole: the database and 1 recordings, \d+ bytes\.\n$/.exec(said) ?? []
  return place ?? said
}

it('a backup is a directory in the one that is named, or in that of the configuration', async () => {
  expect(await backUp()).toMatch(/backups\/punchline-\S+Z$/)
  await punchline(company.workspace.directory, 'backup')
  expect(readdirSync(join(company.workspace.directory, 'backups'))).toHaveLength(2)
})

it('a recording that is lost is named', async () => {
  const recording = await company.clock()
  rmSync(join(company.workspace.directory, 'recordings', recording))
  const env = { PATH: process.env.PATH, DATA_DIR: company.workspace.directory }
  const { stderr } = await promisify(execFile)('node', ['dist/cli.js', 'backup', company.backups], { env })
  expect(stderr).toBe(`The recording ${recording} was not there to be copied.\n`)
})

describe('a restored one', () => {
  it('names the keys that it needs; with them all goes on', async () => {
    const said = await punchline(company.elsewhere, 'restore', await backUp())
    expect(said.match(/\w+\.key(?=:)/g)).toEqual(['pin.key', 'link.key', 'totp.key', 'session.key'])
    copyFileSync(join(company.workspace.directory, 'pin.key'), join(company.elsewhere, 'pin.key'))
    expect(await punchline(company.elsewhere, 'employees', 'list')).toMatch(/Ann .* Ready\n/)
  })

  it('is refused without the key of its PINs', async () => {
    await punchline(company.elsewhere, 'restore', await backUp())
    await expect(punchline(company.elsewhere, 'employees', 'list')).rejects.toThrow(/made with another key/)
  })

  it('goes on without PINs where their key is lost: IDs stay', async () => {
    const said = await punchline(company.elsewhere, 'restore', await backUp(), '--without-pins')
    expect(said).toContain('1 PINs were ended.')
    expect(said).not.toContain('pin.key')
    const [employee] = JSON.parse(await punchline(company.elsewhere, 'employees', 'list', '--json'))
    const { phone_clock_id } = await company.db.selectFrom('phone_clock_ids').selectAll().executeTakeFirstOrThrow()
    expect(employee).toMatchObject({ status: 'Not set up', phoneClockId: phone_clock_id })
  })

  it('has its keys where they were asked for', async () => {
    await punchline(company.elsewhere, 'restore', await backUp('--with-keys'))
    expect(await punchline(company.elsewhere, 'employees', 'list')).toMatch(/Ann .* Ready\n/)
  })
})
