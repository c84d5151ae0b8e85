/** A line to a PBX that notes what it is told of callers' numbers. */
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import type { Pbx } from '../../../scripts/rig/pbx.js'
import { until } from '../../../scripts/rig/until.js'
import type { Attestation } from '../../../src/clock/attestation.js'
import { AsteriskLine } from '../../../src/phone/asterisk/line.js'

export interface Told {
  /** What is told of the call that this places. */
  ofCall(place: () => Promise<unknown>): Promise<Attestation | null>
  stop(): Promise<void>
}

export async function listenToAttestations(pbx: Pbx): Promise<Told> {
  const told: (Attestation | null)[] = []
  const password = readFileSync(pbx.passwordFile, 'utf8').trim()
  const line = new AsteriskLine(
    { url: pbx.ariUrl, username: 'punchline', password, app: 'punchline' },
    {
      async onCall(caller, { attestation = null }) {
        told.push(attestation ?? null)
        await caller.answer()
      },
      onReaction: () => {},
      isOnRecord: async () => false,
      async onLeftRecording() {},
    },
    pino({ level: 'silent' }),
  )
  line.start()
  await until('the line is connected', () => line.standing.takesCalls)
  return {
    async ofCall(place) {
      const calls = told.length
      await place()
      await until('the call has arrived', () => told.length > calls)
      return told[calls] ?? null
    },
    stop: () => line.stop(),
  }
}
