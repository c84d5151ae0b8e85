/**
 * What is known of a caller's number: how far the signing telephone company vouches for it (STIR/SHAKEN), `A` for a customer
 * who may use it, `B` for a customer, `C` for a call that it passed on; or that the signature is false.
 */
export type Attestation = 'A' | 'B' | 'C' | 'failed'
