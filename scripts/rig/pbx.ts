/** A private Asterisk for one test file or run, on ports of its own, with asterisk-config/ as it is delivered. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getFromAri } from '../../src/phone/asterisk/ari.js'
import { until } from './until.js'

export interface Pbx {
  /** Where it takes SIP calls, host:port. */
  readonly sipAddress: string
  readonly ariUrl: string
  /** The ports on which it speaks and listens. */
  readonly rtpPorts: { readonly first: number; readonly last: number }
  readonly passwordFile: string
  /** Where it keeps its files. */
  readonly directory: string
  /** Its process; null while it is down. */
  readonly pid: number | null
  /** What ARI gives at a path; null when that is not there, or Asterisk isn't. */
  ari(path: string): Promise<unknown>
  /** A command on its console. */
  console(command: string): string
  /** Calls an extension of its own dialplan, such as 900@elsewhere, and connects it with another. */
  originate(extension: string, other: string): Promise<void>
  /** Ends it at once, as a crash does. */
  crash(): Promise<void>
  /** Ends it as IT does. */
  shutDown(): Promise<void>
  start(): Promise<void>
  /** Shuts it down and removes its files. */
  stop(): Promise<void>
}

export interface PbxOptions {
  /** The files that include asterisk-config/. */
  mainConfig?: string
  /** A company's own recordings. */
  companySounds?: string
  /** The address that the provider's calls come from. */
  trunk?: string
  /** How far its ports lie above those of the first PBX; 2000 is clear of them. */
  portsAbove?: number
}

/** Each of the workers that run tests side by side has ports of its own; set PBX_PORT_BASE to run others beside them. */
const PORTS_OF_A_WORKER = 4_000
export const PORT_BASE =
  Number(process.env.PBX_PORT_BASE ?? 15_000) + (Number(process.env.VITEST_POOL_ID ?? 1) - 1) * PORTS_OF_A_WORKER

export async function startPbx(
  role: string,
  { mainConfig, companySounds, trunk, portsAbove = 0 }: PbxOptions = {},
): Promise<Pbx> {
  const base = PORT_BASE + portsAbove
  const name = `${role}-${base}`
  const ariPort = base + 3088
  const directory = mkdtempSync(join(tmpdir(), 'punchline-pbx-'))
  const passwordFile = join(directory, 'ari-password')
  const sipAddress = `127.0.0.1:${base + 60}`
  const rtpPorts = { first: base + 11_000, last: base + 12_999 }
  const ariUrl = `http://127.0.0.1:${ariPort}`
  const env = {
    ...process.env,
    SIP_ADDRESS: sipAddress,
    ARI_PORT: String(ariPort),
    RTP_START: String(rtpPorts.first),
    RTP_END: String(rtpPorts.last),
    ARI_PASSWORD_FILE: passwordFile,
    COMPANY_SOUNDS: companySounds ?? join(directory, 'sounds'),
    ...(mainConfig !== undefined && { MAIN_CONFIG: mainConfig }),
    ...(trunk !== undefined && { TRUNK_MATCH: trunk }),
  }
  let asterisk: ChildProcess | null = null

  const settings = () => {
    const password = readFileSync(passwordFile, 'utf8').trim()
    return { url: ariUrl, username: 'punchline', password, app: 'punchline' }
  }

  const end = async (signal: NodeJS.Signals) => {
    if (!asterisk || !isRunning(asterisk)) return
    const exited = once(asterisk, 'exit')
    asterisk.kill(signal)
    await exited
  }

  const pbx: Pbx = {
    sipAddress,
    ariUrl,
    rtpPorts,
    passwordFile,
    directory: execFileSync('scripts/asterisk', ['dir', name], { env, encoding: 'utf8' }).trim(),
    get pid() {
      return asterisk && isRunning(asterisk) ? (asterisk.pid ?? null) : null
    },
    async ari(path) {
      return existsSync(passwordFile) ? getFromAri(settings(), path).catch(() => null) : null
    },
    async originate(extension, other) {
      const [number = '', context = ''] = other.split('@')
      const query = new URLSearchParams({ endpoint: `Local/${extension}`, context, extension: number })
      const authorization = `Basic ${btoa(`punchline:${settings().password}`)}`
      const response = await fetch(`${ariUrl}/ari/channels?${query}`, { method: 'POST', headers: { authorization } })
      if (!response.ok) throw new Error(`not originated: ${await response.text()}`)
    },
    console: command => execFileSync('scripts/asterisk', ['rx', name, command], { env, encoding: 'utf8' }),
    crash: () => end('SIGKILL'),
    shutDown: () => end('SIGTERM'),
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
  // What a run that was killed has left.
  rmSync(pbx.directory, { recursive: true, force: true })
  await pbx.start()
  return pbx
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
