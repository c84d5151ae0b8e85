/** What the latest call came to: the surest sign that calls work. */
import type { Instant } from '../clock/time.js'
import type { EndedCall } from '../store/calls.js'
import type { CallOutcome } from '../store/schema.js'
import { attention, type Finding, ok } from './finding.js'

export function judgeLastCall(last: EndedCall | null, say: (instant: Instant) => string): Finding {
  if (!last) return attention('Nobody has called yet.', 'Call the dial-in number, to hear that it works.')
  const finding = `${say(last.answeredAt)}: ${OUTCOMES[last.outcome]}.`
  const isFault = last.outcome === 'handed-back' || last.outcome === 'cut-off'
  return isFault ? attention(finding, 'The page Calls shows how far it came, and the log says why.') : ok(finding)
}

const OUTCOMES: { readonly [Outcome in CallOutcome]: string } = {
  'clocked-in': 'clocked in',
  'clocked-out': 'clocked out',
  'no-second-punch': 'was told that the first punch took',
  'unclaimed-punch': 'left a name for the office',
  'hung-up': 'hung up before a punch',
  'handed-back': 'met a fault here, and was handed back to the PBX',
  'cut-off': 'was cut off, as Punchline or the PBX stopped',
}
