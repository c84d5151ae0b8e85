/** The call as product.md section 2 tells it, on a caller who follows a script, with a real database. */
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatWav } from '../../scripts/telephone/wav.js'
import type { Attestation } from '../../src/clock/attestation.js'
import { answer } from '../../src/phone/answer.js'
import { addJob } from '../../src/store/jobs.js'
import { removePin } from '../../src/store/pins.js'
import { changeSettings, type Settings } from '../../src/store/settings.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { speech } from '../support/sound.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { type Deed, ScriptedCaller } from './scripted-caller.js'

let workspace: Workspace
let ann: { id: number; phoneClockId: string }

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  workspace = await openWorkspace()
  ann = await workspace.hire('Ann Baker', '2468')
  itIs('08:05')
})

afterEach(async () => {
  vi.useRealTimers()
  await workspace.close()
})

/** Sets the time of day in New York. */
function itIs(time: string, day = '2026-11-23') {
  vi.setSystemTime(new Date(`${day}T${time.length === 5 ? `${time}:00` : time}-05:00`))
}

async function call(
  deeds: Deed[],
  {
    from = '+15550102',
    attestation = null,
    ...options
  }: { says?: Uint8Array | null; from?: string; attestation?: Attestation | null } = {},
): Promise<ScriptedCaller> {
  const caller = new ScriptedCaller(deeds, options)
  const answered = { channel: 'test', callerNumber: from, answeredAt: Date.now(), attestation }
  await answer(caller, answered, workspace.clock)
  return caller
}

const signIn = (): Deed[] => [`${ann.phoneClockId}#`, '2468#']
const entries = () => listTimeEntries(workspace.db, {})
const lastCall = () =>
  workspace.db.selectFrom('calls').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()
const punches = () => workspace.db.selectFrom('punches').select(['direction', 'at']).execute()
const unclaimed = () => workspace.db.selectFrom('unclaimed_punches').selectAll().execute()
const steps = async () => (await workspace.db.selectFrom('call_steps').select('step').execute()).map(row => row.step)
const setting = (changes: Partial<Settings>) => changeSettings(workspace.db, changes, 'test')

const IDENTIFY = 'welcome enter-phone-clock-id ~ enter-pin ~'
const NAME_AND_BYE = 'say-your-name tone thank-you-goodbye'
const RESCUE = 'three-tries-failed say-your-name-and-site tone thank-you-goodbye'

describe('clocking in and out', () => {
  it('clocks in an employee who was out, says the time, takes the name, and hangs up', async () => {
    const { heard, ended } = await call(signIn())
    expect(heard.join(' ')).toBe(`${IDENTIFY} clocked-in-at number-8 oh-5 a-m ${NAME_AND_BYE}`)
    expect(ended).toBe('by Punchline')
    expect(await entries()).toMatchObject([{ employee: 'Ann Baker', state: 'open', clockOutAt: null }])
    expect(await lastCall()).toMatchObject({ outcome: 'clocked-in', employee_id: ann.id, caller_number: '+15550102' })
  })

  it('clocks out an employee who was in, and says the worked time', async () => {
    await call(signIn())
    itIs('16:32')
    const { heard } = await call(signIn())
    expect(heard.join(' ')).toBe(
      `${IDENTIFY} clocked-out-at number-4 number-32 p-m you-worked number-8 hours number-27 minutes ${NAME_AND_BYE}`,
    )
    expect(await entries()).toMatchObject([{ state: 'closed' }])
  })

  it('counts from when the call was answered, however slowly the keys came', async () => {
    const answeredAt = Date.now()
    const slow = new ScriptedCaller(signIn())
    const ask = slow.ask.bind(slow)
    slow.ask = (...prompts) => {
      vi.advanceTimersByTime(30_000)
      vi.setSystemTime(Date.now() + 30_000)
      return ask(...prompts)
    }
    await answer(slow, { channel: 'test', callerNumber: null, answeredAt }, workspace.clock)
    expect(await punches()).toEqual([{ direction: 'in', at: answeredAt }])
  })
})

describe('the phone clock ID and the PIN', () => {
  it.each([
    ['a wrong PIN', () => [`${ann.phoneClockId}#`, '1357#']],
    ['an unknown ID', () => ['10000#', '2468#']],
    ['two hundred digits', () => [`${'4'.repeat(32)}#`, `${'4'.repeat(32)}#`]],
  ] as [string, () => Deed[]][])('start again at the ID after %s', async (_, wrong) => {
    const { heard } = await call([...wrong(), ...signIn()])
    expect(heard.join(' ')).toBe(
      `${IDENTIFY} id-and-pin-do-not-match enter-phone-clock-id ~ enter-pin ~ clocked-in-at number-8 oh-5 a-m ${NAME_AND_BYE}`,
    )
  })

  it('sound the same for a removed PIN', async () => {
    await removePin(workspace.db, ann.id, 'test')
    const { heard } = await call([...signIn(), 'hang up'])
    expect(heard.join(' ')).toBe(`${IDENTIFY} id-and-pin-do-not-match enter-phone-clock-id ~`)
  })

  it('sound the same for a locked ID, even with the right PIN', async () => {
    const wrong: Deed[] = [`${ann.phoneClockId}#`, '1357#']
    await call([...wrong, ...wrong, ...wrong])
    await call([...wrong, ...wrong, 'hang up'])
    const { heard } = await call([...signIn(), 'hang up'])
    expect(heard.join(' ')).toBe(`${IDENTIFY} id-and-pin-do-not-match enter-phone-clock-id ~`)
  })

  it('are open again when the lock has passed', async () => {
    const wrong: Deed[] = [`${ann.phoneClockId}#`, '1357#']
    await call([...wrong, ...wrong, ...wrong])
    await call([...wrong, ...wrong, 'hang up'])
    itIs('08:06:01')
    expect((await call(signIn())).heard).toContain('clocked-in-at')
  })

  it('count as a failure on disk before they are judged', async () => {
    const attempts = () => workspace.db.selectFrom('pin_attempts').select(['phone_clock_id', 'verdict']).execute()
    await call([`${ann.phoneClockId}#`, '1357#', '2468#', '2468#', 'hang up'])
    expect(await attempts()).toEqual([
      { phone_clock_id: ann.phoneClockId, verdict: 'wrong' },
      { phone_clock_id: null, verdict: 'unknown' },
    ])
  })

  it('are asked again when nothing is keyed in', async () => {
    const { heard } = await call(['silence', `${ann.phoneClockId}#`, '#', '2468#'])
    expect(heard.join(' ')).toContain(
      'welcome enter-phone-clock-id ~ nothing-entered enter-phone-clock-id ~ enter-pin ~ nothing-entered enter-pin ~ clocked-in-at',
    )
  })
})

describe('the caller’s number', () => {
  const isNew = async () => (await lastCall()).number_is_new === 1

  it('is noted where it is new for an employee who has clocked from another', async () => {
    await call(signIn())
    expect(await isNew()).toBe(false)
    itIs('12:00')
    await call(signIn(), { from: '+15550199' })
    expect(await isNew()).toBe(true)
    itIs('17:00')
    await call(signIn(), { from: '+15550199' })
    expect(await isNew()).toBe(false)
  })

  it('is kept with what its signature says', async () => {
    await call(signIn(), { attestation: 'B' })
    expect(await lastCall()).toMatchObject({ attestation: 'B', caller_number: '+15550102' })
  })

  it('with a false signature counts as a stranger’s', async () => {
    await call(signIn())
    itIs('12:00')
    await call([`${ann.phoneClockId}#`, '1357#', 'hang up'], { attestation: 'failed' })
    const attempts = await workspace.db.selectFrom('pin_attempts').select(['caller', 'caller_number']).execute()
    expect(attempts.at(-1)).toEqual({ caller: 'stranger', caller_number: null })
  })
})

describe('the third failure', () => {
  const unclaimedAfter = async (deeds: Deed[], says: Uint8Array | null = null) => {
    const { heard } = await call(deeds, { says })
    expect(heard.join(' ')).toMatch(new RegExp(`~ ${RESCUE}$`))
    expect(await punches()).toEqual([])
    expect(await lastCall()).toMatchObject({ outcome: 'unclaimed-punch' })
    return unclaimed()
  }

  it('of ID and PIN leaves an unclaimed punch at the time of the call, with name and site on tape', async () => {
    const at = Date.now()
    const wrong: Deed[] = [`${ann.phoneClockId}#`, '1357#']
    const kept = await unclaimedAfter([...wrong, ...wrong, ...wrong], formatWav(speech(3)))
    expect(kept).toMatchObject([{ at, employee_id: null, has_speech: 1, duration_ms: 3000 }])
  })

  it('to key in an ID leaves one too', async () => {
    expect(await unclaimedAfter(['silence', '#', 'silence'])).toHaveLength(1)
  })

  it('to key in a PIN leaves one too', async () => {
    expect(await unclaimedAfter([`${ann.phoneClockId}#`, 'silence', 'silence', 'silence'])).toHaveLength(1)
  })

  it('to name a job leaves one that says whose it is', async () => {
    await addJob(workspace.db, { name: 'Roof', phoneCode: '12' }, 'test')
    expect(await unclaimedAfter([...signIn(), '99#', '99#', 'silence'])).toMatchObject([{ employee_id: ann.id }])
  })
})

describe('the job', () => {
  beforeEach(() => addJob(workspace.db, { name: 'Roof', phoneCode: '12' }, 'test'))
  const jobOf = async () => (await entries())[0]?.job

  it('is not asked for when no active job has a phone code', async () => {
    await workspace.db.updateTable('jobs').set({ active: 0 }).execute()
    expect((await call(signIn())).heard.join(' ')).not.toContain('job')
  })

  it('is chosen by its phone code', async () => {
    const { heard } = await call([...signIn(), '12#'])
    expect(heard.join(' ')).toBe(`${IDENTIFY} enter-job-code-or-skip ~ clocked-in-at number-8 oh-5 a-m ${NAME_AND_BYE}`)
    expect(await jobOf()).toBe('Roof')
  })

  it('is skipped with pound', async () => {
    await call([...signIn(), '#'])
    expect(await jobOf()).toBeNull()
    expect(await lastCall()).toMatchObject({ outcome: 'clocked-in' })
  })

  it('is asked again when nothing is pressed', async () => {
    const { heard } = await call([...signIn(), 'silence', '12#'])
    expect(heard.join(' ')).toContain('enter-job-code-or-skip ~ nothing-entered enter-job-code-or-skip ~ clocked-in-at')
  })

  it('is asked again after an unknown code', async () => {
    const { heard } = await call([...signIn(), '99#', '12#'])
    expect(heard.join(' ')).toContain(
      'enter-job-code-or-skip ~ unknown-job-code enter-job-code-or-skip ~ clocked-in-at',
    )
    expect(await jobOf()).toBe('Roof')
  })

  it('cannot be skipped where each entry needs one', async () => {
    await setting({ jobRequired: true })
    const { heard } = await call([...signIn(), '#', '12#'])
    expect(heard.join(' ')).toContain('enter-job-code ~ nothing-entered enter-job-code ~ clocked-in-at')
  })

  it('is not asked for when clocking out of an entry that has one', async () => {
    await call([...signIn(), '12#'])
    itIs('16:32')
    expect((await call(signIn())).heard.join(' ')).not.toContain('job')
    expect(await jobOf()).toBe('Roof')
  })

  it('is asked for when clocking out of an entry without one', async () => {
    await call([...signIn(), '#'])
    itIs('16:32')
    await call([...signIn(), '12#'])
    expect(await entries()).toMatchObject([{ job: 'Roof', state: 'closed' }])
  })
})

describe('a second call within two minutes', () => {
  const told = 'you-clocked-in-at number-8 oh-5 a-m number-1 minute-ago to-clock-out-now-press-1 ~'

  beforeEach(async () => {
    await call(signIn())
    itIs('08:06:30')
  })

  it('hears when the punch was; without a key nothing is recorded', async () => {
    const { heard } = await call([...signIn(), 'silence'])
    expect(heard.join(' ')).toBe(`${IDENTIFY} ${told} goodbye`)
    expect(await punches()).toHaveLength(1)
    expect(await lastCall()).toMatchObject({ outcome: 'no-second-punch' })
  })

  it('may just hang up', async () => {
    await call([...signIn(), 'hang up'])
    expect(await punches()).toHaveLength(1)
    expect(await lastCall()).toMatchObject({ outcome: 'no-second-punch' })
  })

  it('clocks out with 1', async () => {
    const { heard } = await call([...signIn(), '1'])
    expect(heard.join(' ')).toContain(`${told} clocked-out-at number-8 oh-6 a-m you-worked number-1 minute`)
    expect(await punches()).toMatchObject([{ direction: 'in' }, { direction: 'out' }])
  })

  it('does not clock out with another key', async () => {
    await call([...signIn(), '2'])
    expect(await punches()).toHaveLength(1)
  })

  it('after a clock-out offers to clock in', async () => {
    await call([...signIn(), '1'])
    const { heard } = await call([...signIn(), 'silence'])
    expect(heard.join(' ')).toContain(
      'you-clocked-out-at number-8 oh-6 a-m less-than-a-minute-ago to-clock-in-now-press-1 ~',
    )
  })
})

describe('a forgotten clock-out', () => {
  it("leaves the old entry for an admin, and today's call clocks in", async () => {
    await call(signIn())
    itIs('08:00', '2026-11-24')
    expect((await call(signIn())).heard.join(' ')).toContain('clocked-in-at number-8 a-m')
    expect(await entries()).toMatchObject([
      { state: 'open', clockOutAt: null },
      { state: 'missing-clock-out', clockOutAt: null },
    ])
  })

  it('counts from as many hours as the setting says', async () => {
    await setting({ forgottenAfterHours: 24 })
    await call(signIn())
    itIs('08:00', '2026-11-24')
    expect((await call(signIn())).heard).toContain('clocked-out-at')
  })
})

describe('the voice check', () => {
  const checks = () => workspace.db.selectFrom('voice_checks').selectAll().execute()

  it('is kept with its punch and removed from the PBX', async () => {
    const { removed } = await call(signIn(), { says: formatWav(speech(2)) })
    const [check] = await checks()
    expect(check).toMatchObject({ has_speech: 1, duration_ms: 2000 })
    expect(await workspace.clock.recordings.find(check?.recording ?? '')).not.toBeNull()
    expect(removed).toEqual([`punchline-voice-${(await lastCall()).id}`])
  })

  it('is kept when the caller hangs up instead of pressing pound', async () => {
    await call([...signIn(), 'hang up'], { says: formatWav(speech(2)) })
    expect(await checks()).toMatchObject([{ has_speech: 1 }])
    expect(await lastCall()).toMatchObject({ outcome: 'clocked-in' })
  })

  it('notes that nothing was recorded', async () => {
    await call(signIn())
    expect(await checks()).toMatchObject([{ has_speech: 0, recording: null }])
  })

  it('never costs the punch, whatever fails', async () => {
    const caller = new ScriptedCaller(signIn())
    caller.record = () => Promise.reject(new Error('the disk of the PBX is full'))
    await answer(caller, { channel: 'test', callerNumber: null, answeredAt: Date.now() }, workspace.clock)
    expect(caller.heard.join(' ')).toContain('say-your-name thank-you-goodbye')
    expect(await punches()).toHaveLength(1)
  })
})

describe('a hang-up', () => {
  it.each([
    ['at the phone clock ID', 0],
    ['at the PIN', 1],
  ])('%s leaves nothing half-done', async (_, keyed) => {
    const { ended } = await call([...signIn().slice(0, keyed), 'hang up'])
    expect(ended).toBe('by the caller')
    expect(await punches()).toEqual([])
    expect(await lastCall()).toMatchObject({ outcome: 'hung-up' })
    expect(await steps()).toContain('the caller hung up')
  })

  it('at the job leaves nothing half-done', async () => {
    await addJob(workspace.db, { name: 'Roof', phoneCode: '12' }, 'test')
    await call([...signIn(), 'hang up'])
    expect(await punches()).toEqual([])
  })
})

describe('a fault', () => {
  it('hands the call back to the PBX, which keeps it for the office, and touches no other call', async () => {
    const caller = new ScriptedCaller(signIn())
    caller.askForKey = () => Promise.reject(new Error('not reached'))
    caller.ask = () => Promise.reject(new Error('a defect'))
    await answer(caller, { channel: 'test', callerNumber: null, answeredAt: Date.now() }, workspace.clock)
    expect(caller.ended).toBe('handed back')
    expect(await lastCall()).toMatchObject({ outcome: 'handed-back' })
    expect((await call(signIn())).heard).toContain('clocked-in-at')
  })

  it('after the punch hands it back as one that is on record: nothing is asked again', async () => {
    const caller = new ScriptedCaller(signIn())
    const { say } = caller
    caller.say = async (...prompts) => {
      if (prompts.includes('say-your-name')) throw new Error('a defect')
      await say.call(caller, ...prompts)
    }
    await answer(caller, { channel: 'test', callerNumber: null, answeredAt: Date.now() }, workspace.clock)
    expect(caller.ended).toBe('handed back, on record')
    expect(await lastCall()).toMatchObject({ outcome: 'clocked-in' })
  })
})

describe('while nothing can be saved', () => {
  const readOnly = (isOn: boolean) => sql.raw(`pragma query_only = ${isOn ? 'on' : 'off'}`).execute(workspace.db)
  const answered = () => ({ channel: 'test', callerNumber: null, answeredAt: Date.now() })

  /** Leads a caller to whom it happens at `moment`. */
  async function callDuring(moment: 'ask' | 'askForKey' | 'record', deeds: Deed[]): Promise<ScriptedCaller> {
    const caller = new ScriptedCaller(deeds, { says: formatWav(speech(2)) })
    const goesOn: (...said: never[]) => Promise<unknown> = caller[moment].bind(caller)
    Object.assign(caller, {
      [moment]: async (...said: never[]) => {
        await readOnly(true)
        return goesOn(...said)
      },
    })
    await answer(caller, answered(), workspace.clock)
    await readOnly(false)
    return caller
  }

  it('a call that arrives is left to the PBX, which keeps it for the office', async () => {
    await readOnly(true)
    const caller = new ScriptedCaller([])
    await answer(caller, answered(), workspace.clock)
    expect(caller).toMatchObject({ ended: 'handed back', heard: [] })
  })

  it('so is one that was under way, and nothing of it is confirmed or punched', async () => {
    const caller = await callDuring('ask', signIn())
    expect(caller).toMatchObject({ ended: 'handed back' })
    expect(caller.heard.join(' ')).toBe('welcome enter-phone-clock-id ~ enter-pin ~')
    expect(await punches()).toEqual([])
  })

  it('so is one that asked for another punch, since that is not on record', async () => {
    await call(signIn())
    itIs('08:06')
    expect(await callDuring('askForKey', [...signIn(), '1'])).toMatchObject({ ended: 'handed back' })
    expect(await punches()).toHaveLength(1)
  })

  it('a punch that was confirmed before stays, the name stays on the PBX, and the call ends once it can', async () => {
    const caller = await callDuring('record', signIn())
    expect(caller.heard.join(' ')).toContain('clocked-in-at')
    expect(caller).toMatchObject({ ended: 'by Punchline', removed: [] })
    expect(await punches()).toHaveLength(1)
    await vi.waitUntil(async () => (await lastCall()).outcome === 'clocked-in', { timeout: 10_000 })
  })
})

it('writes no key that was pressed into the record of the call', async () => {
  await call(['97531#', '86420#', ...signIn()])
  const record = JSON.stringify([
    await workspace.db.selectFrom('call_steps').selectAll().execute(),
    await workspace.db.selectFrom('pin_attempts').selectAll().execute(),
  ])
  for (const keyed of ['97531', '86420', '2468']) expect(record).not.toContain(keyed)
})

describe('the steps on record', () => {
  it('tell a whole call: entries, a refusal, the job, the punch, the recording, the hang-up', async () => {
    await addJob(workspace.db, { name: 'Roof', phoneCode: '12' }, 'test')
    const deeds: Deed[] = [`${ann.phoneClockId}#`, '1357#', ...signIn(), '12#']
    await call(deeds, { says: formatWav(speech(2)) })
    const told = await steps()
    expect(told.filter(step => step !== 'voice check kept')).toEqual([
      'answered',
      'phone clock ID entered',
      'PIN entered',
      'ID and PIN refused',
      'phone clock ID entered',
      'PIN entered',
      'ID and PIN accepted',
      'job chosen',
      'clocked in',
      'recording the name',
      'Punchline hung up',
    ])
    expect(told).toContain('voice check kept')
  })

  it('tell a rescue', async () => {
    const wrong: Deed[] = [`${ann.phoneClockId}#`, '1357#']
    await call([...wrong, ...wrong, ...wrong], { says: formatWav(speech(3)) })
    const told = await steps()
    for (const step of ['third failure', 'kept as unclaimed punch', 'recording name and site', 'name and site kept']) {
      expect(told).toContain(step)
    }
  })

  it('tell of a second punch that was asked for', async () => {
    await call(signIn())
    await call([...signIn(), '1'])
    expect(await steps()).toContain('another punch asked for')
  })

  it('never name a digit that was keyed in', async () => {
    await call(signIn())
    const rows = await workspace.db.selectFrom('call_steps').select(['step', 'detail']).execute()
    const text = rows.map(({ step, detail }) => `${step} ${detail ?? ''}`).join(' ')
    expect(text).not.toContain(ann.phoneClockId)
    expect(text).not.toContain('2468')
  })
})
