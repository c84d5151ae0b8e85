/** A real identity provider on loopback, with people in groups, and ways in which it goes wrong. */
import { generateKeyPairSync, sign as signWith } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import Provider from 'oidc-provider'
import { vi } from 'vitest'
import { IdentityProvider, type IdentityProviderSettings } from '../../../src/identity-provider/identity-provider.js'

export const CLIENT_SECRET = 'the secret between Punchline and the provider'
export const NAME = 'Acme account'

/** What the provider says of somebody beside who they are. */
export type Person = Readonly<Record<string, unknown>>

/** What differs from one provider to another. */
export interface Ways {
  /** All that is known of somebody is in it, as with Keycloak. */
  readonly inIdToken?: boolean
  readonly secretInForm?: boolean
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export class TestProvider {
  /** By the name that they sign in with there, which is also their subject. */
  readonly people = new Map<string, Person>()
  /** How far its clock is behind ours, in milliseconds. */
  behind = 0
  isDown = false
  /** What its ID tokens say otherwise than they should. */
  forged: Readonly<Record<string, unknown>> | null = null
  /** By which the ID tokens are signed that are `forged`. */
  signedBy = privateKey
  readonly #server = createServer((req, res) => this.#serve(req, res))
  #handle: ReturnType<Provider['callback']> | null = null
  /** Asked for since it was opened, such as "POST /token". */
  readonly asked: string[] = []

  static async open(): Promise<TestProvider> {
    const provider = new TestProvider()
    await once(provider.#server.listen(0, '127.0.0.1'), 'listening')
    return provider
  }

  get issuer(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('a listener on a port has one')
    return `http://127.0.0.1:${address.port}`
  }

  /** Punchline's side of it. */
  punchlinesSide(changes: Partial<IdentityProviderSettings> = {}): IdentityProvider {
    return new IdentityProvider({
      issuer: this.issuer,
      clientId: 'punchline',
      clientSecret: CLIENT_SECRET,
      name: NAME,
      scopes: 'openid email groups',
      groupsClaim: 'groups',
      groups: { owner: ['clock-owners'], admin: ['payroll', 'office'], 'read-only': ['auditors'] },
      passwordForm: 'beside',
      ...changes,
    })
  }

  /** Makes Punchline known there, as IT does. */
  register(pagesUrl: string, { inIdToken = false, secretInForm = false }: Ways = {}): void {
    const method = secretInForm ? 'client_secret_post' : 'client_secret_basic'
    const client = { client_secret: CLIENT_SECRET, redirect_uris: [`${pagesUrl}/sign-in/provider/return`] }
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: 'punchline', token_endpoint_auth_method: method, ...client }],
      clientAuthMethods: [method],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
      cookies: { keys: ['a key of the provider'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups', 'roles'] },
      conformIdTokenClaims: !inIdToken,
      ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 600, IdToken: 300, AuthorizationCode: 60 },
      findAccount: (_context, id) => {
        const person = this.people.get(id)
        return person && { accountId: id, claims: () => ({ sub: id, ...person }) }
      },
    })
    this.#handle = provider.callback()
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.asked.push(`${req.method} ${req.url?.split('?')[0]}`)
    if (this.isDown || !this.#handle) return void req.socket.destroy()
    if (this.forged && req.url === '/token') this.#forgeAnswer(res, this.forged)
    // Its clock is the one of this process, which is set for as long as it answers.
    if (this.behind !== 0) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - this.behind })
      res.once('finish', () => vi.useRealTimers())
    }
    await this.#handle(req, res)
  }

  /** Puts other claims into the ID token that is on its way. */
  #forgeAnswer(res: ServerResponse, forged: Person): void {
    const end = res.end.bind(res)
    res.end = (answer: unknown) => {
      const tokens = JSON.parse(String(answer))
      const [header = '', payload = ''] = String(tokens.id_token).split('.')
      const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...forged }
      const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      const signature = signWith('sha256', Buffer.from(signed), this.signedBy).toString('base64url')
      const body = JSON.stringify({ ...tokens, id_token: `${signed}.${signature}` })
      res.setHeader('Content-Length', Buffer.byteLength(body))
      return end(body)
    }
  }
}
