/** What IT says of the trunk and of the clock's number: each answer is checked before anything is planned. */
import { isIP, isIPv4 } from 'node:net'
import { PbxConfigRefused } from './refused.js'

/** How calls to the clock reach the PBX. */
export type Trunk = IpTrunk | RegistrationTrunk | ExistingTrunk

/** Punchline's own trunk, known by the provider's addresses alone. */
export interface IpTrunk {
  readonly kind: 'ip'
  readonly addresses: readonly string[]
  readonly codecs: readonly string[]
  readonly did: string | null
}

/** Punchline's own trunk, for which Asterisk registers with the provider. */
export interface RegistrationTrunk {
  readonly kind: 'registration'
  /** A host, with a port where it isn't 5060. */
  readonly registrar: string
  readonly username: string
  readonly password: string
  /** Where the provider's calls come from. */
  readonly addresses: readonly string[]
  readonly codecs: readonly string[]
  /** What the provider is asked to put into calls as the number dialled; null: the user name. */
  readonly did: string | null
}

/** A trunk that the company has already. */
export interface ExistingTrunk {
  readonly kind: 'existing'
  /** The number and the context in which that trunk's calls arrive; null: the company's own dialplan leads to the clock. */
  readonly entry: { readonly context: string; readonly did: string } | null
}

export interface Answers {
  readonly trunk: Trunk
  readonly bind: Bind
}

/** `punchline-transport` listens here, where the PBX has no transport of its own. */
export interface Bind {
  readonly address: string
  readonly port: number
}

export const TRUNK_KINDS = ['ip', 'registration', 'existing'] as const satisfies readonly Trunk['kind'][]
const SIP_PORT = 5060
const CODECS = ['ulaw', 'alaw', 'g722']
export const USUAL_CODECS = CODECS.join(',')
export const USUAL_BIND = `0.0.0.0:${SIP_PORT}`

export function trunkKind(value: string): Trunk['kind'] {
  const kind = TRUNK_KINDS.find(known => known === value)
  if (kind) return kind
  throw new PbxConfigRefused(`"${value}" is no kind of trunk. Kinds are: ${TRUNK_KINDS.join(', ')}.`)
}

/** Addresses, networks and host names, separated by commas or spaces. */
export function addresses(value: string): string[] {
  const found = value.split(/[\s,]+/).filter(part => part !== '')
  if (found.length === 0) throw new PbxConfigRefused('Name at least one address that the provider calls from.')
  return [...new Set(found.map(address))]
}

function address(value: string): string {
  const [host = '', prefix, ...rest] = value.split('/')
  const isNetwork = prefix !== undefined
  if (rest.length > 0 || !(isIP(host) || (!isNetwork && isHostName(host)))) throw notAnAddress(value)
  if (isNetwork && !/^\d{1,3}$/.test(prefix)) throw notAnAddress(value)
  if (isNetwork && Number(prefix) > (isIPv4(host) ? 32 : 128)) throw notAnAddress(value)
  if (isNetwork && Number(prefix) === 0) {
    throw new PbxConfigRefused(
      `${value} is everybody: anyone could call as the provider. Name the provider's addresses.`,
    )
  }
  return value.toLowerCase()
}

function notAnAddress(value: string): PbxConfigRefused {
  return new PbxConfigRefused(
    `"${value}" is not an address. Allowed are 203.0.113.10, a network such as 203.0.113.0/28, or a host name.`,
  )
}

/** As RFC 1123 has it; digits and dots alone would be a mistyped address. */
function isHostName(value: string): boolean {
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i
  return (
    value.length <= 253 && /[a-z]/i.test(value.split('.').at(-1) ?? '') && value.split('.').every(l => label.test(l))
  )
}

export function registrar(value: string): string {
  const { host, port } = hostAndPort(value)
  if (port !== null && isIP(host) + Number(isHostName(host)) > 0) return value.toLowerCase()
  throw new PbxConfigRefused(
    `"${value}" is no registrar. Allowed are sip.example.com, or with a port sip.example.com:5080.`,
  )
}

/** The host of a registrar, from which its calls come unless IT knows better. */
export function hostOf(value: string): string {
  return hostAndPort(value).host
}

export function bind(value: string): Bind {
  const { host, port } = hostAndPort(value)
  if (isIP(host) && port !== null) return { address: host, port }
  throw new PbxConfigRefused(
    `"${value}" is nothing to listen on. Allowed is an address of this machine with a port: ${USUAL_BIND}.`,
  )
}

/** Such as host:5060 or [2001:db8::1]:5060; a port that is none gives null. */
function hostAndPort(value: string): { host: string; port: number | null } {
  const parts = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*))(?::(?<port>\d{1,5}))?$/.exec(value)?.groups
  const port = Number(parts?.port ?? SIP_PORT)
  return { host: parts?.v6 ?? parts?.host ?? '', port: parts && port > 0 && port <= 65_535 ? port : null }
}

export function username(value: string): string {
  if (/^[\w.+*~-]{1,64}$/.test(value)) return value
  throw new PbxConfigRefused(`"${value}" is no user name of a trunk. Allowed are letters, digits and . + - * ~ _`)
}

/** The message never shows it. */
export function password(value: string): string {
  if (value.trim() === '') throw new PbxConfigRefused("The provider's password is empty.")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
  if (value !== value.trim() || /[\u0000-\u001f]/.test(value)) {
    throw new PbxConfigRefused(
      'The password begins or ends with a space, or has a control character: Asterisk could not read it.',
    )
  }
  return value
}

/** The clock's number, digits alone, as the provider sends it. */
export function did(value: string): string {
  if (/^\+?\d{2,20}$/.test(value)) return value
  throw new PbxConfigRefused(
    `"${value}" is no number as providers send it. Allowed are digits without spaces, such as 15550100, with a + in front or not.`,
  )
}

export function codecs(value: string): string[] {
  const found = value.split(/[\s,]+/).filter(part => part !== '')
  const other = found.find(codec => !CODECS.includes(codec))
  if (other !== undefined || found.length === 0) {
    throw new PbxConfigRefused(
      `"${other ?? value}" is no codec of the clock's trunk. Codecs are: ${CODECS.join(', ')}.`,
    )
  }
  return [...new Set(found)]
}

export function context(value: string): string {
  if (/^[\w-]{1,79}$/.test(value)) return value
  throw new PbxConfigRefused(`"${value}" is no context of a dialplan. Allowed are letters, digits, _ and -`)
}
