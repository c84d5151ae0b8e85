/** SDP: what a call's two sides tell each other about its audio. */
import { type Codec, PAYLOAD_TYPE } from './g711.js'

/** The payload type that we offer for keys. */
export const EVENT_PAYLOAD_TYPE = 101

/** Where to send the audio, and as which payload type the keys. */
export interface AudioAnswer {
  readonly address: string
  readonly port: number
  readonly eventPayloadType: number
}

/** An offer of one codec in packets of 20 ms, with keys as telephone events. */
export function audioOffer(codec: Codec, address: string, port: number): string {
  const payloadType = PAYLOAD_TYPE[codec]
  return [
    'v=0',
    `o=- ${port} 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${payloadType} ${EVENT_PAYLOAD_TYPE}`,
    `a=rtpmap:${payloadType} ${codec.toUpperCase()}/8000`,
    `a=rtpmap:${EVENT_PAYLOAD_TYPE} telephone-event/8000`,
    `a=fmtp:${EVENT_PAYLOAD_TYPE} 0-16`,
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n')
}

/** Reads the answer to our offer; null when it takes no audio. */
export function parseAudioAnswer(sdp: string): AudioAnswer | null {
  const address = /^c=IN IP4 (\S+)/m.exec(sdp)?.[1]
  const port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1] ?? 0)
  if (!address || port === 0) return null
  const events = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(sdp)?.[1]
  return { address, port, eventPayloadType: events ? Number(events) : EVENT_PAYLOAD_TYPE }
}
