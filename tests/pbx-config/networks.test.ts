import { expect, it } from 'vitest'
import { networksOverlap } from '../../src/pbx-config/networks.js'

it.each([
  ['203.0.113.10', '203.0.113.10', true],
  ['203.0.113.0/24', '203.0.113.10', true],
  ['203.0.113.10', '203.0.113.0/24', true],
  ['203.0.113.0/255.255.255.0', '203.0.113.128/25', true],
  ['2001:db8::/32', '2001:db8::1', true],
  ['203.0.113.10', '203.0.113.11', false],
  ['203.0.113.0/28', '203.0.113.16/28', false],
  ['203.0.113.0/24', '2001:db8::1', false],
  ['sip.example.com', '203.0.113.10', false],
])('%s and %s overlap: %s', (one, other, overlap) => {
  expect(networksOverlap(one, other)).toBe(overlap)
})
