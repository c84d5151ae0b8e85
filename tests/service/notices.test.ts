/** What systemd gets to know of Punchline: a real process, and a real socket in place of systemd's. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/rig/free-port.js'
import { PunchlineProcess } from '../../scripts/rig/punchline-process.js'
import { until } from '../../scripts/rig/until.js'
import { wishesOf } from '../../src/service-manager.js'
import { keepHashing, USUAL_COST } from '../../src/store/hash-cost.js'
import { NotifySocket } from './support/notify-socket.js'

/** As short as can be told apart from chance. */
const WATCHDOG = 1_500

let directory: string
let logFile: string
let socket: NotifySocket
let pages: string
let punchline: PunchlineProcess

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  logFile = join(directory, 'log')
  writeFileSync(join(directory, 'ari-password'), 'secret\n')
  writeFileSync(logFile, '')
  // Measured on some machine: no test waits for that.
  const cores = availableParallelism()
  keepHashing(directory, { cost: USUAL_COST, atOnce: cores, cores })
  socket = await NotifySocket.open(join(directory, 'notify'))
  const port = String(await freePort())
  pages = `http://127.0.0.1:${port}/healthz`
  const { dev, ino } = statSync(logFile)
  const variables = {
    DATA_DIR: directory,
    ARI_URL: 'http://127.0.0.1:1',
    HTTP_PORT: port,
    NOTIFY_SOCKET: socket.path,
    WATCHDOG_USEC: String(WATCHDOG * 1000),
    JOURNAL_STREAM: `${dev}:${ino}`,
    // A loop without end in the event loop is what the watchdog is for.
    NODE_OPTIONS: "--import=data:text/javascript,process.on('SIGUSR2',()=>{for(;;);})",
  }
  punchline = new PunchlineProcess(variables, logFile)
})

afterEach(async () => {
  await punchline.end()
  socket.close()
  rmSync(directory, { recursive: true })
})

describe('systemd hears', () => {
  it('that Punchline is ready once its pages answer, also without the PBX, and that calls are not taken', async () => {
    punchline.start()
    await socket.hears('READY=1')
    expect((await fetch(pages)).status).toBe(503)
    await until('it says why', () => socket.heard.some(line => /^STATUS=Calls are not taken\. /.test(line)))
  })

  it('a sign of life again and again, and none any more once Punchline hangs', async () => {
    punchline.start()
    await until('signs of life', () => socket.count('WATCHDOG=1') >= 3)
    if (punchline.pid !== null) process.kill(punchline.pid, 'SIGUSR2')
    // One may be on its way.
    await sleep(WATCHDOG / 2)
    const before = socket.count('WATCHDOG=1')
    await sleep(WATCHDOG)
    expect(socket.count('WATCHDOG=1')).toBe(before)
  })

  it('that Punchline is stopping', async () => {
    punchline.start()
    await socket.hears('READY=1')
    expect(await punchline.end('SIGTERM')).toBe(0)
    await socket.hears('STOPPING=1')
    expect(socket.heard.indexOf('STOPPING=1')).toBeGreaterThan(socket.heard.indexOf('READY=1'))
  })

  it('nothing from a Punchline that could not start', async () => {
    rmSync(join(directory, 'ari-password'))
    punchline.start()
    expect(await punchline.ended()).toBe(1)
    expect(socket.heard).toEqual(['listening'])
  })
})

it('only the process that systemd started sends signs of life', () => {
  const variables = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '41' }
  expect(wishesOf(variables, 41)).toEqual({ notices: true, watchdog: 60_000 })
  expect(wishesOf(variables, 42)).toEqual({ notices: true, watchdog: null })
  expect(wishesOf({}, 41)).toEqual({ notices: false, watchdog: null })
})

it('the journal gets each line’s priority, and JSON behind it', async () => {
  punchline.start()
  const lineWith = (message: string) =>
    until(`the log has "${message}"`, () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .slice(0, -1)
        .find(line => line.includes(message)),
    )
  const running = await lineWith('Punchline is running')
  const warning = await lineWith('Asterisk is not there')
  expect([running.slice(0, 3), warning.slice(0, 3)]).toEqual(['<6>', '<4>'])
  expect(JSON.parse(running.slice(3))).toMatchObject({ level: 30, msg: 'Punchline is running' })
})
