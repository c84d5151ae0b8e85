/** What Asterisk has beyond what Punchline needs: a way in for strangers, and modules. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type AriSettings, getFromAri } from '../../phone/asterisk/ari.js'
import { Warning } from './check.js'

const Modules = z.array(z.object({ name: z.string(), status: z.string() }))
const Settings = z.array(z.object({ attribute: z.string(), value: z.string() }))

const NEEDED = new URL('../../../asterisk-config/modules_punchline.conf', import.meta.url)

/** The most dangerous first. */
const DANGEROUS = new Map([
  ['app_system.so', 'runs commands'],
  ['func_shell.so', 'runs commands'],
  ['res_agi.so', 'runs programs'],
  ['app_externalivr.so', 'runs programs'],
  ['app_disa.so', 'gives callers a dial tone'],
  ['chan_iax2.so', 'takes calls by another protocol'],
  ['chan_sip.so', 'takes calls by another protocol'],
  ['chan_unistim.so', 'takes calls by another protocol'],
  ['pbx_dundi.so', 'shares the dialplan'],
  ['pbx_spool.so', 'places calls from files'],
  ['app_originate.so', 'places calls'],
  ['app_dial.so', 'places calls'],
  ['app_voicemail.so', 'has PINs of its own'],
  ['res_pjsip_endpoint_identifier_anonymous.so', 'lets strangers in'],
])
const MOST_NAMED = 4

export async function checkAnonymous(settings: AriSettings): Promise<string> {
  const [endpoint, running] = await Promise.all([
    getFromAri(settings, '/asterisk/config/dynamic/res_pjsip/endpoint/anonymous'),
    runningModules(settings),
  ])
  if (endpoint === null || !running.includes('res_pjsip_endpoint_identifier_anonymous.so')) {
    return 'strangers are refused: there is no endpoint for them'
  }
  const context = Settings.parse(endpoint).find(({ attribute }) => attribute === 'context')?.value
  throw new Warning(
    `PJSIP takes calls from anybody: there is an endpoint "anonymous", which leads into the context "${context}". Remove it ` +
      'from pjsip.conf (FreePBX: Asterisk SIP Settings, Allow Anonymous Inbound SIP Calls, No).',
  )
}

export async function checkModules(settings: AriSettings): Promise<string> {
  const running = await runningModules(settings)
  const surplus = surplusModules(running, readFileSync(NEEDED, 'utf8'))
  if (surplus.length === 0) return `${running.length}, none that Punchline does not need`
  throw new Warning(
    `Asterisk has loaded ${surplus.length} that Punchline does not need${dangersAmong(surplus)}. If this PBX serves Punchline ` +
      'alone, load those of asterisk-config/modules_punchline.conf; else "noload" in modules.conf those that nobody here needs.',
  )
}

async function runningModules(settings: AriSettings): Promise<string[]> {
  const modules = Modules.parse((await getFromAri(settings, '/asterisk/modules')) ?? [])
  // What has no file is part of Asterisk itself.
  return modules.filter(({ name, status }) => status === 'Running' && name.endsWith('.so')).map(({ name }) => name)
}

/** The modules that a modules.conf does not load. */
export function surplusModules(running: readonly string[], modulesConf: string): string[] {
  const needed = new Set(Array.from(modulesConf.matchAll(/^load = (\S+)$/gm), ([, name]) => name))
  return running.filter(name => !needed.has(name))
}

/** Such as ", among them app_system (runs commands) and 3 more like it". */
export function dangersAmong(modules: readonly string[]): string {
  const found = [...DANGEROUS].filter(([name]) => modules.includes(name))
  if (found.length === 0) return ''
  const named = found.slice(0, MOST_NAMED).map(([name, danger]) => `${name.replace('.so', '')} (${danger})`)
  const more = found.length - named.length
  return `, among them ${named.join(', ')}${more > 0 ? ` and ${more} more of that kind` : ''}`
}
