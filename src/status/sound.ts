/** Whether callers and the clock hear each other, and whether callers' keys arrive: what the latest calls show. */
import type { Instant } from '../clock/time.js'
import type { CallSign } from '../store/calls.js'
import type { SoundTrouble } from '../store/schema.js'
import { attention, type Finding, ok, wrong } from './finding.js'

type Say = (instant: Instant) => string

/** The latest call that shows anything: one with trouble, or one whose keys came, which takes sound both ways. */
interface Sign {
  readonly at: Instant
  readonly trouble: SoundTrouble | null
}

/** `calls`: the latest, the newest first. */
export function judgeSound(calls: readonly CallSign[], say: Say): Finding {
  const sign = latestSign(calls)
  if (!sign) return NOT_KNOWN
  switch (sign.trouble) {
    case 'no-sound':
      return wrong(
        `On the call of ${say(sign.at)} no sound came from the caller: nothing could be heard, and no key could come.`,
        'Let the firewall pass UDP to Asterisk’s RTP ports, which this says. Behind NAT, forward them, and set external_media_address and local_net for the transport in pjsip.conf.',
        'asterisk -rx "rtp show settings"',
      )
    case 'no-sign':
      return attention(
        `On the call of ${say(sign.at)} no key came, and nothing shows that the caller heard anything.`,
        'Call the number. If you hear nothing, the way out is blocked: let the firewall pass UDP from Asterisk’s RTP ports, which this says; behind NAT, set external_media_address and local_net for the transport in pjsip.conf. If you hear the clock, press a key: then it is the keys.',
        'asterisk -rx "rtp show settings"',
      )
    default:
      return ok(`Heard in both directions on the call of ${say(sign.at)}.`)
  }
}

/** `calls`: the latest, the newest first. */
export function judgeKeys(calls: readonly CallSign[], say: Say): Finding {
  const sign = latestSign(calls)
  if (!sign) return NOT_KNOWN
  switch (sign.trouble) {
    case 'no-sound':
      return attention(`Not known: on the call of ${say(sign.at)} there was no sound.`, 'See to the sound first.')
    case 'no-sign':
    case 'no-keys':
      return attention(
        `On the call of ${say(sign.at)} ${sign.trouble === 'no-keys' ? 'the caller heard the clock, and ' : ''}no key came.`,
        'If keys were pressed, your provider sends them as tones, though it offers RFC 4733: ask it to keep to that. Until then let Asterisk listen for tones, by these lines in punchline-site/pjsip.conf (on a trunk of your own: dtmf_mode = auto, or inband), and reload it: asterisk -rx "module reload res_pjsip.so"',
        '[punchline-trunk](+)\ndtmf_mode = inband',
      )
    default:
      return ok(`Keys came on the call of ${say(sign.at)}.`)
  }
}

const NOT_KNOWN = attention(
  'Not known yet: nobody has called and keyed in an ID and a PIN.',
  'Call the dial-in number, listen, and key in both, right or wrong.',
)

function latestSign(calls: readonly CallSign[]): Sign | null {
  const call = calls.find(({ trouble, hadKeys }) => trouble !== null || hadKeys)
  return call ? { at: call.answeredAt, trouble: call.trouble } : null
}
