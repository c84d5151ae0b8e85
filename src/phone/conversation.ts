/** The whole call, top to bottom, as README.md tells it. */
import { decidePunch } from '../clock/punch.js'
import { EarlyCheck } from '../store/early-check.js'
import { anyJobHasPhoneCode, findJobByPhoneCode } from '../store/jobs.js'
import { judge } from '../store/judging.js'
import { type Punched, type PunchResult, punch, readStanding } from '../store/punches.js'
import { readSettings } from '../store/settings.js'
import type { Call } from './call.js'
import { type Caller, CallOver } from './caller.js'
import type { Prompt } from './prompts.js'
import { sayHowLongAgo, sayTime, sayWorkedTime } from './spoken-time.js'

type TooSoon = Extract<PunchResult, { kind: 'too-soon' }>

const NAME = { maxSeconds: 6, silenceSeconds: 2 }
const NAME_AND_SITE = { maxSeconds: 12, silenceSeconds: 2 }

/** Leads a caller through the call to its end. A call that ends early rejects with CallOver, and leaves nothing half-done. */
export async function converse(caller: Caller, call: Call): Promise<void> {
  try {
    const employeeId = await identify(caller, call)
    const punched = await takePunch(caller, call, employeeId)
    if (!punched) return await say(caller, 'goodbye')
    await caller.say(...confirmation(call, punched))
    await checkVoice(caller, call, punched)
    await say(caller, 'thank-you-goodbye')
  } catch (error) {
    if (!(error instanceof ThirdFailure)) throw error
    await rescue(caller, call)
  }
}

async function say(caller: Caller, farewell: Prompt): Promise<void> {
  await caller.say(farewell)
  await caller.hangUp()
}

/** The ID and the PIN, judged together, until they are an employee's. */
async function identify(caller: Caller, call: Call): Promise<number> {
  const { db, pinKey } = call.clock
  const ask = caller.ask.bind(caller)
  let opening: Prompt = 'welcome'
  for (;;) {
    const phoneClockId = await askForDigits(ask, call, 'phone clock ID', opening, 'enter-phone-clock-id')
    const check = new EarlyCheck(db, pinKey, phoneClockId)
    const askAndCheck = caller.askTelling.bind(caller, digits => check.keyed(digits))
    const pin = await askForDigits(askAndCheck, call, 'PIN', 'enter-pin')
    const attempt = { callId: call.id, callerNumber: call.trustedNumber, phoneClockId, pin }
    const employee = await judge(db, pinKey, attempt, check)
    if (employee) {
      call.identified(employee)
      return employee.employeeId
    }
    call.step('ID and PIN refused')
    failed(call, 'ID and PIN')
    opening = 'id-and-pin-do-not-match'
  }
}

/** Asks until something is keyed in. */
async function askForDigits(
  ask: Caller['ask'],
  call: Call,
  what: 'phone clock ID' | 'PIN',
  ...prompts: Prompt[]
): Promise<string> {
  let { digits } = await ask(...prompts)
  while (digits === '') {
    call.step(`no ${what} entered`)
    failed(call, what)
    ;({ digits } = await ask('nothing-entered', ...prompts.slice(-1)))
  }
  call.step(`${what} entered`)
  return digits
}

/** The punch, on disk; null when the caller only learnt that an earlier one took. */
async function takePunch(caller: Caller, call: Call, employeeId: number): Promise<Punched | null> {
  const { db } = call.clock
  let secondPunchConfirmed = false
  for (;;) {
    const standing = await readStanding(db, employeeId, call.ago)
    const expected = decidePunch(standing, call.answeredAt, await readSettings(db), secondPunchConfirmed)
    if (expected.kind === 'too-soon') {
      secondPunchConfirmed = await wantsSecondPunch(caller, call, expected)
      if (!secondPunchConfirmed) return null
      continue
    }
    const jobIsKnown = expected.kind === 'out' && standing.openEntry?.hasJob === true
    const jobId = jobIsKnown ? null : await askForJob(caller, call)
    const done = await punch(db, {
      callId: call.id,
      employeeId,
      answeredAt: call.answeredAt,
      secondPunchConfirmed,
      jobId,
      ago: call.ago,
    })
    // Another call of the same employee may have punched while this one was choosing a job.
    if (done.kind === 'too-soon') continue
    call.punched(done)
    return done
  }
}

/** A second call within two minutes: says what the first one did, and asks whether another punch is meant. */
async function wantsSecondPunch(caller: Caller, call: Call, { last }: TooSoon): Promise<boolean> {
  call.step('told of the punch a moment ago', `clocked ${last.direction}`)
  call.outcome = 'no-second-punch'
  const key = await caller.askForKey(
    last.direction === 'in' ? 'you-clocked-in-at' : 'you-clocked-out-at',
    ...sayTime(last.at, call.clock.timeStyle),
    ...sayHowLongAgo(last.at, call.answeredAt),
    last.direction === 'in' ? 'to-clock-out-now-press-1' : 'to-clock-in-now-press-1',
  )
  if (key !== '1') return false
  call.outcome = null
  call.step('another punch asked for')
  return true
}

/** The job, where there is one to choose: null when the caller skips it or nothing can be chosen. */
async function askForJob(caller: Caller, call: Call): Promise<number | null> {
  const { db } = call.clock
  if (!(await anyJobHasPhoneCode(db))) return null
  const { jobRequired } = await readSettings(db)
  const question: Prompt = jobRequired ? 'enter-job-code' : 'enter-job-code-or-skip'
  let entry = await caller.ask(question)
  for (;;) {
    if (entry.digits === '' && entry.endedBy === 'pound' && !jobRequired) {
      call.step('job skipped')
      return null
    }
    const job = entry.digits === '' ? null : await findJobByPhoneCode(db, entry.digits)
    if (job) {
      call.step('job chosen', job.name)
      return job.id
    }
    call.step(entry.digits === '' ? 'no job code entered' : 'unknown job code')
    failed(call, 'job')
    entry = await caller.ask(entry.digits === '' ? 'nothing-entered' : 'unknown-job-code', question)
  }
}

function confirmation(call: Call, punched: Punched): Prompt[] {
  const time = sayTime(punched.at, call.clock.timeStyle)
  if (punched.kind === 'in') return ['clocked-in-at', ...time]
  return ['clocked-out-at', ...time, 'you-worked', ...sayWorkedTime(punched.workedMinutes)]
}

/** Records the caller's name. Whatever goes wrong with it, the punch stands and the call goes on. */
async function checkVoice(caller: Caller, call: Call, punched: Punched): Promise<void> {
  await caller.say('say-your-name')
  call.step('recording the name')
  try {
    call.keepVoiceCheck(punched.punchId, await caller.record(`punchline-voice-${call.id}`, NAME))
  } catch (error) {
    if (error instanceof CallOver) throw error
    call.fault('voice check not recorded', error)
  }
}

/** The third failure of a step: nobody loses wages to a keypad, so the office gets the call on tape. */
async function rescue(caller: Caller, call: Call): Promise<void> {
  call.step('third failure')
  await caller.say('three-tries-failed')
  await caller.say('say-your-name-and-site')
  await call.keepUnclaimed()
  call.step('recording name and site')
  call.keepUnclaimedRecording(await caller.record(`punchline-unclaimed-${call.id}`, NAME_AND_SITE))
  await say(caller, 'thank-you-goodbye')
}

/** Counts a step's failures over the call. */
function failed(call: Call, step: string): void {
  if (call.countFailure(step) >= 3) throw new ThirdFailure()
}

class ThirdFailure extends Error {}
