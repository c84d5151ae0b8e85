/** An Asterisk of its own that plays the telephone company: it calls the PBX over a trunk, and records what the caller hears. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Pbx, startPbx } from '../../../scripts/rig/pbx.js'
import { until } from '../../../scripts/rig/until.js'
import { parseWav } from '../../../scripts/telephone/wav.js'

/** Lines of pjsip.conf; on that of the customer who has registered, what they registered is dialled. */
export type Line = 'ulaw' | 'g722' | 'tones' | 'info' | 'elsewhere' | 'registered'
/** Who registers, and by what. */
export const CUSTOMER = { username: '15550100', password: 'correct;horse battery' }

export interface ClockingCall {
  readonly line: Line
  readonly from: string
  readonly phoneClockId: string
  readonly pin: string
  /** What the caller does after their name. */
  readonly afterName: 'pound' | 'hang-up'
}

/** Who keys all in one go, without waiting for a prompt, and says no name. */
export type HurriedCall = Omit<ClockingCall, 'afterName'>

export interface PlacedCall {
  /** The codec that its audio came in, as soon as it is answered. */
  codec(): Promise<string>
  /** All that the caller heard, at 8000 samples a second, when the call is over. */
  recording(): Promise<Int16Array>
}

export interface TelephoneCompany {
  /** Where it takes registrations, host:port. */
  readonly sipAddress: string
  /** Dials the number; the caller listens for 25 s and presses no key. */
  listen(number: string, from: string): Promise<void>
  /** Dials the number; the caller then does as extensions.conf says. */
  dial(number: string, call: ClockingCall): Promise<PlacedCall>
  dialInHaste(number: string, call: HurriedCall): Promise<void>
  /** The final response to its last INVITE, such as `200 OK`. */
  answerToLastInvite(): Promise<string>
  stop(): Promise<void>
}

/** Longer than any call of extensions.conf takes. */
const CALL_MS = 90_000

export async function startTelephoneCompany(pbx: Pick<Pbx, 'sipAddress'>): Promise<TelephoneCompany> {
  const asterisk = await startPbx('telephone-company', {
    mainConfig: 'tests/calls/telephone-company',
    portsAbove: 2000,
  })
  const password = readFileSync(asterisk.passwordFile, 'utf8').trim()
  const authorization = `Basic ${Buffer.from(`punchline:${password}`).toString('base64')}`
  asterisk.console('pjsip set history on')

  /** Gives the channel's id. */
  async function place(number: string, extension: string, call: HurriedCall, afterName = ''): Promise<string> {
    asterisk.console('pjsip set history clear')
    const id = randomUUID()
    const query = new URLSearchParams({
      endpoint:
        call.line === 'registered'
          ? `PJSIP/${CUSTOMER.username}`
          : `PJSIP/line-${call.line}/sip:${number}@${pbx.sipAddress}`,
      context: 'caller',
      extension,
      callerId: call.from,
      channelId: id,
    })
    const variables = { PHONE_CLOCK_ID: call.phoneClockId, PIN: call.pin, RECORDING: id, AFTER_NAME: afterName }
    const response = await fetch(`${asterisk.ariUrl}/ari/channels?${query}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ variables }),
    })
    if (!response.ok) throw new Error(`The telephone company can't place the call: ${await response.text()}`)
    return id
  }

  return {
    sipAddress: asterisk.sipAddress,
    async listen(number, from) {
      await place(number, 'listen', { line: 'ulaw', from, phoneClockId: '', pin: '' })
    },
    async dialInHaste(number, call) {
      await place(number, 'hurried', call)
    },
    async dial(number, call) {
      const id = await place(number, 'clock', call, call.afterName)
      return {
        async codec() {
          const path = `/channels/${id}/variable?variable=${encodeURIComponent('CHANNEL(audionativeformat)')}`
          await until(
            'the call is answered',
            async () => textOf(await asterisk.ari(`/channels/${id}`), 'state') === 'Up',
          )
          return textOf(await asterisk.ari(path), 'value')
        },
        async recording() {
          const stored = `/recordings/stored/${id}`
          await until('the recording is complete', () => asterisk.ari(stored), CALL_MS)
          const file = await fetch(`${asterisk.ariUrl}/ari${stored}/file`, { headers: { authorization } })
          const sound = parseWav(Buffer.from(await file.arrayBuffer()))
          await fetch(`${asterisk.ariUrl}/ari${stored}`, { method: 'DELETE', headers: { authorization } })
          return sound
        },
      }
    },
    async answerToLastInvite() {
      const isFinal = /<== .* SIP\/2\.0 ([2-6]\d\d .*)/
      return until('the INVITE is answered', () => isFinal.exec(asterisk.console('pjsip show history'))?.[1]?.trim())
    },
    stop: () => asterisk.stop(),
  }
}

function textOf(object: unknown, key: string): string {
  const value = typeof object === 'object' && object !== null ? new Map(Object.entries(object)).get(key) : undefined
  return typeof value === 'string' ? value : ''
}
