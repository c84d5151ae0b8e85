/** Punchline as it is delivered, a process of its own on a workspace of its own, connected to a PBX. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../../scripts/rig/free-port.js'
import { freeze } from '../../../scripts/rig/freeze.js'
import type { Pbx } from '../../../scripts/rig/pbx.js'
import { until } from '../../../scripts/rig/until.js'
import { type Call, dial, loadPrompts } from '../../../scripts/telephone/telephone.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

export interface Punchline {
  readonly workspace: Workspace
  /** Where its pages are. */
  readonly url: string
  /** All that it has logged. */
  log(): string
  /** Calls the dial-in number. */
  call(options?: CallOptions): Promise<Call>
  /** Waits until it is connected to the PBX. */
  connected(): Promise<void>
  start(): Promise<void>
  /** Ends it at once, as `kill -9` and a power cut do. */
  kill(): Promise<void>
  /** Lets it stand still, as a machine without memory does, until what this gives is called. */
  freeze(): Promise<() => void>
  /** Ends it as IT does, and gives its exit code. Asked a second time it does not wait for calls. */
  stop(): Promise<number | null>
  /** Stops it and removes its workspace. */
  close(): Promise<void>
}

export interface CallOptions {
  from?: string | null
  number?: string
  keysAtAnswer?: string
  timingAtAnswer?: { tone?: number; gap?: number }
  codec?: 'pcmu' | 'pcma'
  localAddress?: string
  isUnheard?: boolean
}

export const prompts = await loadPrompts('asterisk-config/sounds/en')

/** In a data directory of its own, or in one that is not there yet. */
export async function startPunchline(
  pbx: Pbx,
  variables: Record<string, string> = {},
  directory?: string,
): Promise<Punchline> {
  const workspace = await openWorkspace(directory)
  const port = await freePort()
  const env = {
    ...process.env,
    DATA_DIR: workspace.directory,
    ARI_URL: pbx.ariUrl,
    ARI_PASSWORD_FILE: pbx.passwordFile,
    HTTP_PORT: String(port),
    TIME_ZONE: 'America/New_York',
    ...variables,
  }
  let child: ChildProcess | null = null
  let log = ''

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
    return child.exitCode
  }

  const punchline: Punchline = {
    workspace,
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    call: ({ number = '5550100', ...options } = {}) =>
      dial({ to: pbx.sipAddress, number, prompts, from: '+15550102', ...options }),
    async connected() {
      await until('Punchline is connected', async () => (await fetch(`${punchline.url}/healthz`).catch(() => null))?.ok)
    },
    async start() {
      const started = spawn('node', ['dist/cli.js', 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      started.stdout.on('data', text => (log += text))
      started.stderr.on('data', text => (log += text))
      child = started
      await punchline.connected()
    },
    async kill() {
      await end('SIGKILL')
    },
    freeze: () => freeze(child?.pid ?? null),
    stop: () => end('SIGTERM'),
    async close() {
      // Two signals: calls that a test left are not waited for.
      child?.kill('SIGINT')
      await end('SIGTERM')
      await workspace.close()
    },
  }
  await punchline.start()
  return punchline
}
