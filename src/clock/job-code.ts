/** A job's phone code: the digits that name it on the phone. */

/** What is wrong with a phone code, as a sentence; null when it can be used. */
export function jobCodeFault(code: string): string | null {
  return /^\d{1,8}$/.test(code) ? null : 'A phone code has 1 to 8 digits and nothing else.'
}
