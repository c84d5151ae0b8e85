/** What a caller heard, in a form that a test can compare. */
import type { Call } from '../../../scripts/telephone/telephone.js'

/** All prompts in order; one that was interrupted ends in `/`. */
export function heardBy(call: Call): string {
  return call
    .heard()
    .map(({ prompt, whole }) => (whole ? prompt : `${prompt}/`))
    .join(' ')
}

/** Waits until the call is over, and gives all that was heard. */
export async function heardToTheEnd(call: Call): Promise<string> {
  await call.ended
  return heardBy(call)
}
