/** What is said of steps that depend on the machine or the trunk. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { isSameNumber } from '../../src/status/dial-in-number.js'
import { isClockSynchronized, judgeMachineClock } from '../../src/status/machine-clock.js'

it.each([
  ['+1 555 0100', '5550100', true],
  ['+1 (212) 555-0100', '0100', true],
  ['+44 (0)20 7946 0000', '+442079460000', true],
  ['020 7946 0000', '00442079460000', true],
  ['+1 555 0100', '15550199', false],
  ['+1 555 0100', '00', false],
  ['12', '12', true],
])('%s is told to employees, and the trunk says %s: the same number, %s', (shown, dialled, isSame) => {
  expect(isSameNumber(shown, dialled)).toBe(isSame)
})

it('a clock that NTP does not keep right is said, with what sets it; one of which that is not known is to be compared', () => {
  expect(judgeMachineClock(true, '8:05 AM')).toMatchObject({
    verdict: 'ok',
    finding: expect.stringContaining('NTP keeps it right'),
  })
  expect(judgeMachineClock(false, '8:05 AM')).toMatchObject({
    verdict: 'attention',
    command: 'timedatectl set-ntp true',
  })
  expect(judgeMachineClock(null, '8:05 AM')).toMatchObject({
    verdict: 'ok',
    finding: expect.stringContaining('compare it'),
  })
})

it.each([
  ['yes', true],
  ['no', false],
])('a system that says NTPSynchronized=%s is taken at its word', async (said, expected) => {
  const directory = mkdtempSync(join(tmpdir(), 'punchline-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'timedatectl'), `#!/bin/sh\n[ "$2" = --property=NTPSynchronized ] && echo ${said}\n`)
  chmodSync(join(directory, 'timedatectl'), 0o755)
  vi.stubEnv('PATH', `${directory}:/bin:/usr/bin`)
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await isClockSynchronized()).toBe(expected)
})

it('a system without that is one of which nothing is known', async () => {
  vi.stubEnv('PATH', '/nowhere')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await isClockSynchronized()).toBeNull()
})
