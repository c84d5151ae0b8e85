/** What is to be written so that a PBX as it was found serves Punchline as it was asked. Decides, and writes nothing. */
import { join } from 'node:path'
import type { Answers } from './answers.js'
import { includedBy, type Section } from './conf.js'
import type { Delivered } from './delivered.js'
import type { Found, Owner } from './found.js'
import { isUntouched } from './generated.js'
import { LAYOUTS } from './layout.js'
import { hasTransport, servesHttp } from './own.js'
import { siteAri, siteExtensions, sitePjsip } from './site.js'

export interface FileChange {
  readonly path: string
  /** Of texts, one that is delivered is the same on each PBX. */
  readonly kind: 'text' | 'delivered' | 'sound' | 'password'
  /** Null: it isn't there yet. */
  readonly before: Buffer | null
  readonly after: Buffer
  /** Of a new file; one that is there keeps its own. */
  readonly mode: number
  readonly owner: Owner
  /** Nobody but its owner and group may read it, also if it was there before. */
  readonly isSecret: boolean
}

export interface Plan {
  readonly changes: readonly FileChange[]
  /** Files of punchline-site/ that the company wrote or changed: they stay as they are, whatever was asked. */
  readonly companys: readonly string[]
}

export interface AriUser {
  readonly username: string
  readonly passwordHash: string
}

/** Of files that have no secret. */
const READABLE = 0o644
/** Of Asterisk's own: its owner, and the group under which it runs. */
const ASTERISKS = 0o640

export function plan(found: Found, delivered: Delivered, answers: Answers, ari: AriUser): Plan {
  const site = siteFiles(found, answers, ari)
  const companys = site.filter(change => change.before && !isUntouched(change.before.toString()))
  // In this order they are written: what is included is there before it is.
  const changes = [
    ...sounds(found, delivered),
    ...deliveredConfig(found, delivered),
    ...site.filter(change => !companys.includes(change)),
    ...includes(found, answers),
  ]
  return {
    changes: changes.filter(isChange),
    companys: companys.filter(isChange).map(({ path }) => path),
  }
}

function isChange({ before, after }: FileChange): boolean {
  return before === null || !before.equals(after)
}

function deliveredConfig(found: Found, { config }: Delivered): FileChange[] {
  return [...config].map(([name, text]) => ({
    ...ofAsterisk(found, join('punchline', name), () => text),
    kind: 'delivered' as const,
  }))
}

function siteFiles(found: Found, { trunk, bind }: Answers, ari: AriUser): FileChange[] {
  const transport = hasTransport(found) ? null : bind
  const wanted: [string, string][] = [['ari.conf', siteAri(ari.username, ari.passwordHash)]]
  // Where Punchline had a trunk of its own before, it has none from now on.
  const hadTrunk = found.read(join(found.etc, 'punchline-site/pjsip.conf')) !== null
  if (trunk.kind !== 'existing' || hadTrunk) wanted.push(['pjsip.conf', sitePjsip(trunk, transport)])
  const hadNumber = found.read(join(found.etc, 'punchline-site/extensions.conf')) !== null
  const entry = trunk.kind === 'existing' ? trunk.entry : null
  if (entry || hadNumber) wanted.push(['extensions.conf', siteExtensions(entry)])
  return wanted.map(([name, text]) => ({
    ...ofAsterisk(found, join('punchline-site', name), () => Buffer.from(text)),
    isSecret: true,
  }))
}

/** Asterisk's own files, each with the lines at its end that it lacks. */
function includes(found: Found, { trunk }: Answers): FileChange[] {
  const { pjsip, extensions, ari, http } = LAYOUTS[found.distribution]
  const numbers = trunk.kind === 'existing' && trunk.entry ? ['punchline-site/extensions.conf'] : []
  const wanted: [string, string[], readonly Section[] | null][] = [
    [extensions, ['punchline/extensions_punchline.conf', ...numbers], null],
    [ari, ['punchline/ari_punchline.conf'], found.ari],
  ]
  if (trunk.kind !== 'existing') wanted.push([pjsip, ['punchline/pjsip_punchline.conf'], null])
  if (!servesHttp(found)) wanted.push([http, ['punchline/http_punchline.conf'], found.http])
  return wanted.map(([name, files, sections]) => {
    const lacksGeneral = sections?.every(section => section.name !== 'general') === true
    return ofAsterisk(found, name, text => Buffer.from(withIncludes(text?.toString() ?? '', files, lacksGeneral)))
  })
}

/** The includes go behind [general], which they add to, and which is made where there is none. */
function withIncludes(text: string, files: readonly string[], lacksGeneral: boolean): string {
  const included = text.split('\n').map(includedBy)
  const missing = files.filter(file => !included.some(name => name === file || name?.endsWith(`/${file}`)))
  if (missing.length === 0) return text
  const end = text === '' || text.endsWith('\n') ? '' : '\n'
  const general = lacksGeneral ? '[general]\n' : ''
  return `${text}${end}\n; Punchline, the phone time clock\n${general}${missing.map(file => `#include ${file}\n`).join('')}`
}

function sounds(found: Found, delivered: Delivered): FileChange[] {
  return [...delivered.sounds].map(([name, sound]) => {
    const path = join(found.sounds, name)
    return {
      path,
      kind: 'sound',
      before: found.read(path),
      after: sound,
      mode: READABLE,
      owner: found.soundsOwner,
      isSecret: false,
    }
  })
}

/** A file of Asterisk's configuration, by its path in there. */
function ofAsterisk(found: Found, name: string, make: (before: Buffer | null) => Buffer): FileChange {
  const path = join(found.etc, name)
  const before = found.read(path)
  return { path, kind: 'text', before, after: make(before), mode: ASTERISKS, owner: found.owner, isSecret: false }
}
