/** A private Asterisk for a test file, on ports of its own, with asterisk-config/ as it is delivered. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getFromAri } from '../../../src/phone/asterisk/ari.js'
import { until } from './until.js'

export interface Pbx {
  /** Where it takes SIP calls, host:port. */
  readonly sipAddress: string
  readonly ariUrl: string
  readonly passwordFile: string
  /** What ARI gives at a path; null when that is not there, or Asterisk isn't. */
  ari(path: string): Promise<unknown>
  /** A command on its console. */
  console(command: string): string
  /** Ends it at once, as a crash does. */
  crash(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const PORTS = { sip: 15060, ari: 18088, rtpStart: 26000, rtpEnd: 27999 }

export async function startPbx(name: string, options: { mainConfig?: string } = {}): Promise<Pbx> {
  const directory = mkdtempSync(join(tmpdir(), 'punchline-pbx-'))
  const passwordFile = join(directory, 'ari-password')
  const sipAddress = `127.0.0.1:${PORTS.sip}`
  const ariUrl = `http://127.0.0.1:${PORTS.ari}`
  const env = {
    ...process.env,
    SIP_ADDRESS: sipAddress,
    ARI_PORT: String(PORTS.ari),
    RTP_START: String(PORTS.rtpStart),
    RTP_END: String(PORTS.rtpEnd),
    ARI_PASSWORD_FILE: passwordFile,
    ...(options.mainConfig !== undefined && { MAIN_CONFIG: options.mainConfig }),
  }
  let asterisk: ChildProcess | null = null

  const end = async (signal: NodeJS.Signals) => {
    if (!asterisk || asterisk.exitCode !== null || asterisk.signalCode !== null) return
    const exited = once(asterisk, 'exit')
    asterisk.kill(signal)
    await exited
  }

  const pbx: Pbx = {
    sipAddress,
    ariUrl,
    passwordFile,
    async ari(path) {
      if (!existsSync(passwordFile)) return null
      const password = readFileSync(passwordFile, 'utf8').trim()
      return getFromAri({ url: ariUrl, username: 'punchline', password, app: 'punchline' }, path).catch(() => null)
    },
    console: command => execFileSync('scripts/asterisk', ['rx', name, command], { env, encoding: 'utf8' }),
    crash: () => end('SIGKILL'),
    async start() {
      const child = spawn('scripts/asterisk', ['run', name], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      child.stdout.on('data', text => (output += text))
      child.stderr.on('data', text => (output += text))
      asterisk = child
      await until('Asterisk answers', async () => {
        if (child.exitCode !== null) throw new Error(`Asterisk did not start: ${output}`)
        return (await pbx.ari('/asterisk/ping')) !== null
      })
    },
    async stop() {
      await end('SIGTERM')
      rmSync(directory, { recursive: true })
    },
  }
  await pbx.start()
  return pbx
}
