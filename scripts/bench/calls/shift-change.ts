/** The calls of a shift change, on Punchline and on a plain dialplan beside it. */
import build from '../../rig/build.js'
import type { Say } from '../measure.js'
import type { Comparison } from './comparison.js'
import { coldStart, memory } from './process.js'
import { ramp } from './ramp.js'
import { alone, sameSecond, severalAtOnce } from './reaction.js'
import { openStage, type Stage } from './stage.js'
import { storm } from './storm.js'
import { typeAhead } from './type-ahead.js'

/** How much of it; 0 and an empty list leave a part out. */
export interface Extent {
  readonly employees: number
  readonly alone: number
  readonly typedAhead: number
  /** How many calls at once, and how often each place is taken. */
  readonly crowds: readonly (readonly [atOnce: number, rounds: number])[]
  readonly sameSecond: number
  readonly storm: { readonly callers: number; readonly seconds: number }
  readonly ramp: readonly number[]
}

export const WHOLE: Extent = {
  employees: 640,
  alone: 8,
  typedAhead: 6,
  crowds: [
    [25, 4],
    [100, 4],
  ],
  sameSecond: 100,
  storm: { callers: 500, seconds: 60 },
  ramp: [150, 200, 250, 300, 350, 400],
}

export async function benchShiftChange(say: Say, extent: Extent = WHOLE): Promise<Comparison[]> {
  build()
  const stage = await openStage(extent.employees)
  try {
    const { callers, seconds } = extent.storm
    return [
      ...(await coldStart(stage)),
      ...(await typeAhead(stage, say, extent.typedAhead)),
      ...(extent.alone > 0 ? await alone(stage, say, extent.alone) : []),
      ...(await several(stage, say, extent.crowds)),
      ...(await sameSecond(stage, say, extent.sameSecond)),
      ...(await storm(stage, say, callers, seconds)),
      ...(extent.ramp.length > 0 ? await ramp(stage, say, extent.ramp) : []),
    ]
  } finally {
    await stage.close()
  }
}

async function several(stage: Stage, say: Say, crowds: Extent['crowds']): Promise<Comparison[]> {
  const found: Comparison[] = []
  for (const [atOnce, rounds] of crowds) found.push(...(await severalAtOnce(stage, say, atOnce, rounds)))
  return found
}

/** What memory Punchline takes while 10,000 calls come and go. */
export async function benchMemory(say: Say, calls = 10_000, atOnce = 100): Promise<Comparison[]> {
  build()
  const stage = await openStage(640)
  try {
    return await memory(stage, say, atOnce, calls)
  } finally {
    await stage.close()
  }
}
