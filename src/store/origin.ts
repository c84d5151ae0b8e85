/** Where what is being done comes from: a network address, or the machine's own command line. For the audit. */
import { AsyncLocalStorage } from 'node:async_hooks'

const origins = new AsyncLocalStorage<string>()

/** Does the work, and all that it leads to, as coming from `origin`. */
export function comingFrom<Result>(origin: string, work: () => Result): Result {
  return origins.run(origin, work)
}

/** Null: from Punchline itself, or a call. */
export function currentOrigin(): string | null {
  return origins.getStore() ?? null
}
