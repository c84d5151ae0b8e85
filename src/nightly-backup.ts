/** Makes a backup each night, in a process of its own: to copy and check a large database here would hold up calls. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { lastBackup } from './backup/label.js'
import { DATABASE } from './backup/verifying.js'
import { latestAtHour } from './calendar.js'
import { HOUR, type Instant, MINUTE } from './clock/time.js'

const COMMAND = fileURLToPath(new URL('./cli.js', import.meta.url))

export interface NightlySettings {
  readonly dataDirectory: string
  readonly directory: string
  /** Of the day, in the time zone; null: none is made. */
  readonly hour: number | null
  readonly timeZone: string
  readonly log: Logger
}

/** Whether the hour has come, or come and gone, since the latest backup. */
export function isDue(latest: Instant, now: Instant, hour: number, timeZone: string): boolean {
  return latest < latestAtHour(hour, now, timeZone)
}

export class NightlyBackup {
  readonly #settings: NightlySettings
  readonly #stopping = new AbortController()
  #work: Promise<void> | null = null

  constructor(settings: NightlySettings) {
    this.#settings = settings
  }

  start(): void {
    const { hour } = this.#settings
    if (hour !== null) this.#work ??= this.#run(hour)
  }

  /** Ends one that is being made: the next clears what it leaves. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  /** Looks at the clock again and again, which may be put forward, and catches up on a night when the machine was off. */
  async #run(hour: number): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const failed = await this.#makeIfDue(hour).catch(error => {
        if (!signal.aborted) this.#settings.log.error({ err: error }, 'no backup could be made: tried again in an hour')
        return true
      })
      await pause(failed ? HOUR : MINUTE, null, { signal }).catch(() => {})
    }
  }

  async #makeIfDue(hour: number): Promise<false> {
    if (isDue(await this.#latest(), Date.now(), hour, this.#settings.timeZone)) await this.#make()
    return false
  }

  /** When the latest backup was made; where there is none, when there was nothing yet to back up. */
  async #latest(): Promise<Instant> {
    const { dataDirectory, directory } = this.#settings
    const backup = await lastBackup(directory).catch(() => null)
    return backup?.at ?? (await stat(join(dataDirectory, DATABASE))).birthtimeMs
  }

  async #make(): Promise<void> {
    const { signal } = this.#stopping
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [COMMAND, 'backup'], { signal })
    if (stderr !== '') this.#settings.log.warn(stderr.trim())
    this.#settings.log.info(stdout.trim())
  }
}
