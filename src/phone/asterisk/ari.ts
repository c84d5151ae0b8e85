/** Asterisk's REST interface: ari-client for its description and events, with that client's sharp edges covered, and requests. */
import { type Client, connect } from 'ari-client'
import resources from 'ari-client/lib/resources.js'
import swagger from 'swagger-client'
import { noAnswer, noAri, notProven, passwordRefused, tooOld } from './line-fault.js'
import type { Command, Rest, RestRequest } from './rest.js'
import { authorization, RestOverHttp } from './rest-over-http.js'
import { RestOverSocket } from './rest-over-socket.js'

export interface AriSettings {
  /** Such as http://127.0.0.1:8088 */
  readonly url: string
  readonly username: string
  readonly password: string
  /** The Stasis application that the dialplan names. */
  readonly app: string
}

/** What ARI answered instead of doing it. `gone`: the channel, playback or recording is no longer there. */
export class AriFault extends Error {
  readonly gone: boolean
  constructor(message: string, gone: boolean) {
    super(message)
    this.gone = gone
  }
}

const REQUEST_TIMEOUT = 5_000
const GONE = /not found|not in Stasis|invalid state|not in a Stasis/i

// This client reports to a global function of its own, which prints to standard output and remembers each line for ever.
Object.assign(globalThis, { log() {} })

// For each event it would make objects, with forty methods each, of the channels and playbacks in it,
resources.knownTypes.length = 0

// and look for them among all that an event of its type can hold.
function lookForNothing({ _swagger }: Client): void {
  for (const model of Object.values(_swagger?.apis.events.models ?? {})) model.properties = {}
}

const { SwaggerApi, SwaggerResource } = swagger

// On a failure while it loads it calls its failure handler, and then throws into the event loop as well.
SwaggerApi.prototype.fail = function fail(message) {
  this.failure(message)
}

// Asterisk's description of ARI says http:// over TLS too, and this client would go there.
const { buildFrom1_1Spec } = SwaggerApi.prototype
const { addApiDeclaration } = SwaggerResource.prototype
SwaggerApi.prototype.buildFrom1_1Spec = function build(spec) {
  return buildFrom1_1Spec.call(this, reachedAt(this.url, spec))
}
SwaggerResource.prototype.addApiDeclaration = function add(spec) {
  return addApiDeclaration.call(this, reachedAt(this.url, spec))
}

function reachedAt(url: string, spec: object): object {
  return { ...spec, basePath: `${new URL(url).origin}/ari` }
}

export class Ari {
  readonly client: Client
  readonly app: string
  readonly #overHttp: RestOverHttp
  /** Null where Asterisk is too old for it, or reached over TLS: of two messages in one TLS record it leaves the second until more comes. */
  readonly #overSocket: RestOverSocket | null

  private constructor(client: Client, settings: AriSettings) {
    this.client = client
    this.app = settings.app
    this.#overHttp = new RestOverHttp(settings)
    this.#overSocket = settings.url.startsWith('https:') ? null : RestOverSocket.of(client)
  }

  /** Loads the API. Rejects with a LineFault that says what is wrong with the URL, the user or Asterisk, or with an AriFault. */
  static async load(settings: AriSettings): Promise<Ari> {
    await probe(settings)
    const loading = connect(settings.url, settings.username, settings.password)
    const client = await withTimeout('loading the API', loading, 2 * REQUEST_TIMEOUT)
    lookForNothing(client)
    return new Ari(client, settings)
  }

  /** Has something done, by the quickest way. Rejects with an AriFault, within the time-out. */
  async command(what: string, command: Command): Promise<void> {
    await this.#ask(what, command, this.#overSocket?.isOpen ? this.#overSocket : this.#overHttp)
  }

  /** Gives two commands one after the other: in one breath where Asterisk keeps their order, so that there is no first without a second. */
  async inOrder(first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
    if (this.#overSocket?.isOpen) {
      await Promise.all([first(), second()])
    } else {
      await first()
      await second()
    }
  }

  /** Asks for anything, apart from the calls, and gives what the answer says. Rejects with an AriFault, within the time-out. */
  request(what: string, request: RestRequest): Promise<unknown> {
    return this.#ask(what, request, this.#overHttp)
  }

  async #ask<Request extends RestRequest>(what: string, request: Request, rest: Rest<Request>): Promise<unknown> {
    const { status, body } = await rest.send(request, REQUEST_TIMEOUT).catch(error => {
      throw new AriFault(`${what}: ${error.message}`, false)
    })
    if (status < 300) return body
    const reason = isRecord(body) && typeof body.message === 'string' ? body.message : `HTTP ${status}`
    throw new AriFault(`${what}: ${reason}`, status === 404 || GONE.test(reason))
  }

  /** A file's bytes; null when it is not there. Rejects with an AriFault, within the time-out. */
  async getFile(what: string, path: string): Promise<Uint8Array | null> {
    return this.#overHttp.getFile(path, REQUEST_TIMEOUT).catch(error => {
      throw new AriFault(`${what}: ${error.message}`, false)
    })
  }
}

/** Signs in with plain fetch first: its errors are clear, and ari-client never settles on some of them. Rejects with a LineFault. */
export async function probe(settings: AriSettings): Promise<{ version: string }> {
  const info = await getFromAri(settings, '/asterisk/info?only=system')
  const system = isRecord(info) && isRecord(info.system) ? info.system : {}
  const version = typeof system.version === 'string' ? system.version : 'of unknown version'
  const fault = tooOld(version)
  if (fault) throw fault
  return { version }
}

/** The JSON that ARI gives at a path, null for what is not there. Rejects with a LineFault. */
export async function getFromAri(settings: AriSettings, path: string): Promise<unknown> {
  const response = await fetch(`${settings.url}/ari${path}`, {
    headers: { authorization: authorization(settings.username, settings.password) },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT),
  }).catch(error => {
    const cause = error.cause instanceof Error ? error.cause : error
    throw isAboutCertificate(cause) ? notProven(settings, cause.message) : noAnswer(settings, cause.message)
  })
  if (response.status === 401) throw passwordRefused(settings)
  const body: unknown = await response.json().catch(() => undefined)
  if (response.status === 404 && body !== undefined) return null
  if (!response.ok || body === undefined) throw noAri(settings, response.status)
  return body
}

/** OpenSSL's and Node's codes for a certificate that doesn't prove who the other side is. */
function isAboutCertificate(error: Error): boolean {
  return 'code' in error && /CERT|SIGNATURE|^ERR_TLS_/.test(String(error.code))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

async function withTimeout<T>(what: string, request: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AriFault(`${what}: no answer within ${milliseconds} ms`, false)), milliseconds)
  })
  try {
    return await Promise.race([request, timeout])
  } catch (error) {
    if (error instanceof AriFault) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new AriFault(`${what}: ${message}`, false)
  } finally {
    clearTimeout(timer)
  }
}
