/** Tells that something in the database has changed, whoever wrote it: this process, or a command beside it. */
import type { Database } from './database.js'
import { changeMark } from './sqlite.js'

/** Milliseconds between two looks, which is how late a change is told at most. */
const LOOK_EVERY = 200

const watchers = new WeakMap<Database, Watcher>()

/** Calls `onChange` soon after each change, once for several at a time. Gives what ends the watch. */
export function watchChanges(db: Database, onChange: () => void): () => void {
  const watcher = watchers.get(db) ?? new Watcher(db)
  watchers.set(db, watcher)
  return watcher.add(onChange)
}

/** One for each database, which looks only while somebody watches. */
class Watcher {
  readonly #db: Database
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | null = null
  #seen: string | null = null

  constructor(db: Database) {
    this.#db = db
  }

  add(onChange: () => void): () => void {
    const listener = () => onChange()
    this.#listeners.add(listener)
    if (this.#timer === null) this.#start()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#stop()
    }
  }

  #start(): void {
    this.#seen = null
    let isLooking = false
    const look = async () => {
      if (isLooking) return
      isLooking = true
      await this.#look().finally(() => {
        isLooking = false
      })
    }
    this.#timer = setInterval(look, LOOK_EVERY).unref()
    look()
  }

  #stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** A look that fails tells nothing; the next one does. */
  async #look(): Promise<void> {
    const mark = await changeMark(this.#db).catch(() => null)
    if (mark === null || mark === this.#seen) return
    // What changed before the first look may have been missed: the watch began earlier.
    this.#seen = mark
    for (const listener of [...this.#listeners]) listener()
  }
}
