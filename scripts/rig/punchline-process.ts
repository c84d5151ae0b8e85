/** Punchline as it is delivered, a process that can be killed and frozen. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'

export class PunchlineProcess {
  readonly #env: NodeJS.ProcessEnv
  readonly #log: number
  #child: ChildProcess | null = null

  /** All that it says is added to `logFile`. */
  constructor(variables: Record<string, string>, logFile: string) {
    this.#env = { ...process.env, ...variables }
    this.#log = openSync(logFile, 'a')
  }

  /** Null while it is not running. */
  get pid(): number | null {
    const child = this.#child
    return child && child.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null
  }

  start(): void {
    this.#child = spawn('dist/cli.js', ['start'], {
      env: this.#env,
      stdio: ['ignore', this.#log, this.#log],
    })
  }

  /** Ends it, at once unless another signal is named; gives its exit code. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.pid !== null) this.#child?.kill(signal)
    return this.ended()
  }

  /** Gives its exit code when it has ended. */
  async ended(): Promise<number | null> {
    const child = this.#child
    if (!child) return null
    if (this.pid !== null) await once(child, 'exit')
    return child.exitCode
  }
}
