/** This machine, on which anything may be installed and removed: all that is changed is forgotten, and this one stays as it is. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

export interface Run {
  readonly out: string
  readonly err: string
  readonly exit: number
}

const ROOT = '/mnt/machine'

/** An overlay of the root file system, changes to which are kept in memory, in a mount namespace of its own. */
const SCRIPT = `
set -e
mount -t tmpfs -o mode=0755 scratch /mnt
mkdir /mnt/changes /mnt/work ${ROOT}
mount -t overlay -o lowerdir=/,upperdir=/mnt/changes,workdir=/mnt/work overlay ${ROOT}
for folder in proc dev sys; do mount --rbind /$folder ${ROOT}/$folder; done
echo open
read -r _
`

export class ScratchMachine {
  readonly #keeper: ChildProcess

  private constructor() {
    this.#keeper = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  }

  /** Its mounts are there alone. */
  get #entering(): string[] {
    return ['--target', String(this.#keeper.pid), '--mount']
  }

  static async open(): Promise<ScratchMachine> {
    const machine = new ScratchMachine()
    const { stdout } = machine.#keeper
    if (!stdout) throw new Error('its output is a pipe')
    await once(stdout, 'data')
    return machine
  }

  /** Puts a copy of a file of this machine there. */
  async bring(file: string, to: string): Promise<void> {
    await promisify(execFile)('nsenter', [...this.#entering, 'cp', resolve(file), join(ROOT, to)])
  }

  /** Runs lines of shell there, as root. */
  async run(lines: string): Promise<Run> {
    const args = [...this.#entering, 'chroot', ROOT, 'sh', '-ec', `cd /\n${lines}`]
    const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' }
    return promisify(execFile)('nsenter', args, { env, maxBuffer: 64 * 1024 * 1024 }).then(
      ({ stdout, stderr }) => ({ out: stdout, err: stderr, exit: 0 }),
      error => ({ out: error.stdout, err: error.stderr, exit: error.code }),
    )
  }

  /** Gives what they print. Rejects with all that they say when they fail. */
  async does(lines: string): Promise<string> {
    const { out, err, exit } = await this.run(lines)
    if (exit !== 0) throw new Error(`${lines}: ${exit}\n${out}${err}`)
    return out
  }

  async close(): Promise<void> {
    this.#keeper.stdin?.end('\n')
    await once(this.#keeper, 'exit')
  }
}
