/** What is the company's own in Punchline's files: its trunk, its number, its ARI user. */
import { isIPv4 } from 'node:net'
import type { Bind, ExistingTrunk, IpTrunk, RegistrationTrunk, Trunk } from './answers.js'
import { generated } from './generated.js'

export const TRANSPORT = 'punchline-transport'
export const ENDPOINT = 'punchline-trunk'
const REGISTRATION = 'punchline-registration'

/** punchline-site/pjsip.conf; with a transport where the PBX has none. */
export function sitePjsip(trunk: Trunk, transport: Bind | null): string {
  if (trunk.kind === 'existing') return generated('; Calls come in over a trunk of the company: there is none here.\n')
  const parts = [provider(trunk), endpoint(trunk)]
  if (trunk.kind === 'registration') parts.push(registration(trunk))
  if (transport) parts.push(listener(transport))
  return generated(parts.join('\n'))
}

/** punchline-site/extensions.conf: the clock's number, among those of the company's trunk. */
export function siteExtensions(entry: ExistingTrunk['entry']): string {
  if (!entry) return generated("; The company's own dialplan leads to the clock: Goto(punchline,s,1).\n")
  const lines = bothForms(entry.did).map(number => `exten => ${number},1,Goto(punchline,s,1)`)
  return generated(section(`[${entry.context}]`, lines))
}

/** punchline-site/ari.conf. */
export function siteAri(username: string, passwordHash: string): string {
  return generated(section(`[${username}](punchline-ari-user)`, [`password = ${passwordHash}`]))
}

/** Some providers send a number with a plus sign and some without, and some change their minds. */
export function bothForms(did: string): [string, string] {
  const digits = did.replace('+', '')
  return [digits, `+${digits}`]
}

function provider({ addresses }: IpTrunk | RegistrationTrunk): string {
  const lines = addresses.map(address => `match = ${address}`)
  return section('[punchline-provider-addresses](punchline-provider)', lines)
}

function endpoint(trunk: IpTrunk | RegistrationTrunk): string {
  const lines = ['disallow = all', `allow = ${trunk.codecs.join(',')}`]
  // Providers who want a registration may ask for the password again at the end of a call.
  if (trunk.kind === 'registration') lines.push(`outbound_auth = ${REGISTRATION}`)
  return section(`[${ENDPOINT}](+)`, lines)
}

function registration({ registrar, username, password, did }: RegistrationTrunk): string {
  const account = section(`[${REGISTRATION}]`, [
    'type = auth',
    'auth_type = userpass',
    `username = ${username}`,
    `password = ${password.replaceAll(';', '\\;')}`,
  ])
  const binding = section(`[${REGISTRATION}]`, [
    'type = registration',
    `outbound_auth = ${REGISTRATION}`,
    `server_uri = sip:${registrar}`,
    `client_uri = sip:${username}@${registrar}`,
    `contact_user = ${did ?? username}`,
    '; Asterisk would give up after ten failures: the clock is to come back by itself, however long the provider is away.',
    'retry_interval = 60',
    'forbidden_retry_interval = 300',
    'fatal_retry_interval = 300',
    'max_retries = 1000000',
    'auth_rejection_permanent = no',
  ])
  return `${account}\n${binding}`
}

function listener({ address, port }: Bind): string {
  return section(`[${TRANSPORT}]`, [
    'type = transport',
    'protocol = udp',
    `bind = ${isIPv4(address) ? address : `[${address}]`}:${port}`,
  ])
}

function section(heading: string, lines: readonly string[]): string {
  return `${heading}\n${lines.join('\n')}\n`
}
