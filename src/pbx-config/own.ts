/** What the PBX does by the company's own files, Punchline's left out of account. */
import { isIPv6 } from 'node:net'
import { allValues, isYes, lastValue, type Section, type Setting } from './conf.js'
import type { Found } from './found.js'
import { TRANSPORT } from './site.js'

/** Asterisk's own default. */
const ARI_PORT = 8088

/** Whether Asterisk's HTTP server is on: then it stays as the company has it. */
export function servesHttp(found: Found): boolean {
  return isYes(lastValue(generalOf(found.http, found), 'enabled'))
}

/** Where Punchline finds ARI on this machine. */
export function ariUrl(found: Found): string {
  const bound = servesHttp(found) ? httpSetting(found, 'bindaddr') : null
  const host = bound === null || ['0.0.0.0', '::'].includes(bound) ? '127.0.0.1' : isIPv6(bound) ? `[${bound}]` : bound
  return `http://${host}:${httpSetting(found, 'bindport') ?? ARI_PORT}`
}

/** What Asterisk's HTTP server is set to, by whomever. */
export function httpSetting({ http }: Found, name: string): string | null {
  return lastValue({ name: 'general', settings: http.filter(isGeneral).flatMap(({ settings }) => settings) }, name)
}

/** Whether SIP is spoken already, so that Punchline needs no transport of its own. */
export function hasTransport(found: Found): boolean {
  return transports(found).length > 0
}

/** The UDP ports on which the company's transports listen. */
export function sipPorts(found: Found): number[] {
  return transports(found)
    .filter(transport => (lastValue(transport, 'protocol') ?? 'udp') === 'udp')
    .map(transport => Number(/:(\d+)$/.exec(lastValue(transport, 'bind') ?? '')?.[1] ?? 5060))
}

function transports({ pjsip }: Found): Section[] {
  return pjsip.filter(section => lastValue(section, 'type') === 'transport' && section.name !== TRANSPORT)
}

/** Each trunk of the company, by the addresses that it takes calls from. */
export function companysMatches({ pjsip, wizard }: Found): { trunk: string; match: string }[] {
  const identified = pjsip
    .filter(section => lastValue(section, 'type') === 'identify')
    .map(section => ({ trunk: lastValue(section, 'endpoint') ?? section.name, matches: allValues(section, 'match') }))
  const wizards = wizard.map(section => ({ trunk: section.name, matches: allValues(section, 'remote_hosts') }))
  return [...identified, ...wizards].flatMap(({ trunk, matches }) =>
    matches.flatMap(list => list.split(',')).map(match => ({ trunk, match: match.trim().toLowerCase() })),
  )
}

const isGeneral = ({ name }: Section) => name === 'general'

function generalOf(sections: readonly Section[], { etc }: Found): Section {
  const isOurs = ({ file }: Setting) => file.startsWith(`${etc}/punchline`)
  const settings = sections.filter(isGeneral).flatMap(section => section.settings)
  return { name: 'general', settings: settings.filter(setting => !isOurs(setting)) }
}
