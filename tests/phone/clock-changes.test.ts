/** The nights in which clocks change: what the caller hears, and what is on record. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TimeStyle } from '../../src/clock/time.js'
import { answer } from '../../src/phone/answer.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { ScriptedCaller } from './scripted-caller.js'

let workspace: Workspace
let ann: { id: number; phoneClockId: string }

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  workspace = await openWorkspace()
  ann = await workspace.hire('Ann', '2468')
})

afterEach(async () => {
  vi.useRealTimers()
  await workspace.close()
})

/** What a caller hears behind the PIN, at an instant such as 2026-11-01T01:30-04:00, in a company's zone. */
async function heardAt(instant: string, timeZone: string): Promise<string> {
  vi.setSystemTime(new Date(instant))
  const timeStyle: TimeStyle = { timeZone, hours: 12 }
  const caller = new ScriptedCaller([`${ann.phoneClockId}#`, '2468#'])
  await answer(
    caller,
    { channel: 'test', callerNumber: null, answeredAt: Date.now() },
    { ...workspace.clock, timeStyle },
  )
  return caller.heard.slice(caller.heard.lastIndexOf('~') + 1).join(' ')
}

describe.each([
  // Spring forward by an hour, and back; Lord Howe by half an hour.
  ['America/New_York', 'a short night', '2026-03-07T22:00-05:00', '2026-03-08T06:00-04:00', ['number-7', 'hours']],
  ['America/New_York', 'a long night', '2026-10-31T22:00-04:00', '2026-11-01T06:00-05:00', ['number-9', 'hours']],
  [
    'Australia/Lord_Howe',
    'a short night',
    '2026-10-03T22:00+10:30',
    '2026-10-04T06:00+11:00',
    ['number-7', 'hours', 'number-30', 'minutes'],
  ],
  [
    'Australia/Lord_Howe',
    'a long night',
    '2026-04-04T22:00+11:00',
    '2026-04-05T06:00+10:30',
    ['number-8', 'hours', 'number-30', 'minutes'],
  ],
])('in %s, %s from ten to six', (timeZone, _, evening, morning, worked) => {
  it('is read back in the times of the clock on the wall, and as the hours that it was', async () => {
    expect(await heardAt(evening, timeZone)).toContain('clocked-in-at number-10 p-m')
    expect(await heardAt(morning, timeZone)).toContain(
      `clocked-out-at number-6 a-m you-worked ${worked.join(' ')} say-your-name`,
    )
  })
})

describe('in the hour that comes twice', () => {
  it('a call that says an earlier time than the clock-in clocks out, with the time between', async () => {
    expect(await heardAt('2026-11-01T01:50-04:00', 'America/New_York')).toContain(
      'clocked-in-at number-1 number-50 a-m',
    )
    expect(await heardAt('2026-11-01T01:10-05:00', 'America/New_York')).toContain(
      'clocked-out-at number-1 number-10 a-m you-worked number-20 minutes',
    )
  })

  it('a second call a minute later is told of the first, though the clock on the wall went back', async () => {
    await heardAt('2026-11-01T01:59:30-04:00', 'America/New_York')
    vi.setSystemTime(new Date('2026-11-01T01:00:45-05:00'))
    const again = new ScriptedCaller([`${ann.phoneClockId}#`, '2468#', 'silence'])
    await answer(again, { channel: 'test', callerNumber: null, answeredAt: Date.now() }, workspace.clock)
    expect(again.heard.join(' ')).toContain('you-clocked-in-at number-1 number-59 a-m number-1 minute-ago')
    expect(await workspace.db.selectFrom('punches').select('id').execute()).toHaveLength(1)
  })
})
