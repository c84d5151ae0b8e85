/** A call that the PBX kept while Punchline was away, as the name of its recording tells it. */
import { attestationSaid } from '../clock/attestation.js'
import type { KeptCall } from '../store/kept-calls.js'

/** As asterisk-config/extensions_punchline.conf writes it: when answered, ID, number, attestation, channel. */
const NAME =
  /^punchline-kept-(?<answeredAt>\d{9,11})-(?<id>[1-9]\d{4,5}|x)-(?<number>p?\d{1,16}|x)-(?<signed>A|B|C|failed|)x-(?<channel>[\w.-]{1,150})$/

/** What a recording's name says; null: it is none of a kept call. */
export function keptCall(name: string): KeptCall | null {
  const parts = NAME.exec(name)?.groups
  if (!parts) return null
  const { answeredAt, id = 'x', number = 'x', signed = '', channel = '' } = parts
  return {
    channel,
    callerNumber: number === 'x' ? null : number.replace('p', '+'),
    answeredAt: Number(answeredAt) * 1000,
    attestation: attestationSaid(signed),
    keyedId: id === 'x' ? null : id,
  }
}
