/** Why a PBX can't serve Punchline as it was asked to: found before anything is written. */
import { isIP } from 'node:net'
import { type Answers, type ExistingTrunk, TRUNK_KINDS } from './answers.js'
import { allValues, isYes } from './conf.js'
import type { Delivered } from './delivered.js'
import type { Found } from './found.js'
import { LAYOUTS } from './layout.js'
import { networksOverlap } from './networks.js'
import { companysMatches } from './own.js'
import { PbxConfigRefused } from './refused.js'
import { bothForms, ENDPOINT } from './site.js'

const OLDEST = 18
/** What registering and answering for it takes, beyond a call. */
const FOR_REGISTRATION = ['res_pjsip_outbound_registration.so', 'res_pjsip_outbound_authenticator_digest.so']
/** Asterisk 22 split it from another module, and needs it there; earlier ones don't have it. */
const NOT_EVERYWHERE = ['res_websocket_client.so']
const REMEDY = "Install Asterisk's package anew, or compile it with them (menuselect)."

/** @throws PbxConfigRefused that says what to do about the first */
export function refuseObstacles(found: Found, delivered: Delivered, { trunk }: Answers): void {
  checkVersion(found)
  checkModules(found, [...delivered.modules, ...(trunk.kind === 'registration' ? FOR_REGISTRATION : [])])
  if (trunk.kind === 'existing') checkNumber(found, trunk)
  else checkAddresses(found, trunk.addresses)
}

function checkVersion({ version }: Found): void {
  const major = Number(/^(\d+)\./.exec(version ?? '')?.[1] ?? OLDEST)
  if (major < OLDEST) {
    throw new PbxConfigRefused(
      `This is Asterisk ${version}. Punchline needs ${OLDEST} or later; take 22, which is maintained.`,
    )
  }
}

function checkModules(found: Found, needed: readonly string[]): void {
  const noload = new Set(loadedBy(found, 'noload'))
  const kept = needed.filter(module => noload.has(module))
  if (kept.length > 0) {
    throw new PbxConfigRefused(
      `modules.conf keeps Asterisk from loading ${kept.join(', ')}. Remove these "noload" lines.`,
    )
  }
  const lacks = (name: string) => found.modules !== null && !found.modules.has(name)
  if (lacks('res_pjsip.so') || lacks('chan_pjsip.so')) {
    throw new PbxConfigRefused(
      `This Asterisk has no PJSIP: res_pjsip.so or chan_pjsip.so is not among its modules. ${REMEDY}`,
    )
  }
  if (lacks('res_ari.so') || lacks('app_stasis.so')) {
    throw new PbxConfigRefused(
      `This Asterisk has no ARI: res_ari.so or app_stasis.so is not among its modules. ${REMEDY}`,
    )
  }
  const missing = needed.filter(module => lacks(module) && !NOT_EVERYWHERE.includes(module))
  if (missing.length > 0) throw new PbxConfigRefused(`This Asterisk lacks ${missing.join(', ')}. ${REMEDY}`)
}

/** Modules that are there and that modules.conf doesn't load, because it names each by itself. */
export function unloadedModules(found: Found, delivered: Delivered, { trunk }: Answers): string[] {
  const autoload = found.modulesConf.flatMap(section => allValues(section, 'autoload')).at(-1)
  if (autoload === undefined || isYes(autoload)) return []
  const loaded = new Set(['load', 'require', 'preload', 'preload-require'].flatMap(word => loadedBy(found, word)))
  const needed = [...delivered.modules, ...(trunk.kind === 'registration' ? FOR_REGISTRATION : [])]
  return needed.filter(module => !loaded.has(module) && found.modules?.has(module) !== false)
}

/** With or without its ending, which modules.conf leaves open. */
function loadedBy({ modulesConf }: Found, word: string): string[] {
  return modulesConf.flatMap(section => allValues(section, word)).map(name => `${name.replace(/\.so$/, '')}.so`)
}

/** PJSIP gives a call to one trunk alone, by its address: which of two is left to chance. */
function checkAddresses(found: Found, addresses: readonly string[]): void {
  const others = companysMatches(found).filter(({ trunk }) => trunk !== ENDPOINT)
  for (const address of addresses) {
    const other = others.find(
      ({ match }) => match === address || (isIP(address.split('/')[0] ?? '') && networksOverlap(match, address)),
    )
    if (!other) continue
    throw new PbxConfigRefused(
      `The trunk "${other.trunk}" takes calls from ${other.match} already, and PJSIP would give ${address} to one of the two alone. ` +
        `Use that trunk: --trunk ${TRUNK_KINDS[2]}, with the clock's number by --did and the trunk's context by --context.`,
    )
  }
}

/** A line for the number that comes first would win, and one in a context that nothing leads to would do nothing. */
function checkNumber(found: Found, { entry }: ExistingTrunk): void {
  if (!entry) return
  const { context, did } = entry
  const all = found.extensions.filter(section => section.name === context)
  if (all.length === 0 && context !== LAYOUTS[found.distribution].trunkContext) {
    throw new PbxConfigRefused(
      `There is no context "${context}" in the dialplan. Name that of your trunk: "context" in pjsip.conf.`,
    )
  }
  const numbers = new Set<string>(bothForms(did))
  const taken = all
    .flatMap(section => section.settings)
    .find(
      ({ name, value, file }) =>
        name === 'exten' &&
        numbers.has(value.split(',')[0]?.trim() ?? '') &&
        !file.startsWith(`${found.etc}/punchline-site/`),
    )
  if (taken) {
    throw new PbxConfigRefused(
      `[${context}] in ${taken.file} has ${did} already: "exten => ${taken.value}". Let it say Goto(punchline,s,1) there, and ` +
        'leave --did out; or remove it.',
    )
  }
}
