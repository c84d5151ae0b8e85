import { describe, expect, it } from 'vitest'
import { LINK_LIFE, type LinkEnd, linkState, needsSetupLink, setupStatus } from '../../src/clock/setup-status.js'
import { DAY } from '../../src/clock/time.js'

const SENT = Date.parse('2026-11-23T13:00:00Z')
const link = (ended: LinkEnd | null = null) => ({ ended, expiresAt: SENT + LINK_LIFE })
const statusAt = (now: number, hasPin: boolean, ended?: LinkEnd | null) =>
  setupStatus({ hasPin, link: ended === undefined ? null : link(ended) }, now)

describe('the status of an employee', () => {
  it('with a PIN is Ready, whatever became of links', () => {
    expect(statusAt(SENT, true)).toBe('Ready')
    for (const ended of [null, 'used', 'replaced', 'undelivered'] as const)
      expect(statusAt(SENT, true, ended)).toBe('Ready')
    expect(statusAt(SENT + 8 * DAY, true, null)).toBe('Ready')
  })

  it('with an unused link is Link sent for seven days to the millisecond, then Link expired', () => {
    expect(statusAt(SENT, false, null)).toBe('Link sent')
    expect(statusAt(SENT + 7 * DAY - 1, false, null)).toBe('Link sent')
    expect(statusAt(SENT + 7 * DAY, false, null)).toBe('Link expired')
  })

  it('without a link, or with one that was withdrawn or never arrived, is Not set up', () => {
    expect(statusAt(SENT, false)).toBe('Not set up')
    expect(statusAt(SENT, false, 'PIN removed')).toBe('Not set up')
    expect(statusAt(SENT + 8 * DAY, false, 'undelivered')).toBe('Not set up')
  })
})

it('a link that was used stays used after its seven days', () => {
  expect(linkState(link('used'), SENT + 8 * DAY)).toBe('used')
})

it('setup links go to Not set up and Link expired, to nobody else', () => {
  expect((['Ready', 'Link sent', 'Link expired', 'Not set up'] as const).filter(needsSetupLink)).toEqual([
    'Link expired',
    'Not set up',
  ])
})
