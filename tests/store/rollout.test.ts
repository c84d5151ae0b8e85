/** Over any sequence of what can happen in a rollout, statuses, the button's count and the IDs hold as promised. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LINK_LIFE, type SetupStatus } from '../../src/clock/setup-status.js'
import { DAY, type Instant } from '../../src/clock/time.js'
import { addCall } from '../../src/store/calls.js'
import { addEmployee, deactivateEmployee, deleteEmployee } from '../../src/store/employees.js'
import { judge } from '../../src/store/judging.js'
import { giveUp } from '../../src/store/mail-outbox.js'
import { PinRefused, pickPin, removePin, setPin } from '../../src/store/pins.js'
import { isDue, readRoster } from '../../src/store/roster.js'
import { emailSetupLink, emailSetupLinks, LinkRefused, linkToken } from '../../src/store/setup-links.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

/** What should be so, kept in the plainest way. */
interface Person {
  readonly id: number
  readonly email: string | null
  isActive: boolean
  pin: string | null
  phoneClockId: string | null
  linkUntil: Instant | null
}

const PINS = ['2468', '8052', '71930', '604417']
const ACTOR = 'test'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-23T13:00:00Z') })
})

afterEach(() => {
  vi.useRealTimers()
})

const person = fc.nat({ max: 2 })
const pin = fc.constantFrom(...PINS)
const Step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('email all' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('email one' as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('days pass' as const), days: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('use the latest link' as const), person, pin }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('use the first link' as const), person, pin }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set a PIN' as const), person, pin }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove the PIN' as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('the mail is refused' as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deactivate' as const), person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), person }) },
)
type Step = typeof Step extends fc.Arbitrary<infer T> ? T : never

it('statuses, the count on the button and phone clock IDs hold over any sequence of events', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 1, maxLength: 20 }), async steps => {
      const workspace = await openWorkspace()
      try {
        const people = await hire(workspace)
        const issued = new Set<string>()
        for (const step of steps) {
          await take(step, people, workspace)
          await expectAgreement(people, workspace, issued)
        }
        await expectOnlyCurrentPinsWork(people, workspace, issued)
      } finally {
        await workspace.close()
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

async function hire({ db }: Workspace): Promise<Person[]> {
  const emails = ['ann@example.com', 'ben@example.com', null]
  return Promise.all(
    emails.map(async email => {
      const id = await addEmployee(db, { name: `Employee ${email}`, email }, ACTOR)
      return { id, email, isActive: true, pin: null, phoneClockId: null, linkUntil: null }
    }),
  )
}

async function take(step: Step, people: Person[], workspace: Workspace): Promise<void> {
  const { db, linkKey } = workspace
  if (step.do === 'days pass') {
    vi.setSystemTime(Date.now() + step.days * DAY)
    return
  }
  if (step.do === 'email all') {
    const due = people.filter(isToBeMailed)
    expect(await emailSetupLinks(db, linkKey, { actor: ACTOR, atMost: due.length })).toEqual({ queued: due.length })
    for (const one of due) one.linkUntil = Date.now() + LINK_LIFE
    return
  }
  const one = people[step.person]
  if (!one) throw new Error('no such person')
  switch (step.do) {
    case 'email one': {
      const sending = emailSetupLink(db, linkKey, {
        employeeId: one.id,
        actor: ACTOR,
        after: await latestLink(one, db),
      })
      if (!one.isActive || one.email === null) return expect(sending).rejects.toThrow(LinkRefused)
      expect(await sending).toBe(true)
      one.linkUntil = Date.now() + LINK_LIFE
      return
    }
    case 'use the latest link':
    case 'use the first link': {
      const tokens = await tokensOf(one, workspace)
      const token = step.do === 'use the latest link' ? tokens.at(-1) : tokens[0]
      if (token === undefined) return
      const works = hasActiveLink(one) && token === tokens.at(-1)
      const isSet = await pickPin(db, workspace.pinKey, { token, pin: step.pin }).then(
        link => link?.state === 'active',
        refusedPin,
      )
      if (isSet) expect(works).toBe(true)
      if (isSet) Object.assign(one, { pin: step.pin, linkUntil: null })
      return
    }
    case 'set a PIN': {
      const isSet = await setPin(db, workspace.pinKey, { employeeId: one.id, pin: step.pin, actor: ACTOR }).then(
        () => true,
        refusedPin,
      )
      if (isSet) expect(one.isActive).toBe(true)
      if (isSet) Object.assign(one, { pin: step.pin, linkUntil: null })
      return
    }
    case 'remove the PIN':
      await removePin(db, one.id, ACTOR)
      return end(one)
    case 'deactivate':
      await deactivateEmployee(db, one.id, ACTOR)
      one.isActive = false
      return end(one)
    case 'delete':
      await deleteEmployee(db, one.id, ACTOR)
      one.isActive = false
      return end(one)
    case 'the mail is refused': {
      const mail = await waitingMail(one, workspace)
      if (mail === undefined) return
      await giveUp(db, mail.id, 'The mail server refused it.')
      one.linkUntil = null
    }
  }
}

function end(one: Person): void {
  Object.assign(one, { pin: null, phoneClockId: null, linkUntil: null })
}

async function expectAgreement(people: Person[], { db }: Workspace, issued: Set<string>): Promise<void> {
  const roster = await readRoster(db, Date.now())
  const active = people.filter(({ isActive }) => isActive)
  expect(new Map(roster.map(entry => [entry.employeeId, entry.status]))).toEqual(
    new Map(active.map(one => [one.id, statusOf(one)])),
  )
  expect(roster.filter(isDue)).toHaveLength(people.filter(isToBeMailed).length)
  for (const { employeeId, phoneClockId } of roster) {
    const one = people.find(({ id }) => id === employeeId)
    if (!one || phoneClockId === one.phoneClockId) continue
    expect(one.phoneClockId, 'an ID changes only after a removal').toBeNull()
    expect(issued.has(phoneClockId ?? ''), 'an ID never returns').toBe(false)
    issued.add(phoneClockId ?? '')
    one.phoneClockId = phoneClockId
  }
}

async function expectOnlyCurrentPinsWork(people: Person[], workspace: Workspace, issued: Set<string>): Promise<void> {
  const { db, pinKey } = workspace
  for (const phoneClockId of issued) {
    const owner = people.find(one => one.phoneClockId === phoneClockId)
    const callId = await addCall(db, { channel: phoneClockId, callerNumber: null, answeredAt: Date.now() })
    const verdict = await judge(db, pinKey, { callId, callerNumber: null, phoneClockId, pin: owner?.pin ?? '2468' })
    expect(verdict?.employeeId ?? null).toBe(owner?.pin ? owner.id : null)
  }
}

function statusOf(one: Person): SetupStatus {
  if (one.pin !== null) return 'Ready'
  if (one.linkUntil === null) return 'Not set up'
  return Date.now() < one.linkUntil ? 'Link sent' : 'Link expired'
}

function isToBeMailed(one: Person): boolean {
  return one.isActive && one.email !== null && one.pin === null && !hasActiveLink(one)
}

function hasActiveLink({ linkUntil }: Person): boolean {
  return linkUntil !== null && Date.now() < linkUntil
}

async function latestLink({ id }: Person, db: Workspace['db']): Promise<number | null> {
  const [entry] = await readRoster(db, Date.now(), [id])
  return entry?.link?.id ?? null
}

async function tokensOf({ id }: Person, { db, linkKey }: Workspace): Promise<string[]> {
  const rows = await db.selectFrom('setup_links').select('nonce').where('employee_id', '=', id).orderBy('id').execute()
  return rows.map(({ nonce }) => linkToken(linkKey, nonce))
}

function waitingMail({ id }: Person, { db }: Workspace) {
  return db
    .selectFrom('mail_outbox')
    .innerJoin('setup_links', 'setup_links.id', 'setup_link_id')
    .select('mail_outbox.id')
    .where('employee_id', '=', id)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
}

/** A PIN may be too close to the ID that was drawn. */
function refusedPin(error: unknown): false {
  expect(error).toBeInstanceOf(PinRefused)
  return false
}
