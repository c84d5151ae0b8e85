/** When the punches of this run were made, by a clock that nobody sets: the wall clock may have been, since. */
import { uptime } from 'node:os'
import { LONGEST_CALL, TOO_SOON } from '../clock/punch.js'
import { SECOND } from '../clock/time.js'

/** Milliseconds by a clock that runs on while the machine sleeps, in whole seconds. */
export const sinceBoot = () => uptime() * SECOND

export class RecentPunches {
  /** Those that a call may still be too soon after, the oldest first. */
  readonly #madeAt = new Map<number, number>()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** This moment, to be asked about later. */
  moment(): number {
    return this.#clock()
  }

  note(punchId: number): void {
    const now = this.#clock()
    for (const [id, at] of this.#madeAt) if (now - at > LONGEST_CALL + TOO_SOON) this.#madeAt.delete(id)
    this.#madeAt.set(punchId, now)
  }

  /** How long before a moment a punch was made, in milliseconds, negative if after it; null: not in this run, or long ago. */
  ago(punchId: number, moment: number): number | null {
    const at = this.#madeAt.get(punchId)
    return at === undefined ? null : moment - at
  }
}
