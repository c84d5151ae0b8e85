import type { Site } from '../site.js'

/** What pages call the identity provider of an account, which may be one that is no longer set. */
export function providerName({ identityProvider }: Site, issuer: string): string {
  return identityProvider?.isIssuer(issuer) ? identityProvider.name : new URL(issuer).host
}
