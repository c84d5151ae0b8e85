/** An employee who calls as planned, and goes by what they hear. */
import { setTimeout as sleep } from 'node:timers/promises'
import { speechLikeNoise } from '../../telephone/speech.js'
import { type Call, dial, type PromptLibrary } from '../../telephone/telephone.js'
import type { CallReport, Destination, PlannedCall } from './plan.js'
import { phoneOf } from './roster.js'

/** As fast as a telephone sends what its owner has stored. Packets of 20 ms make 60 ms of each. */
export const KEYS = { tone: 50, gap: 50 } as const
/** From hearing a question to the first key, in ms. */
const THINKING = 250
const NAME = speechLikeNoise(1200)
const CONFIRMATIONS: readonly string[] = ['clocked-in-at', 'clocked-out-at', 'you-clocked-in-at', 'you-clocked-out-at']
/** A PBX under test may be slow to ask, in ms. */
const PATIENCE = 20_000

export async function call(
  plan: PlannedCall,
  { to, number }: Destination,
  prompts: PromptLibrary,
): Promise<CallReport> {
  const { phoneClockId, pin } = plan
  let answered: Call | null = null
  let fault: string | null = null
  try {
    await sleep(plan.dialAt - Date.now())
    const keysAtAnswer = plan.typesAhead ? `${phoneClockId}#${pin}#` : ''
    answered = await dial({ to, number, prompts, from: phoneOf(phoneClockId), keysAtAnswer, timingAtAnswer: KEYS })
    await listen(answered, plan)
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error)
  }
  await answered?.hangUp()
  return {
    answeredAt: answered && performance.timeOrigin + answered.answeredAt,
    fault,
  }
}

async function listen(call: Call, { phoneClockId, pin, listensTo, typesAhead, pinAt }: PlannedCall): Promise<void> {
  if (!typesAhead) {
    await call.hears('enter-phone-clock-id', { part: 'end', within: PATIENCE })
    await sleep(THINKING)
    await call.press(`${phoneClockId}#`, KEYS)
    if (listensTo === 'enter-pin') return void (await call.hears('enter-pin', { within: PATIENCE }))
    await call.hears('enter-pin', { part: 'end', within: PATIENCE })
    await sleep(pinAt === undefined ? THINKING : pinAt - keyingTime(pin.length + 1) - Date.now())
    await call.press(`${pin}#`, KEYS)
  }
  await confirmation(call)
  if (listensTo === 'confirmation') return
  await call.hears('tone', { part: 'end', within: PATIENCE })
  await call.speak(NAME)
  await call.press('#', KEYS)
  await call.hears('thank-you-goodbye', { part: 'end', within: PATIENCE })
  if ((await call.ended) !== 'pbx') throw new Error('The PBX did not hang up')
}

function confirmation(call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const isConfirmed = () => call.heard().some(({ prompt }) => CONFIRMATIONS.includes(prompt))
    if (isConfirmed()) return resolve()
    const late = setTimeout(() => reject(new Error('There was no confirmation')), PATIENCE)
    const settle = (then: () => void) => {
      clearTimeout(late)
      then()
    }
    call.onPrompt(() => isConfirmed() && settle(resolve))
    void call.ended.then(() => settle(() => reject(new Error('The call ended without a confirmation'))))
  })
}

/** How long so many keys take up to the release of the last, in ms. */
export function keyingTime(keys: number): number {
  const packetTimes = (ms: number) => Math.ceil(ms / 20) * 20
  return keys * packetTimes(KEYS.tone) + (keys - 1) * packetTimes(KEYS.gap)
}
