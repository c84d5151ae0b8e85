/** Where systemd would listen to its service. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { until } from '../../../scripts/rig/until.js'

export class NotifySocket {
  readonly path: string
  /** All that was said, in order: READY=1, STATUS=… */
  readonly heard: string[] = []
  readonly #listener: ChildProcess

  private constructor(path: string) {
    this.path = path
    this.#listener = spawn('python3', ['tests/service/support/notify-socket.py', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const { stdout } = this.#listener
    if (stdout) createInterface(stdout).on('line', line => this.heard.push(line))
  }

  static async open(path: string): Promise<NotifySocket> {
    const socket = new NotifySocket(path)
    await socket.hears('listening')
    return socket
  }

  async hears(line: string): Promise<void> {
    await until(`systemd hears ${line}`, () => this.heard.includes(line))
  }

  count(line: string): number {
    return this.heard.filter(heard => heard === line).length
  }

  close(): void {
    this.#listener.kill()
  }
}
