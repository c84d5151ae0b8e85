/** How soon calls work again. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from './caller.js'
import type { Crowd } from './crowd.js'

/** So long a single try may take to its confirmation: the keys alone take two seconds. */
const TRY_FOR = 6_000
const GIVE_UP = 60_000
/** The PBX takes the call by itself. Who typed ahead never hears the first of these. */
const BY_THE_PBX = ['clock-not-available', 'say-your-name-and-site']

/** Calls again and again until a punch is confirmed; gives the seconds that took, Infinity when none was in a minute. */
export async function secondsToRecover(crowd: Crowd): Promise<number> {
  const since = performance.now()
  while (performance.now() - since < GIVE_UP) {
    const caller = crowd.call('typist')
    if (!caller) await sleep(500)
    else if (await isConfirmed(caller)) return (performance.now() - since) / 1000
    else caller.hangUp()
  }
  return Number.POSITIVE_INFINITY
}

/** False as soon as it will not come to a confirmation, or when it takes too long. */
function isConfirmed(caller: Caller): Promise<boolean> {
  return new Promise(resolve => {
    const tooLate = setTimeout(() => resolve(false), TRY_FOR)
    const settle = (confirmed: boolean) => {
      clearTimeout(tooLate)
      resolve(confirmed)
    }
    caller.onPrompt(prompt => {
      if (prompt === 'clocked-in-at' || prompt === 'clocked-out-at') settle(true)
      if (BY_THE_PBX.includes(prompt)) settle(false)
    })
    void caller.remembered.then(() => settle(false))
  })
}
