/** What is said of each part, from when on it needs somebody, and what they are to do. */
import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../src/clock/time.js'
import { judgeBackup } from '../../src/status/backup.js'
import { inBytes, judgeDisk } from '../../src/status/disk.js'
import { judgeKeptCalls, judgeLine } from '../../src/status/pbx.js'

const GIBIBYTE = 1024 ** 3
const NOW = Date.UTC(2026, 10, 23, 13)
const LINE = { takesCalls: true, since: NOW, fault: null, version: '22.9.1', keptCalls: 0 }
const say = (instant: number) => new Date(instant).toISOString().slice(11, 16)

describe('the PBX', () => {
  it('is well while it is connected, and says since when', () => {
    expect(judgeLine(LINE, say)).toEqual({
      verdict: 'ok',
      finding: 'Connected since 13:00. The application is registered: calls are taken.',
      remedy: null,
    })
  })

  it('is wrong when it is not, and says why', () => {
    const finding = 'Asterisk refuses the ARI user punchline or its password.'
    const remedy = 'Make them those of ari.conf.'
    const fault = { code: 'password-refused', finding, remedy, command: 'asterisk -rx "module reload res_ari.so"' }
    expect(judgeLine({ ...LINE, takesCalls: false, fault }, say)).toEqual({
      verdict: 'wrong',
      finding: `Calls can’t be taken since 13:00. ${finding}`,
      remedy,
      command: fault.command,
    })
    expect(judgeLine({ ...LINE, takesCalls: false }, say)).toMatchObject({
      finding: 'Calls can’t be taken since 13:00. The PBX is not connected.',
      remedy: expect.stringContaining('See that Asterisk runs'),
    })
  })
})

describe('calls that the PBX keeps', () => {
  it('need a look while some wait, or while it is not known', () => {
    expect(judgeKeptCalls(LINE).verdict).toBe('ok')
    expect(judgeKeptCalls({ ...LINE, keptCalls: 1 })).toMatchObject({
      verdict: 'attention',
      finding: 'One call waits on the PBX.',
    })
    expect(judgeKeptCalls({ ...LINE, keptCalls: 7 }).finding).toBe('7 calls wait on the PBX.')
    expect(judgeKeptCalls({ ...LINE, takesCalls: false }).verdict).toBe('attention')
  })
})

it.each([
  [40 * GIBIBYTE, 'ok', '40.0 GiB free on the disk of the data directory.'],
  [2 * GIBIBYTE, 'ok', '2.0 GiB free on the disk of the data directory.'],
  [1.9 * GIBIBYTE, 'attention', '1.9 GiB free on the disk of the data directory.'],
  [499 * 1024 ** 2, 'wrong', 'Only 499 MiB free on the disk of the data directory.'],
  [0, 'wrong', 'Only 0 KiB free on the disk of the data directory.'],
])('a disk with %i bytes free: %s', (free, verdict, finding) => {
  expect(judgeDisk(free)).toMatchObject({ verdict, finding })
})

it.each([
  ['none', null, 'attention'],
  ['one of last night', NOW - 12 * HOUR, 'ok'],
  ['one of the night before', NOW - 37 * HOUR, 'attention'],
  ['one of last week', NOW - 8 * DAY, 'wrong'],
])('a backup, %s: %s', (_, at, verdict) => {
  expect(judgeBackup(at === null ? null : { at }, NOW, say).verdict).toBe(verdict)
})

it.each([
  [1536, '1 KiB'],
  [5.5 * 1024 ** 2, '5 MiB'],
  [1.55 * GIBIBYTE, '1.6 GiB'],
])('%i bytes are said as %s', (bytes, said) => {
  expect(inBytes(bytes)).toBe(said)
})
