/** The beat of all calls: every 20 ms, without drift, from one timer. */
import { PACKET_MS } from './rtp.js'

/** Calls beat in four groups, 5 ms apart: a new one waits 5 ms at most, and hundreds do not send all at once. */
const GROUPS = 4
const STEP_MS = PACKET_MS / GROUPS
/** After a longer delay the beats of that time are not caught up on: keys that come in a burst are none that a finger pressed. */
const LONGEST_DELAY_MS = 40

const groups: readonly Set<() => void>[] = Array.from({ length: GROUPS }, () => new Set())
let timer: NodeJS.Timeout | null = null
let dueAt = 0
let step = 0

/** Calls `beat` every 20 ms from now on; the function that it returns stops that. */
export function everyPacketTime(beat: () => void): () => void {
  if (!timer) {
    dueAt = performance.now()
    schedule()
  }
  const group = groups[step % GROUPS]
  group?.add(beat)
  return () => {
    group?.delete(beat)
    if (timer && groups.every(({ size }) => size === 0)) {
      clearTimeout(timer)
      timer = null
    }
  }
}

function schedule(): void {
  timer = setTimeout(advance, Math.max(0, dueAt - performance.now()))
}

function advance(): void {
  const now = performance.now()
  if (now - dueAt > LONGEST_DELAY_MS) dueAt = now
  while (dueAt <= now) {
    const beats = groups[step % GROUPS] ?? new Set()
    step += 1
    dueAt += STEP_MS
    for (const beat of beats) beat()
  }
  if (timer) schedule()
}
