/** The line to the PBX, and what waits there. */
import type { Instant } from '../clock/time.js'
import { attention, type Finding, ok, wrong } from './finding.js'

/** Why there is no line, and what to do about it (phone/asterisk/line-fault.ts). */
export interface PbxFault {
  readonly code: string
  readonly finding: string
  readonly remedy: string
  readonly command: string | null
}

/** What the line says of itself (phone/asterisk/line.ts). */
export interface LineStanding {
  readonly takesCalls: boolean
  readonly since: Instant
  readonly fault: PbxFault | null
  readonly version: string | null
  readonly keptCalls: number
}

export function judgeLine({ takesCalls, since, fault }: LineStanding, say: (instant: Instant) => string): Finding {
  if (takesCalls) return ok(`Connected since ${say(since)}. The application is registered: calls are taken.`)
  return wrong(
    `Calls can’t be taken since ${say(since)}. ${fault?.finding ?? 'The PBX is not connected.'}`,
    fault?.remedy ?? 'See that Asterisk runs; punchline doctor says what is missing.',
    fault?.command ?? undefined,
  )
}

export function judgeKeptCalls({ takesCalls, keptCalls }: LineStanding): Finding {
  if (keptCalls > 0) {
    return attention(
      keptCalls === 1 ? 'One call waits on the PBX.' : `${keptCalls} calls wait on the PBX.`,
      'They become unclaimed punches by themselves, within a minute. If they stay, the log says why.',
    )
  }
  if (takesCalls) return ok('None waits on the PBX.')
  return attention('Not known while the PBX is not connected.', 'They are taken in when it is.')
}
