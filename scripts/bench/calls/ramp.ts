/** More and more calls at once, until one in a hundred waits too long. */
import type { Say } from '../measure.js'
import type { Comparison } from './comparison.js'
import { compared, crowd, p99 } from './planning.js'
import { reactions } from './soundness.js'
import type { Stage } from './stage.js'

/** In ms, at the 99th percentile. */
const RAMP_LIMIT = 100

export async function ramp(stage: Stage, say: Say, levels: readonly number[]): Promise<Comparison[]> {
  const most = [0, 0]
  for (const [which, clock] of stage.clocks.entries()) {
    for (const atOnce of levels) {
      const listened = await crowd(stage, clock, atOnce, 2)
      const slow = p99(reactions(() => {}, listened.calls, 0))
      const failed = listened.reports.filter(({ fault }) => fault !== null).length
      const { processor, machine, seconds } = listened
      const share = (used: number) => `${((used / seconds) * 100).toFixed(0)} %`
      say(
        `${clock.name}, ${atOnce} at once: p99 ${slow.toFixed(1)} ms, ${failed} failed; of a core: ` +
          `${clock.name} ${share(processor.clock)}, Asterisk ${share(processor.asterisk)}, callers ${share(processor.callers)}; ` +
          `idle of all cores: ${share(machine.idle)}, stolen: ${share(machine.stolen)}`,
      )
      if (!(slow <= RAMP_LIMIT) || failed > 0) break
      most[which] = atOnce
    }
  }
  return [
    compared(`calls at once with a reaction within ${RAMP_LIMIT} ms at p99`, 'calls', most, { besidePeer: 'as many' }),
  ]
}
