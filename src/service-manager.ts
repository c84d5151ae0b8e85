/**
 * Tells systemd how Punchline is, where that has started it (sd_notify(3)). It listens on a Unix datagram socket, which Node
 * has none of; systemd brings a command that has.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { Complaint } from './complaint.js'

/** What systemd says in the environment of what it starts. */
interface Wishes {
  readonly notices: boolean
  /** How long it waits for a sign of life before it starts Punchline anew, in milliseconds; null: it doesn't. */
  readonly watchdog: number | null
}

/** For this process: what it starts inherits the variables too. */
export function wishesOf(variables: NodeJS.ProcessEnv, pid: number): Wishes {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = variables
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid)
  return {
    notices: Boolean(NOTIFY_SOCKET),
    watchdog: NOTIFY_SOCKET && WATCHDOG_USEC && isOurs ? Number(WATCHDOG_USEC) / 1000 : null,
  }
}

export class ServiceManager {
  readonly #wishes = wishesOf(process.env, process.pid)
  readonly #complaint: Complaint
  #standing = () => 'Starting.'
  #signsOfLife: NodeJS.Timeout | undefined

  constructor(log: Logger) {
    this.#complaint = new Complaint(log, 'systemd could not be told how Punchline is')
  }

  /** Punchline runs; `standing` says how, in a sentence that `systemctl status` shows. Signs of life come from the event loop. */
  ready(standing: () => string): void {
    this.#standing = standing
    this.#tell('READY=1')
    const { watchdog } = this.#wishes
    // Three in the time: one may be late.
    if (watchdog !== null) this.#signsOfLife = setInterval(() => this.#tell('WATCHDOG=1'), watchdog / 3)
  }

  /** Signs of life go on, so that a stop that hangs is noticed too. */
  stopping(): void {
    this.#standing = () => 'Stopping: calls in progress may finish, and the PBX keeps those that come.'
    this.#tell('STOPPING=1')
  }

  stopped(): void {
    clearInterval(this.#signsOfLife)
  }

  #tell(what: 'READY=1' | 'WATCHDOG=1' | 'STOPPING=1'): void {
    if (!this.#wishes.notices) return
    // A line is an assignment.
    const status = `STATUS=${this.#standing().replaceAll('\n', ' ')}`
    promisify(execFile)('systemd-notify', [what, status]).then(
      () => this.#complaint.settle(),
      error => this.#complaint.make(error),
    )
  }
}
