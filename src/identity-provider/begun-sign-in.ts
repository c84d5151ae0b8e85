/**
 * What ties the answer of the provider to the browser that asked: state, nonce and PKCE verifier, all made of one random token,
 * which that browser alone keeps. The address that it is sent to tells none of the others.
 */
import { createHmac, randomBytes } from 'node:crypto'

export interface BegunSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export function newSignInToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The same for the same token. */
export function begunWith(token: string): BegunSignIn {
  const derived = (what: string) => createHmac('sha256', token).update(what).digest('base64url')
  return { state: derived('state'), nonce: derived('nonce'), codeVerifier: derived('code verifier') }
}
