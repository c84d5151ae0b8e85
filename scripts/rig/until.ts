import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until a condition gives something, and gives it; rejects with what was waited for after `within` ms. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  within = 20_000,
): Promise<T> {
  const deadline = performance.now() + within
  for (;;) {
    const found = await condition()
    if (found !== false && found !== null && found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`Waited ${within} ms in vain: ${what}`)
    await sleep(20)
  }
}
