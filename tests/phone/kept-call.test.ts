import { expect, it } from 'vitest'
import { keptCall } from '../../src/phone/kept-call.js'

it.each([
  ['punchline-kept-1700000000-48213-p15550102-x-1700000000.7', '48213', '+15550102', null, '1700000000.7'],
  ['punchline-kept-1700000000-x-x-Ax-pbx-1.1700000000.7', null, null, 'A', 'pbx-1.1700000000.7'],
  ['punchline-kept-1700000000-482130-102-failedx-1.2', '482130', '102', 'failed', '1.2'],
])('the name %s tells ID, number, signature and channel', (name, keyedId, callerNumber, attestation, channel) => {
  const answeredAt = 1_700_000_000_000
  expect(keptCall(name)).toEqual({ answeredAt, keyedId, callerNumber, attestation, channel })
})

it.each(['punchline-voice-7', 'punchline-kept-1700000000-2468-x-x-1.2', 'punchline-kept-x', 'greeting'])(
  '%s is no kept call',
  name => {
    expect(keptCall(name)).toBeNull()
  },
)
