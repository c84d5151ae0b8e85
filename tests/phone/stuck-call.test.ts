/** A call that comes no further. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MINUTE } from '../../src/clock/time.js'
import { answer } from '../../src/phone/answer.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { ScriptedCaller } from './scripted-caller.js'

let workspace: Workspace

beforeEach(async () => {
  workspace = await openWorkspace()
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] })
})

afterEach(async () => {
  vi.useRealTimers()
  await workspace.close()
})

/** Somebody who keys for ever and never ends, after so many answers. */
class EndlessCaller extends ScriptedCaller {
  override ask(...prompts: Parameters<ScriptedCaller['ask']>): ReturnType<ScriptedCaller['ask']> {
    return this.heard.filter(heard => heard === '~').length < 1 ? super.ask(...prompts) : new Promise(() => {})
  }
}

it('is given back to the PBX after two minutes without a step, and that is on record', async () => {
  const caller = new EndlessCaller(['10000#'])
  const answered = { channel: 'test', callerNumber: null, answeredAt: Date.now() }
  const call = answer(caller, answered, workspace.clock)
  const steps = () => workspace.db.selectFrom('call_steps').select('step').orderBy('id').execute()
  await vi.waitFor(async () => expect(await steps()).toHaveLength(2))
  await vi.advanceTimersByTimeAsync(2 * MINUTE - 5_000)
  expect(caller.ended).toBeNull()
  await vi.advanceTimersByTimeAsync(5_000)
  await call
  expect(caller.ended).toBe('handed back')
  expect((await steps()).at(-1)).toEqual({ step: 'stuck: handed back to the PBX' })
  const { outcome, ended_at } = await workspace.db.selectFrom('calls').selectAll().executeTakeFirstOrThrow()
  expect({ outcome, isEnded: ended_at !== null }).toEqual({ outcome: 'handed-back', isEnded: true })
})
