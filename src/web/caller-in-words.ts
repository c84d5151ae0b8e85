/** Where a call came from, as pages say it. */
import type { Attestation } from '../clock/attestation.js'

/** What is on record of a caller's number. */
export interface CallOrigin {
  /** Null when withheld, and once erased. */
  readonly callerNumber: string | null
  readonly isErased: boolean
  /** The clock location that it belongs to. */
  readonly place: string | null
  readonly attestation: Attestation | null
}

/** "Depot, +15550102", "+15550102", "withheld", "erased". */
export function callerInWords({ callerNumber, isErased, place }: Omit<CallOrigin, 'attestation'>): string {
  if (callerNumber === null) return isErased ? 'erased' : 'withheld'
  return place === null ? callerNumber : `${place}, ${callerNumber}`
}

/** What the telephone company that signed the call says of the number; null: it is not signed. */
export function attestationInWords(attestation: Attestation | null): string | null {
  switch (attestation) {
    case 'A':
      return 'signed: the caller may use this number'
    case 'B':
      return 'signed: a known customer, whose number is not certain'
    case 'C':
      return 'signed: passed on from elsewhere, the number is not certain'
    case 'failed':
      return 'the signature is false: somebody else may have called'
    case null:
      return null
  }
}
