/** Callers in processes of their own, so that measuring and other callers don't hold them up. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Shift } from './crew-process.js'
import type { CallReport, Destination, PlannedCall } from './plan.js'

export class Crew {
  readonly #processes: readonly ChildProcess[]

  private constructor(processes: readonly ChildProcess[]) {
    this.#processes = processes
  }

  static async open(size = 2): Promise<Crew> {
    const path = join(import.meta.dirname, 'crew-process.ts')
    const processes = Array.from({ length: size }, () => fork(path, { execArgv: ['--import', 'tsx'] }))
    await Promise.all(processes.map(process => once(process, 'message')))
    return new Crew(processes)
  }

  get pids(): readonly number[] {
    return this.#processes.map(({ pid }) => pid ?? 0)
  }

  /** Calls as planned; `atOnce` limits how many calls are in progress. */
  async call(plans: readonly PlannedCall[], destination: Destination, atOnce = plans.length): Promise<CallReport[]> {
    const crowd = this.#processes.length
    const reports = this.#processes.map(async (process, n) => {
      const own = plans.filter((_, i) => i % crowd === n)
      if (own.length === 0) return []
      const shift: Shift = {
        plans: own,
        destination,
        atOnce: Math.max(1, Math.floor((atOnce + crowd - 1 - n) / crowd)),
      }
      process.send(shift)
      const [found]: CallReport[][] = await once(process, 'message')
      return found ?? []
    })
    return (await Promise.all(reports)).flat()
  }

  close(): void {
    for (const process of this.#processes) process.disconnect()
  }
}
