/**
 * The company's identity provider (OpenID Connect): where browsers are sent to sign in, and who came back. Tokens are verified
 * by openid-client: signature, issuer, audience, expiry and nonce.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  genericGrantRequest,
  ResponseBodyError,
} from 'openid-client'
import { HOUR, type Instant } from '../clock/time.js'
import type { ProviderIdentity } from '../store/provider-admins.js'
import { type BegunSignIn, newSignInToken } from './begun-sign-in.js'
import { explain } from './explain.js'
import { type Claims, identityOf, type Reading } from './identity.js'

export interface IdentityProviderSettings extends Reading {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: string
  readonly passwordForm: 'beside' | 'apart'
}

/** How long an answer is waited for. */
const PATIENCE_SECONDS = 10
/** What a provider says of itself changes now and then; its keys are asked for by openid-client when they do. */
const ASKED_AGAIN_AFTER = HOUR
/** What a provider answers to a code that it never gave, once it has let Punchline in. */
const ABOUT_CODE = ['invalid_grant', 'invalid_request']

export class IdentityProvider {
  readonly #settings: IdentityProviderSettings
  #known: { readonly configuration: Promise<Configuration>; readonly until: Instant } | null = null

  constructor(settings: IdentityProviderSettings) {
    this.#settings = settings
  }

  /** What pages call it. */
  get name(): string {
    return this.#settings.name
  }

  /** Whether it is this provider that calls itself so. */
  isIssuer(issuer: string): boolean {
    return new URL(issuer).href === new URL(this.#settings.issuer).href
  }

  get passwordForm(): 'beside' | 'apart' {
    return this.#settings.passwordForm
  }

  /** Where a browser signs in; it comes back to `redirectUri`. @throws ProviderFault */
  async signInUrl({ state, nonce, codeVerifier }: BegunSignIn, redirectUri: string): Promise<URL> {
    return this.#explained(async configuration =>
      buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: this.#settings.scopes,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }),
    )
  }

  /** Who came back, to the redirect URI with what the provider added to it. @throws ProviderFault */
  async whoReturned(returnedTo: URL, { state, nonce, codeVerifier }: BegunSignIn): Promise<ProviderIdentity> {
    return this.#explained(async configuration => {
      const tokens = await authorizationCodeGrant(configuration, returnedTo, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (!claims) throw new Error('openid-client gives no tokens without an ID token, since one is expected')
      return identityOf(await this.#completed(claims, tokens.access_token, configuration), this.#settings)
    })
  }

  /**
   * Whether the provider answers and knows Punchline: a code that it never gave is all that it should have to refuse.
   * @throws ProviderFault
   */
  async check(): Promise<void> {
    await this.#explained(async configuration => {
      const never = { code: 'never-given', code_verifier: newSignInToken(), redirect_uri: 'http://127.0.0.1/' }
      await genericGrantRequest(configuration, 'authorization_code', never).catch(error => {
        const isAboutCode = error instanceof ResponseBodyError && ABOUT_CODE.includes(error.error)
        if (!isAboutCode) throw error
      })
    })
  }

  /** Some providers keep the ID token short and tell the rest when they are asked for it. */
  async #completed(claims: Claims, accessToken: string, configuration: Configuration): Promise<Claims> {
    const isComplete = claims.email !== undefined && claims[this.#settings.groupsClaim] !== undefined
    if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    return { ...(await fetchUserInfo(configuration, accessToken, claims.sub)), ...claims }
  }

  async #explained<Result>(work: (configuration: Configuration) => Promise<Result>): Promise<Result> {
    try {
      return await work(await this.#configuration())
    } catch (error) {
      throw explain(error, this.name)
    }
  }

  /** Asked for by many at once, the provider is asked once; a failure is forgotten. */
  #configuration(): Promise<Configuration> {
    if (this.#known && Date.now() < this.#known.until) return this.#known.configuration
    const configuration = this.#discover()
    this.#known = { configuration, until: Date.now() + ASKED_AGAIN_AFTER }
    configuration.catch(() => {
      this.#known = null
    })
    return configuration
  }

  #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings
    // The configuration takes http for this machine alone.
    const transport = issuer.startsWith('http:') ? [allowInsecureRequests] : []
    return discovery(new URL(issuer), clientId, undefined, authentication(clientSecret), {
      timeout: PATIENCE_SECONDS,
      execute: [enableNonRepudiationChecks, ...transport],
    })
  }
}

/** In a header, as OpenID Connect has it by default; in the form where the provider does not take that. */
function authentication(clientSecret: string): ClientAuth {
  const inHeader = ClientSecretBasic(clientSecret)
  const inForm = ClientSecretPost(clientSecret)
  return (server, ...request) => {
    const takesHeader = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true
    return (takesHeader ? inHeader : inForm)(server, ...request)
  }
}
