/** The link to the first admin, from the start that offers it: a real process without Asterisk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'

let directory: string
let file: string
let port: number
let running: ChildProcess | null
let log: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  file = join(directory, 'first-admin-link')
  port = await freePort()
  running = null
  log = ''
  writeFileSync(join(directory, 'ari-password'), 'secret\n')
})

afterEach(async () => {
  await stop()
  rmSync(directory, { recursive: true })
})

function punchline(...args: string[]): ChildProcess {
  const ari = { ARI_URL: 'http://127.0.0.1:1' }
  const env = { PATH: process.env.PATH, DATA_DIR: directory, HTTP_PORT: String(port), ...ari }
  return spawn('node', ['dist/cli.js', ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] })
}

async function start(): Promise<void> {
  const child = punchline('start')
  running = child
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', text => {
      log += text
      if (log.includes('Punchline is running')) resolve()
    })
    child.once('exit', () => reject(new Error(`Punchline did not start: ${log}`)))
  })
}

async function stop(): Promise<void> {
  if (!running || running.exitCode !== null) return
  const exited = once(running, 'exit')
  running.kill('SIGTERM')
  await exited
  running = null
  log = ''
}

async function addAdmin(): Promise<void> {
  const child = punchline('admin', 'add', 'it@example.com')
  child.stdin?.end('correct horse battery\n')
  await once(child, 'exit')
}

const link = () => readFileSync(file, 'utf8').trim()

it('a start without an admin puts the link into a file, and only the file’s name into the log', async () => {
  await start()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(link()).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/first-admin/[\\w-]{43}$`))
  expect((await fetch(link())).status).toBe(200)
  expect(log).toContain('there is no admin yet')
  expect(log).toContain(JSON.stringify(file))
  expect(log).not.toContain(link().split('/').at(-1))
})

it('the link makes the admin, and the file is gone', async () => {
  await start()
  const password = 'correct horse battery'
  const body = new URLSearchParams({ email: 'it@example.com', password, passwordAgain: password })
  const response = await fetch(link(), { method: 'POST', body, redirect: 'manual' })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/getting-started'])
  expect(existsSync(file)).toBe(false)
})

it('an admin who is added on the command line while Punchline runs ends the link', async () => {
  await start()
  await addAdmin()
  expect((await fetch(link())).status).toBe(410)
})

it('each start without an admin makes a new link, and a stop takes it away', async () => {
  await start()
  const first = link()
  await stop()
  expect(existsSync(file)).toBe(false)
  await start()
  expect(link()).not.toBe(first)
  expect((await fetch(first)).status).toBe(404)
})

it('a start with an admin removes a stale file and offers none', async () => {
  await addAdmin()
  writeFileSync(file, `http://127.0.0.1:${port}/first-admin/${'A'.repeat(43)}\n`)
  await start()
  expect(existsSync(file)).toBe(false)
  expect(log).not.toContain('no admin')
})

it('a file that can’t be written keeps no clock from starting', async () => {
  mkdirSync(file)
  await start()
  expect(log).toContain('use punchline admin add')
})
