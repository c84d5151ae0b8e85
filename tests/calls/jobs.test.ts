/** The job on a real call, in its three forms: not asked for, optional, required. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../../scripts/telephone/telephone.js'
import { addJob } from '../../src/store/jobs.js'
import { changeSettings } from '../../src/store/settings.js'
import { listTimeEntries } from '../../src/store/time-entries.js'
import { startInstallation } from './support/installation.js'
import { heardBy } from './support/listening.js'

const { punchline } = await startInstallation()
let hired = 0

interface Caller {
  readonly name: string
  /** What signs in. */
  readonly keys: string
}

async function hire(): Promise<Caller> {
  const name = `Employee ${++hired}`
  const { phoneClockId } = await punchline.workspace.hire(name, '2468')
  return { name, keys: `${phoneClockId}#2468#` }
}

const jobOf = async ({ name }: Caller) =>
  (await listTimeEntries(punchline.workspace.db, {})).find(entry => entry.employee === name)?.job

/** Calls and signs in, and then keys in each entry when the prompt has been heard. */
async function clockIn({ keys }: Caller, ...entries: [prompt: string, keys: string][]): Promise<string> {
  const call = await punchline.call({ keysAtAnswer: keys })
  for (const [prompt, entry] of entries) {
    await call.hears(prompt, { part: 'end' })
    await call.press(entry)
  }
  await call.hears('clocked-in-at')
  await call.hangUp()
  return afterKeysAhead(call)
}

/** What was heard once the keys that were sent ahead were through. */
function afterKeysAhead(call: Call): string {
  return heardBy(call).replace(/^(\S+\/ )+/, '')
}

it('is not asked for when no job has a phone code', async () => {
  await addJob(punchline.workspace.db, { name: 'Office', phoneCode: null }, 'test')
  expect(await clockIn(await hire())).toMatch(/^clocked-in-at/)
})

describe.concurrent('an optional job', () => {
  beforeAll(() => addJob(punchline.workspace.db, { name: 'Roof', phoneCode: '12' }, 'test'))

  it('is chosen by its phone code', async () => {
    const employee = await hire()
    const heard = await clockIn(employee, ['enter-job-code-or-skip', '12#'])
    expect(heard).toMatch(/^enter-job-code-or-skip clocked-in-at/)
    expect(await jobOf(employee)).toBe('Roof')
  })

  it('is chosen in one go with ID and PIN', async () => {
    const employee = await hire()
    await clockIn({ ...employee, keys: `${employee.keys}12#` })
    expect(await jobOf(employee)).toBe('Roof')
  })

  it('is skipped with pound', async () => {
    const employee = await hire()
    await clockIn(employee, ['enter-job-code-or-skip', '#'])
    expect(await jobOf(employee)).toBeNull()
  })

  it('is asked for again after an unknown code', async () => {
    const employee = await hire()
    const heard = await clockIn(
      employee,
      ['enter-job-code-or-skip', '99#'],
      ['unknown-job-code', ''],
      ['enter-job-code-or-skip', '12#'],
    )
    expect(heard).toMatch(/^enter-job-code-or-skip unknown-job-code enter-job-code-or-skip clocked-in-at/)
    expect(await jobOf(employee)).toBe('Roof')
  })

  it('is asked for again after silence, three times at most', async () => {
    const employee = await hire()
    const call = await punchline.call({ keysAtAnswer: employee.keys })
    await call.ended
    expect(heardBy(call)).toMatch(
      /nothing-entered enter-job-code-or-skip three-tries-failed say-your-name-and-site tone/,
    )
    expect(await jobOf(employee)).toBeUndefined()
  })
})

describe('a required job', () => {
  beforeAll(() => changeSettings(punchline.workspace.db, { jobRequired: true }, 'test'))

  it('cannot be skipped', async () => {
    const employee = await hire()
    const heard = await clockIn(employee, ['enter-job-code', '#'], ['nothing-entered', ''], ['enter-job-code', '12#'])
    expect(heard).toMatch(/^enter-job-code nothing-entered enter-job-code clocked-in-at/)
    expect(await jobOf(employee)).toBe('Roof')
  })
})
