/** Answers a call: puts it on record, leads the conversation, and sees that one call's fault ends that call alone. */
import type { AnsweredCall } from '../store/calls.js'
import type { CallOutcome } from '../store/schema.js'
import { Call, type PhoneClock } from './call.js'
import { type Caller, CallOver } from './caller.js'
import { converse } from './conversation.js'
import { watchSound } from './sound-watch.js'

/** Settles when the call is over and all of it is kept; never rejects. */
export async function answer(caller: Caller, answered: AnsweredCall, clock: PhoneClock): Promise<void> {
  clock.meter.callBegan()
  clock.meter.callEnded(await take(caller, answered, clock))
}

/** Says what the call came to. */
async function take(caller: Caller, answered: AnsweredCall, clock: PhoneClock): Promise<CallOutcome> {
  let call: Call
  try {
    call = await Call.open(answered, clock)
  } catch (error) {
    clock.log.error({ err: error, channel: answered.channel }, 'a call could not be put on record')
    await caller.handBack(false)
    return 'handed-back'
  }
  const endWatch = watchSound(caller, call)
  const outcome = await lead(caller, call)
  endWatch()
  return call.end(outcome)
}

/** Says how the call ended, unless it has come to something before. */
async function lead(caller: Caller, call: Call): Promise<CallOutcome> {
  try {
    await caller.answer()
    await whileNotStuck(call, converse(caller, call))
    call.step('Punchline hung up')
    return 'hung-up'
  } catch (error) {
    if (error instanceof CallOver) {
      call.step(error.reason === 'hung-up' ? 'the caller hung up' : 'the line to the PBX was lost')
      return error.reason === 'hung-up' ? 'hung-up' : 'cut-off'
    }
    call.fault(error instanceof CallStuck ? 'stuck: handed back to the PBX' : 'fault: handed back to the PBX', error)
    await caller.handBack(call.outcome !== null)
    return 'handed-back'
  }
}

/** There was no step for too long. */
class CallStuck extends Error {}

/** The conversation, up to its end or to where it is stuck; a stuck one ends with the call, at whatever it asks for next. */
async function whileNotStuck(call: Call, conversation: Promise<void>): Promise<void> {
  let endWatch = () => {}
  const stuck = new Promise<never>((_, reject) => {
    endWatch = call.watch(() => reject(new CallStuck('There was no step for two minutes.')))
  })
  await Promise.race([conversation, stuck]).finally(endWatch)
}
