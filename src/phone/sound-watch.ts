/** Notices a call on which the two sides can't hear each other, or whose keys don't arrive, while all else seems well. */
import { SECOND } from '../clock/time.js'
import type { SoundTrouble } from '../store/schema.js'
import type { Call } from './call.js'
import type { Caller, Sound } from './caller.js'

/** The first question takes five seconds: by then most have begun to key, and are not looked at. */
const FIRST_LOOK = 8 * SECOND
/** The question was asked, waited for and repeated; both sides have told each other twice what they get (RTCP). */
const SECOND_LOOK = 16 * SECOND

/** Looks while no key has come. Gives what ends the watch, with the call: what it noticed is on the call then. */
export function watchSound(caller: Caller, call: Call): () => void {
  const look = async (hasWaited: boolean) => {
    if (caller.anyKey) return
    const sound = await caller.sound()
    if (sound) call.trouble = soundTrouble(sound, hasWaited)
  }
  const timers = [setTimeout(look, FIRST_LOOK, false), setTimeout(look, SECOND_LOOK, true)]
  return () => {
    for (const timer of timers) clearTimeout(timer)
    if (caller.anyKey) call.trouble = null
  }
}

/** Of a call without a key; `hasWaited`: long enough for one. */
export function soundTrouble({ received, isConfirmed }: Sound, hasWaited: boolean): SoundTrouble | null {
  if (received === 0) return 'no-sound'
  if (!hasWaited) return null
  return isConfirmed ? 'no-keys' : 'no-sign'
}
