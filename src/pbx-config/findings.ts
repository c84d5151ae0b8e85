/** What IT should know of before writing, and that stops nothing. */
import { lookup, resolveSrv } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Answers } from './answers.js'
import type { Delivered } from './delivered.js'
import type { Found } from './found.js'
import { LAYOUTS } from './layout.js'
import { unloadedModules } from './obstacles.js'
import { hasTransport, httpSetting, servesHttp, sipPorts } from './own.js'

/** For the shift change: the default of 100 connections is passed then. */
const SESSIONS = 1000

export async function findings(found: Found, delivered: Delivered, answers: Answers): Promise<string[]> {
  return [
    ...ofVersion(found),
    ...ofModules(found, delivered, answers),
    ...ofPort(found, answers),
    ...ofHttp(found),
    ...(await ofNames(answers)),
  ]
}

function ofVersion({ version, modules }: Found): string[] {
  const found: string[] = []
  if (version === null)
    found.push('Which Asterisk this is could not be told: there is no command "asterisk". It needs 18 or later.')
  if (version?.startsWith('18.')) {
    found.push(`Asterisk ${version} gets no security fixes any more (since October 2025). Punchline is tested with 22.`)
  }
  if (modules === null)
    found.push("Asterisk's modules were not found, so whether it has PJSIP and ARI could not be told.")
  return found
}

function ofModules(found: Found, delivered: Delivered, answers: Answers): string[] {
  const unloaded = unloadedModules(found, delivered, answers)
  if (unloaded.length === 0) return []
  return [
    `modules.conf has autoload = no and does not load what a call needs. Add: ${unloaded.map(name => `load = ${name}`).join(', ')}`,
  ]
}

function ofPort(found: Found, { trunk, bind }: Answers): string[] {
  const ports = hasTransport(found) ? sipPorts(found) : trunk.kind === 'existing' ? [] : [bind.port]
  return ports.flatMap(port => {
    const program = found.programOnUdp(port)
    if (program === null || program === 'asterisk') return []
    const holder = program === '' ? 'another program' : `another program, ${program}`
    const remedy = hasTransport(found) ? '' : ', or choose another with --bind and tell your provider'
    return [`UDP port ${port} is used by ${holder}: Asterisk can't take calls there. Stop it${remedy}.`]
  })
}

function ofHttp(found: Found): string[] {
  if (!servesHttp(found) || Number(httpSetting(found, 'sessionlimit') ?? 100) >= SESSIONS) return []
  return [
    "Asterisk's HTTP server is on already and stays as it is. For more than some 50 calls at once, set sessionlimit = " +
      `${SESSIONS} in [general](+) of ${LAYOUTS[found.distribution].http}.`,
  ]
}

/** Asterisk looks names up once, when it reads its files. */
async function ofNames({ trunk }: Answers): Promise<string[]> {
  if (trunk.kind === 'existing') return []
  const names = trunk.addresses.filter(address => isIP(address.split('/')[0] ?? '') === 0)
  const known = await Promise.all(names.map(isKnown))
  return names
    .filter((_, i) => !known[i])
    .map(
      name =>
        `The name ${name} can't be looked up: Asterisk would take no calls from there. Check it, or name addresses.`,
    )
}

async function isKnown(name: string): Promise<boolean> {
  const answers = await Promise.allSettled([lookup(name), resolveSrv(`_sip._udp.${name}`)])
  return answers.some(({ status }) => status === 'fulfilled')
}
