/**
 * What is known of a caller's number: how far the signing telephone company vouches for it (STIR/SHAKEN), `A` for a customer
 * who may use it, `B` for a customer, `C` for a call that it passed on; or that the signature is false.
 */
export type Attestation = 'A' | 'B' | 'C' | 'failed'

/** What the dialplan says of a number; null when the call isn't signed, or nobody verifies. */
export function attestationSaid(said: string | undefined): Attestation | null {
  return said === 'A' || said === 'B' || said === 'C' || said === 'failed' ? said : null
}
