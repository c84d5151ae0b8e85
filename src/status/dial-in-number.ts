/** What employees are told to call, and whether calls come in for it. */
import type { CallSign } from '../store/calls.js'
import { attention, type Finding, ok } from './finding.js'

/** Trunks leave out as much as the country and the area. */
const LEAST_DIGITS = 3

/** `calls`: the latest, the newest first. */
export function judgeDialInNumber(number: string | null, calls: readonly CallSign[]): Finding {
  if (number === null) {
    return attention(
      'Not set: pages, mails and cards can’t say what to call.',
      'Write it into the file .env beside README.md as it is to be shown, and start Punchline again:',
      'DIAL_IN_NUMBER=+1 555 0100',
    )
  }
  const told = `Employees are told to call ${number}.`
  if (calls.length === 0) return attention(`${told} No call has come in yet.`, `Call ${number} from any phone.`)
  const dialled = calls.flatMap(call => call.dialledNumber ?? [])
  if (dialled.length === 0 || dialled.some(one => isSameNumber(number, one))) return ok(`${told} Calls come in.`)
  return attention(
    `${told} The latest calls came in for ${dialled[0]}.`,
    `Call ${number}, and see in your provider’s account where it leads. If it is ${dialled[0]}, say so in .env, and start Punchline again:`,
    `DIAL_IN_NUMBER=${dialled[0]}`,
  )
}

/** Whether one is the other without what a trunk leaves out or puts before it. */
export function isSameNumber(shown: string, dialled: string): boolean {
  const [one, other] = [digitsOf(shown.replace('(0)', '')), digitsOf(dialled)]
  const shorter = one.length < other.length ? one : other
  return shorter.length >= LEAST_DIGITS ? one.endsWith(shorter) && other.endsWith(shorter) : one === other
}

function digitsOf(number: string): string {
  return number.replace(/\D/g, '').replace(/^0+/, '')
}
