/** Callers who do anything at all, on a line that fails at any moment: what may never happen, never happens. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { answer } from '../../src/phone/answer.js'
import { type Caller, CallOver, type Entry, type Key, type Recording } from '../../src/phone/caller.js'
import { addJob } from '../../src/store/jobs.js'
import { changeSettings } from '../../src/store/settings.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { tellEach } from './scripted-caller.js'

const PINS = ['2468', '8052'] as const

/** What happens when Punchline wants something of the caller or of the line. */
type Happening =
  | { readonly kind: 'right ID' | 'right PIN' | 'silence' | 'hang-up' | 'line lost' | 'fault' }
  | { readonly kind: 'keys'; readonly keys: string; readonly isEnded: boolean }

interface FuzzedCall {
  readonly who: 0 | 1
  readonly from: string | null
  readonly happenings: readonly Happening[]
  readonly recording: 'speech' | 'nothing' | 'lost' | 'not removed'
}

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Happening>({ kind: 'right ID' }, { kind: 'right PIN' }) },
  { weight: 2, arbitrary: fc.constantFrom<Happening>({ kind: 'silence' }, { kind: 'hang-up' }) },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ kind: 'line lost' }, { kind: 'fault' }) },
  // The job: its code, or skipped.
  {
    weight: 5,
    arbitrary: fc.constantFrom<Happening>(
      { kind: 'keys', keys: '12', isEnded: true },
      { kind: 'keys', keys: '', isEnded: true },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('keys' as const),
      keys: fc.stringMatching(/^[0-9*]{0,40}$/),
      isEnded: fc.boolean(),
    }),
  },
)

const fuzzedCall: fc.Arbitrary<FuzzedCall> = fc.record({
  who: fc.constantFrom(0 as const, 1 as const),
  from: fc.constantFrom(null, '+15550102', '+15550199', '\u0000<b>"\''),
  // Half of them get in at once, so that what comes after is met too.
  happenings: fc.oneof(
    fc.array(happening, { maxLength: 14 }),
    fc.array(happening, { maxLength: 8 }).map(rest => [{ kind: 'right ID' }, { kind: 'right PIN' }, ...rest] as const),
  ),
  recording: fc.constantFrom('speech' as const, 'nothing' as const, 'lost' as const, 'not removed' as const),
})

/** Does what happens, in order, and then hangs up. Keeps what was keyed for the ID and the PIN last. */
class AnyCaller implements Caller {
  readonly #call: FuzzedCall
  readonly #id: string
  readonly #happenings: Happening[]
  readonly keyed: string[] = []
  isOver = false

  constructor(call: FuzzedCall, id: string) {
    this.#call = call
    this.#id = id
    this.#happenings = [...call.happenings]
  }

  /** Whether the last ID and PIN that were keyed one after the other are this employee's. */
  knows(pin: string): boolean {
    return this.keyed.some((id, i) => id === this.#id && this.keyed.slice(i + 1).includes(pin))
  }

  async answer(): Promise<void> {}

  readonly anyKey = false

  async sound(): Promise<null> {
    return null
  }

  async say(): Promise<void> {
    // Prompts are short of happenings: most of those are for questions.
    const [next] = this.#happenings
    if (next?.kind === 'fault' || next?.kind === 'line lost' || this.isOver) this.#next()
  }

  async ask(): Promise<Entry> {
    const next = this.#next()
    if (next.kind === 'silence') return { digits: '', endedBy: 'silence' }
    const digits = this.#digitsOf(next)
    this.keyed.push(digits)
    return { digits, endedBy: next.kind !== 'keys' || next.isEnded ? 'pound' : 'silence' }
  }

  async askTelling(onDigits: (digits: string) => void): Promise<Entry> {
    const entry = await this.ask()
    tellEach(entry.digits, onDigits)
    return entry
  }

  async askForKey(): Promise<Key | null> {
    const next = this.#next()
    return next.kind === 'right ID' ? '1' : null
  }

  async record(): Promise<Recording> {
    const { recording } = this.#call
    if (this.#happenings[0]?.kind === 'fault') this.#next()
    return {
      fetch: async () => {
        if (recording === 'lost') throw new Error('the PBX has lost the recording')
        return recording === 'nothing' ? null : new Uint8Array(100)
      },
      remove: async () => {
        if (recording === 'not removed') throw new Error('the PBX does not remove the recording')
      },
    }
  }

  async hangUp(): Promise<void> {
    this.isOver = true
  }

  async handBack(): Promise<void> {
    this.isOver = true
  }

  #digitsOf(next: Happening): string {
    switch (next.kind) {
      case 'right ID':
        return this.#id
      case 'right PIN':
        return PINS[this.#call.who]
      case 'keys':
        return next.keys.slice(next.keys.lastIndexOf('*') + 1)
      default:
        return ''
    }
  }

  #next(): Happening {
    const next = this.isOver ? undefined : this.#happenings.shift()
    if (!next || next.kind === 'hang-up') return this.#end('hung-up')
    if (next.kind === 'line lost') return this.#end('line-lost')
    if (next.kind === 'fault') throw new Error('ARI refuses')
    return next
  }

  #end(reason: CallOver['reason']): never {
    this.isOver = true
    throw new CallOver(reason)
  }
}

let workspace: Workspace
const unhandled: unknown[] = []
const note = (error: unknown) => unhandled.push(error)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 23, 13) })
  process.on('unhandledRejection', note)
})

afterEach(() => {
  process.off('unhandledRejection', note)
  vi.useRealTimers()
})

it('no call faults, none punches twice, none punches without a right PIN, and each has its end on record', async () => {
  workspace = await openWorkspace()
  const { db, clock } = workspace
  const employees = [await workspace.hire('Ann', PINS[0]), await workspace.hire('Ben', PINS[1])] as const
  await addJob(db, { name: 'Roof', phoneCode: '12' }, 'test')
  await db
    .insertInto('settings')
    .values([
      { name: 'strangersPerDay', value: '100000' },
      { name: 'strangersPerMonth', value: '100000' },
      { name: 'wrongPinsPerMonth', value: '100000' },
    ])
    .execute()

  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(fuzzedCall, { minLength: 1, maxLength: 3 }), async (jobRequired, calls) => {
      await changeSettings(db, { jobRequired }, 'test')
      for (const fuzzed of calls) {
        vi.setSystemTime(Date.now() + 61 * 60_000)
        const employee = employees[fuzzed.who]
        const caller = new AnyCaller(fuzzed, employee.phoneClockId)
        await answer(caller, { channel: 'fuzzed', callerNumber: fuzzed.from, answeredAt: Date.now() }, clock)

        const call = await db.selectFrom('calls').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow()
        expect(call.ended_at).not.toBeNull()
        expect(call.outcome).not.toBeNull()
        expect(caller.isOver).toBe(true)
        const punches = await db.selectFrom('punches').select('employee_id').where('call_id', '=', call.id).execute()
        expect(punches.length).toBeLessThanOrEqual(1)
        for (const punch of punches) {
          expect(punch.employee_id).toBe(employee.id)
          expect(caller.knows(PINS[fuzzed.who])).toBe(true)
        }
        const steps = await db
          .selectFrom('call_steps')
          .select(['step', 'detail'])
          .where('call_id', '=', call.id)
          .execute()
        for (const pin of PINS) expect(JSON.stringify(steps)).not.toContain(pin)
      }
    }),
    { numRuns: 120 },
  )
  expect(unhandled).toEqual([])
  // What is promised would be worth little if nobody ever got in.
  expect((await db.selectFrom('punches').select('id').execute()).length).toBeGreaterThan(3)
  await workspace.close()
}, 240_000)
